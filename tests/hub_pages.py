"""The demo tenant's documents in a company of the test's own, with a person of each role; switches that go back by
themselves."""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest

from core.base_api import TenantInfo
from core.kernel import accounts, enablement
from core.kernel.hub import Hub
from core.testing.states import States

ROLES = ("merch", "purch", "wh", "qc", "prod", "fin", "mgr")


def words(page: str) -> str:
    """What a page says, without the frame around it."""
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def addresses(page: str) -> set[str]:
    """Where the links of a page lead, without the frame around it."""
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    return {href.replace("&amp;", "&") for href in re.findall(r'href="(/[^"]*)"', main)}


NO_PAGE = re.compile(r"/(static|logout|locale|theme)\b")


def crawl(
    client: Any,
    start: str = "/",
    see: Callable[[str, str], None] | None = None,
    alike: int = 1,
    take: Callable[[str, Any], None] | None = None,
) -> list[str]:
    """Follow every link from a page on; gives those that do not answer, with the page they stand on. Of pages that are made
    alike (same address but for numbers) the first ``alike`` are read. ``see(address, page)``: what else is looked at;
    ``take(address, reply)``: what is done with files."""
    waiting, seen = deque([start]), {start: ""}
    read: dict[str, int] = defaultdict(int)
    broken = []
    while waiting:
        address = waiting.popleft()
        path, _, asked = address.partition("?")
        names = sorted(part.partition("=")[0] for part in asked.split("&")) if asked else []
        kind = "&".join([re.sub(r"/\d+(?=/|$)", "/{n}", path), *names])
        if read[kind] >= alike:
            continue
        read[kind] += 1
        reply = client.get(address)
        if reply.status_code not in (200, 302):
            broken.append(f"{seen[address]} → {address}: {reply.status_code}")
        if reply.status_code == 200 and reply.mimetype != "text/html" and take is not None:
            take(address, reply)
        if reply.status_code != 200 or reply.mimetype != "text/html":
            continue
        if see is not None:
            see(address, reply.text)
        for href in re.findall(r'<a\b[^>]*?\bhref="(/?[^"#:]*)', reply.text):
            found = urljoin(address, unescape(href))
            if found not in seen and not NO_PAGE.search(found):
                seen[found] = address
                waiting.append(found)
    assert len(read) > 2, "nothing is linked"
    return broken


@pytest.fixture(scope="module")
def office(hub_states: States) -> Iterator[TenantInfo]:
    """A company with the demo's documents."""
    with hub_states.own_demo() as made:
        yield made


@pytest.fixture(scope="module")
def enter(app: Any, hub: Hub, office: TenantInfo) -> Callable[[str], Any]:
    """``enter("merch")``: a browser in which a person with that role works in the office; "" has no role at all."""
    known: dict[str, Any] = {}

    def browser(role: str) -> Any:
        if role not in known:
            email = f"{role or 'nobody'}@{office.code.lower()}.test"
            accounts.create_user(hub, email, role or "nobody", "a long road to Taipei", locale="en")
            accounts.add_member(hub, office, email, [role] if role else [])
            known[role] = app.test_client().sign_in(hub.user_info(email, office), office)
        return known[role]

    return browser


@pytest.fixture
def without(hub: Hub, office: TenantInfo) -> Callable[[str], contextlib.AbstractContextManager[set[str]]]:
    """``with without("stock") as off``: that plugin and those that need it are off meanwhile."""

    bridges = {p.name for p in hub.plugins if p.manifest.bridge}

    @contextlib.contextmanager
    def switched(name: str) -> Iterator[set[str]]:
        off: list[str] = []
        with hub.context(office) as ctx:

            def turn_off(each: str) -> None:
                for user in [p.name for p in hub.plugins if each in p.manifest.requires]:
                    if user in ctx.enabled and user not in off:
                        turn_off(user)
                off.append(each)
                if each in bridges:
                    return  # goes with what it joins
                enablement.disable_plugin(ctx, each)

            turn_off(name)
        try:
            yield set(off)
        finally:
            with hub.context(office) as ctx:
                for each in reversed(off):
                    if each not in bridges:
                        enablement.enable_plugin(ctx, each)

    return switched
