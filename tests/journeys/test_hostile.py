"""Values that nobody types, in every parameter of every address: none is answered as a fault of ours.

Which parameters an address has is not listed: what a request asks its address and its form for is noted, and then given.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.datastructures import ImmutableMultiDict

from core.kernel.hub import Hub
from core.testing.states import States
from tests.core.webworld import Addresses, Place, make_place
from tests.journeys.test_hidden_rows import Inputs

HOSTILE = (
    "²", "9" * 5000, "99999999999999999999", "-1", "0", "1e309", "NaN", "Infinity", "１２", "x", "True", "%", "'\"<b>",
    "\r\nX-Odd: 1", "../..", "http://[x", "{}", "[", "0001-01-01", "9999-12-31", "2026-13-45", "99999-01-01", "y" * 20_000,
    "\ufffe\U0001f9f5", "1.5", "a.b.c", "-", "--id",
)  # fmt: skip
ALONE = ("²", "x", "9" * 5000)
"""Those that are given to one parameter alone, too."""
HEADERS = {
    "Referer": "http://[x",
    "Accept-Language": "²;q=²,zh;q=9e999",
    "X-Requested-With": "[",
    "Cookie": "hub_locale=²",
}
BEFORE = ("csrf_token", "_key")
"""What a form of ours always brings: without it nothing behind would be reached."""
UNREACHED = ("security.logout",)


class Noted(ImmutableMultiDict[str, str]):
    """Parameters that remember by which names they were asked for."""

    asked: Counter[str] = Counter()

    def __getitem__(self, key: str) -> str:
        Noted.asked[key] += 1
        return super().__getitem__(key)

    def get(self, key: str, *args: Any, **kw: Any) -> Any:
        Noted.asked[key] += 1
        return super().get(key, *args, **kw)

    def getlist(self, key: str, *args: Any, **kw: Any) -> Any:
        Noted.asked[key] += 1
        return super().getlist(key, *args, **kw)

    def __contains__(self, key: object) -> bool:
        Noted.asked[str(key)] += 1
        return super().__contains__(key)


class Attack:
    """Sends requests as an administrator and keeps those that were answered by a fault."""

    def __init__(self, app: Any, hub: Hub, place: Place) -> None:
        self.place, self.known = place, Addresses(app, hub)
        self.client = app.test_client().sign_in(place.admin, place.tenant)
        self.sent, self.faults = 0, dict[str, str]()

    def send(self, method: str, url: str, **kw: Any) -> Any:
        """The answer; None where it was a fault."""
        self.sent += 1
        try:
            reply = getattr(self.client, method)(url, **kw)
        except Exception as error:  # noqa: BLE001 - in tests the application does not make a page of it
            self.faults.setdefault(
                f"{method} {url[:120]} {str(kw)[:200]}", f"{type(error).__name__}: {str(error)[:160]}"
            )
            return None
        if reply.status_code >= 500:
            self.faults.setdefault(f"{method} {url[:120]} {str(kw)[:200]}", str(reply.status_code))
        return reply

    def asked(self, method: str, url: str, **kw: Any) -> tuple[Any, set[str]]:
        """The answer, and the names of parameters that the request was asked for."""
        Noted.asked.clear()
        reply = self.send(method, url, **kw)
        return reply, {name for name in Noted.asked if name not in BEFORE}

    def read(self, url: str, values: tuple[str, ...], each: bool) -> Any:
        """Hostile values in every parameter of an address that is read: all at once, and ``each`` alone."""
        reply, names = self.asked("get", url)
        for name in [*names, *self._limits(url)] if each else ():
            for value in ALONE:
                self.send("get", f"{url}?{quote(name)}={quote(value)}")
        for value in values:
            self.send("get", f"{url}?" + "&".join(f"{quote(n)}={quote(value)}" for n in sorted(names)))
        for header, value in HEADERS.items():
            self.send("get", url, headers={header: value})
        return reply

    def post(self, url: str, page: Any, values: tuple[str, ...], each: bool) -> None:
        """Hostile values in every field of a form: all at once, and ``each`` alone beside what the page shows."""
        shown = Inputs(page.text).values if page is not None and page.status_code == 200 else {}
        _reply, names = self.asked("post", url, data=shown)
        names |= {*shown, "_version", "next", "back"}
        for name in sorted(names) if each else ():
            for value in ALONE[:1]:
                self.send("post", url, data={**shown, name: value})
        for value in values:
            self.send(
                "post",
                url,
                data={**dict.fromkeys(names, value), **{n: shown[n] for n in BEFORE if n in shown}},
            )

    def _limits(self, url: str) -> set[str]:
        """What a lookup may be limited by: every attribute of its rows."""
        kind = url.removeprefix("/lookup/")
        entity = self.known.hub.registry.entities.get(kind)
        return set() if entity is None else {f"w_{name}" for name in dir(entity.model) if name[:1] != "_"}

    def paths(self, values: tuple[str, ...]) -> None:
        """Hostile values in every part of every address."""
        for rule, access in self.known.rules():
            if access.public and rule.endpoint.endswith("static"):
                continue
            for argument in sorted(rule.arguments):
                usual = {a: (self.known.choices(rule, a, self.place) or ["1"])[0] for a in rule.arguments}
                for value in values:
                    parts = {**usual, argument: value}
                    url = rule.rule
                    for name, part in parts.items():
                        for kind in ("", "int:", "path:", "string:"):
                            url = url.replace(f"<{kind}{name}>", quote(str(part)[:300], safe=""))
                    for method in sorted({"GET", "POST"} & rule.methods):
                        self.send(method.lower(), url)


@pytest.fixture(scope="module")
def place(hub: Hub, hub_states: States) -> Iterator[Place]:
    """A tenant with a row of everything."""
    with hub_states.own_demo() as demo:
        yield make_place(hub, demo, "A")


@contextmanager
def noting(app: Any) -> Iterator[None]:
    """Requests note what they are asked for."""
    usual = app.request_class.parameter_storage_class
    app.request_class.parameter_storage_class = Noted
    try:
        yield
    finally:
        app.request_class.parameter_storage_class = usual


def walk(
    attack: Attack, values: int | tuple[str, ...], each: bool, most: int = 0, part: int = 0, parts: int = 1
) -> None:
    """Every address (of ``most`` chosen ones; every ``parts``-th one) with these values, or with as many drawn for each."""
    rules = [
        (rule, url)
        for rule, access in attack.known.rules()
        if rule.endpoint not in UNREACHED and not rule.endpoint.endswith("static")
        for url in attack.known.urls(rule, attack.place)
    ]
    for rule, url in random.sample(rules, min(most, len(rules))) if most else rules[part::parts]:
        given = tuple(random.sample(HOSTILE, values)) if isinstance(values, int) else values
        page = attack.read(url, given, each) if "GET" in rule.methods else None
        if "POST" in rule.methods:
            attack.post(url, page, given, each)


PARTS = 4
DRAWN = 5
"""Values that each address gets of all its parameters at once; another run draws others. All of them take an hour."""


@pytest.mark.thorough
@pytest.mark.parametrize("part", [0, *(pytest.param(n, marks=pytest.mark.release) for n in range(1, PARTS))])
def test_no_value_in_any_parameter_is_a_fault(app: Any, hub: Hub, place: Place, part: int) -> None:
    attack = Attack(app, hub, place)
    with noting(app):
        walk(attack, DRAWN, each=True, part=part, parts=PARTS)
    assert not attack.faults, f"{len(attack.faults)} of {attack.sent}: {attack.faults}"
    assert attack.sent > 1_000


@pytest.mark.thorough
def test_no_value_in_any_address_is_a_fault(app: Any, hub: Hub, place: Place) -> None:
    attack = Attack(app, hub, place)
    attack.paths(HOSTILE)
    assert not attack.faults, f"{len(attack.faults)} of {attack.sent}: {attack.faults}"
    assert attack.sent > 1_000


def test_a_few_values_in_a_few_addresses(app: Any, hub: Hub, place: Place) -> None:
    attack = Attack(app, hub, place)
    with noting(app):
        walk(attack, ("²", "9" * 5000, "http://[x", "\r\nX-Odd: 1"), each=False, most=8)
    assert not attack.faults
