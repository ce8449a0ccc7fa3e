"""What holds for every registered address, whoever brought it: rights, tokens, headers, nothing inline, GET only reads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import pytest
from flask_admin import BaseView, expose
from sqlalchemy import select, update

from core.data.models import Enablement
from core.data.records import Failure
from core.errors import StartError
from core.kernel.failures import SLOW
from core.kernel.hub import Hub
from core.testing.states import States
from core.web.app import create_app
from core.web.screens.page import Page, route
from plugins.base_people.screens import account
from tests.core.webworld import Addresses, Place, fingerprint, make_place

READING = {"GET", "HEAD", "OPTIONS"}


@pytest.fixture(scope="module")
def place(hub: Hub, hub_states: States) -> Iterator[Place]:
    """A tenant with a row of everything."""
    with hub_states.own_demo() as demo:
        yield make_place(hub, demo, "A")


@pytest.fixture(scope="module")
def addresses(app: Any, hub: Hub) -> Addresses:
    return Addresses(app, hub)


@dataclass
class Visit:
    """An address, the right it declares, and what came back."""

    url: str
    plugin: str
    reply: Any


@pytest.fixture(scope="module", params=["one of each", pytest.param("all", marks=pytest.mark.more)])
def visits(
    request: pytest.FixtureRequest, app: Any, hub: Hub, place: Place, addresses: Addresses
) -> tuple[list[Visit], dict[str, str], dict[str, str], list[Any]]:
    """Every rule, or every address, read once by the administrator: tables' hashes before and after, and what failed."""
    client = app.test_client().sign_in(place.admin, place.tenant)
    hub.failures.flush(now=True)  # of whatever failed on purpose in this place before
    known, before = failures(hub, place), fingerprint(hub, place)
    found = []
    for rule, access in addresses.rules():
        if "GET" not in rule.methods or rule.endpoint == "security.login":
            continue
        for url in addresses.urls(rule, place)[: 1 if request.param == "one of each" else None]:
            found.append(Visit(url, access.plugin, client.get(url)))
    after = fingerprint(hub, place)
    return found, before, after, [each for each in failures(hub, place) if each not in known]


def failures(hub: Hub, place: Place) -> list[Any]:
    """What is noted to have failed there."""
    with hub.context(place.tenant, write=False) as ctx:
        return list(
            ctx.session.execute(select(Failure.plugin, Failure.part, Failure.kind, Failure.message)).all()
        )


def test_every_address_answers_without_failing(visits: Any) -> None:
    odd = [(v.url, v.reply.status_code) for v in visits[0] if v.reply.status_code not in (200, 302, 404, 422)]
    operators = [o for o in odd if o[1] == 403 and o[0].startswith("/admin/companies/")]  # no administrator's
    held = [
        o for o in odd if o[1] == 409 and o[0].endswith("/edit")
    ]  # what is posted is not edited: it says so
    assert sorted(odd) == sorted(operators + held)
    shown = [v for v in visits[0] if v.reply.status_code == 200 and v.reply.mimetype == "text/html"]
    assert len(shown) > 60, "the walk reaches the pages"


def test_reading_changes_nothing(visits: Any) -> None:
    _visits, before, after, said = visits
    # a busy machine is no fault of a page; x: the row of this table; /broken/: broken on purpose by a test below
    assert [e for e in said if e.kind != SLOW and e.plugin != "x" and e.part != "GET /broken/"] == []
    assert {t for t in before if before[t] != after[t]} <= ({Failure.__tablename__} if said else set())


class Inline(HTMLParser):
    """Collects what a strict policy would block."""

    def __init__(self, nonce: str) -> None:
        super().__init__()
        self.nonce, self.found = nonce, list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.found += [f"<{tag} {name}>" for name in values if name.startswith("on") or name == "style"]
        self.found += [
            f"<{tag} {n}={v}>" for n, v in attrs if (v or "").strip().lower().startswith("javascript:")
        ]
        if tag == "style" or (
            tag == "script" and (not values.get("src") or values.get("nonce") != self.nonce)
        ):
            self.found.append(f"<{tag}> {values}")
        self.found += [
            f"{n}={v}" for n, v in attrs if n in ("src", "action") and re.match(r"(https?:)?//", v or "")
        ]


def test_every_page_has_the_headers_and_nothing_inline(visits: Any) -> None:
    nonces, faults = set(), []
    for visit in visits[0]:
        headers = visit.reply.headers
        policy = headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff", visit.url
        assert headers["X-Frame-Options"] == "DENY", visit.url
        assert headers["Referrer-Policy"] == "same-origin", visit.url
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", visit.url
        assert "Permissions-Policy" in headers, visit.url
        if visit.reply.mimetype != "text/html":
            continue
        assert headers["Cache-Control"] == "no-store", visit.url
        assert "unsafe" not in policy, visit.url
        assert "frame-ancestors 'none'" in policy
        nonce = re.search(r"script-src 'self' 'nonce-([\w-]{20,})'", policy)
        assert nonce, visit.url
        nonces.add(nonce[1])
        seen = Inline(nonce[1])
        seen.feed(visit.reply.text)
        faults += [f"{visit.url}: {f}" for f in seen.found]
    assert not faults
    assert len(nonces) > 50, "a new nonce each time"


def test_a_change_without_token_is_refused_everywhere(app: Any, place: Place, addresses: Addresses) -> None:
    client = app.test_client().sign_in(place.admin, place.tenant)
    before = fingerprint(addresses.hub, place)
    tried = 0
    for rule, _access in addresses.rules():
        for method in rule.methods - READING:
            for url in addresses.urls(rule, place):
                assert client.open(url, method=method, data={"_key": "a-key-of-a-form"}).status_code == 400, (
                    url
                )
                tried += 1
    assert tried > 100
    assert fingerprint(addresses.hub, place) == before


def test_nobody_gets_anywhere_without_signing_in(client: Any, place: Place, addresses: Addresses) -> None:
    for rule, access in addresses.rules():
        if access.public:
            continue
        for url in addresses.urls(rule, place)[:1]:
            if "GET" in rule.methods:
                reply = client.get(url)
                assert reply.status_code == 302, url
                assert reply.location.startswith("/login?next="), url
            for method in rule.methods - READING:
                assert (
                    client.open(url, method=method, data={"csrf_token": client.csrf_token()}).status_code
                    == 401
                ), url


def test_programs_are_nobody_without_a_token(app: Any, place: Place, addresses: Addresses) -> None:
    """A cookie opens nothing there, which is why no form token is asked for."""
    client = app.test_client().sign_in(place.admin, place.tenant)
    before = fingerprint(addresses.hub, place)
    tried = 0
    for rule in addresses.programs():
        url = re.sub(r"<(?:\w+:)?\w+>", "7", rule.rule)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            assert client.open(url, method=method, json={}).status_code == 401, (method, url)
            tried += 1
    assert tried > 10
    assert fingerprint(addresses.hub, place) == before


EACH = pytest.mark.parametrize(
    "alike", [1, pytest.param(1000, marks=pytest.mark.more)], ids=["one of each", "all"]
)
"""How many addresses of one screen, right and way of asking: the gate knows no more of them than that."""


def picked(rules: list[Any], alike: int) -> list[tuple[Any, Any, list[str]]]:
    """Rules with the methods to try: so many for each screen, right and method."""
    seen: Counter[tuple[str, str, str]] = Counter()
    found = []
    for rule, access in rules:
        methods = []
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            key = rule.endpoint.split(".")[0], access.permission, method
            seen[key] += 1
            if seen[key] <= alike:
                methods.append(method)
        if methods:
            found.append((rule, access, methods))
    return found


@EACH
def test_a_member_without_roles_is_denied_by_default(
    app: Any, place: Place, addresses: Addresses, alike: int
) -> None:
    client = app.test_client().sign_in(place.others["nobody"], place.tenant)
    for rule, access, methods in picked(addresses.rules(), alike):
        if access.public or not access.permission:
            continue
        for url in addresses.urls(rule, place)[:1]:
            for method in methods:
                reply = client.get(url) if method == "GET" else client.post(url)
                assert reply.status_code == 403, (method, url)
                assert "You do not have the right" in reply.text


OPEN_TO_MEMBERS = {
    "exports.index", "exports.fetch",  # one's own files alone
    "hub.index", "search.index", "hub.lookup", "hub.set_locale", "hub.set_theme", "hub.set_tenant", "hub.keep_entry",
    "jobs.show", "jobs.index", "files.index", "account.index", "account.password", "security.logout", "process.index",
    "process.export", "welcome.index", "remarks.index", "first_steps.index",
    "labels.index", "labels.ticked",  # asks for the right to see what the labels are of
    "mailing.index", "mailing.one", "mailing.retry", "mailing_notices.index",  # one's own mails and notices
    "account.end", "second_factor.index", "second_factor.on", "second_factor.off", "second_factor.codes",
    "second_factor.passkey", "second_factor.passkey_off",
}  # fmt: skip


def test_few_addresses_ask_for_no_right(addresses: Addresses) -> None:
    free = {r.endpoint for r, a in addresses.rules() if not a.public and not a.permission}
    assert free == OPEN_TO_MEMBERS, "an address that any member may reach is written down here, with care"
    public = {r.endpoint for r, a in addresses.rules() if a.public}
    asked = {"security.login", "second_step.index", "welcome.choose", "healthz", "readyz"}
    assert {e for e in public if not e.endswith("static")} == asked


@pytest.fixture
def all_off(hub: Hub, place: Place) -> Iterator[None]:
    for on in (False, True):
        with hub.context(place.tenant) as ctx:
            ctx.session.execute(update(Enablement).values(enabled=on))
        if not on:
            yield


@EACH
def test_what_is_switched_off_is_not_there(
    app: Any, hub: Hub, place: Place, addresses: Addresses, all_off: None, alike: int
) -> None:
    client = app.test_client().sign_in(place.admin, place.tenant)
    tried = 0
    for rule, access, methods in picked(addresses.rules(), alike):
        if access.plugin in hub.always_on or access.public:
            continue
        for url in addresses.urls(rule, place)[:1]:
            for method in methods:
                reply = client.get(url) if method == "GET" else client.post(url)
                assert reply.status_code == 404, (method, url)
                tried += 1
    assert tried > 100
    home = client.get("/").text
    assert "/orders/" not in home
    assert client.get("/lookup/orders.order").status_code in (403, 404)


def instead_of_a_page(monkeypatch: pytest.MonkeyPatch, view: Any) -> None:
    """A plugin declares ``view`` in the place of one of its pages."""
    monkeypatch.setattr(account, "WelcomePage", lambda **_given: view)


def test_an_undeclared_route_stops_the_start(hub: Hub, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Careless(BaseView):
        plugin = "core"

        @expose("/")
        def index(self) -> str:
            return "open to all"

        def endpoints(self) -> dict[str, Any]:
            return {}

    instead_of_a_page(monkeypatch, Careless(name="Careless", endpoint="careless", url="/careless"))
    with pytest.raises(StartError, match=r"careless\.index"):
        create_app(hub)


def test_a_page_route_without_right_stops_the_start(
    hub: Hub, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Half(Page):
        @route("/", right="base_company.settings")
        def index(self) -> str:
            return "declared"

        @expose("/more")
        def more(self) -> str:
            return "forgotten"

    instead_of_a_page(monkeypatch, Half(name="Half", endpoint="half", url="/half"))
    with pytest.raises(StartError, match=r"half\.more"):
        create_app(hub)


def test_a_right_that_nobody_declared_stops_the_start(
    hub: Hub, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Misspelt(Page):
        @route("/", right="core.setings")
        def index(self) -> str:
            return "never"

    instead_of_a_page(monkeypatch, Misspelt(name="M", endpoint="misspelt", url="/misspelt"))
    with pytest.raises(StartError, match=r"core\.setings"):
        create_app(hub)


def test_errors_are_pages_without_traces(
    hub: Hub, app: Any, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.testing.web import HubClient

    class Broken(Page):
        @route("/", right="")
        def index(self) -> str:
            raise RuntimeError("the secret of the house")

    instead_of_a_page(monkeypatch, Broken(name="Broken", endpoint="broken", url="/broken"))
    broken = create_app(hub, testing=False)
    broken.test_client_class = HubClient
    client: Any = broken.test_client()
    client.sign_in(place.admin, place.tenant)
    reply = client.get("/broken/")
    assert reply.status_code == 500
    assert "Nothing was saved" in reply.text
    assert "Traceback" not in reply.text
    assert "secret of the house" not in reply.text
    for url, status in (("/nowhere", 404), ("/logout", 404), ("/orders/order/99999999999999999999", 404)):
        reply = client.get(url)
        assert reply.status_code == status, url
        assert "Traceback" not in reply.text
        assert "OEM Hub" in reply.text
    create_app(hub, testing=True)  # the views of the shared hub are those of the whole application again


def test_only_what_is_used_of_flask_security_is_there(client: Any, client_as: Callable[..., Any]) -> None:
    for url in (
        "/verify",
        "/fs-static/x.css",
        "/register",
        "/reset",
        "/change",
        "/confirm",
        "/us-signin",
        "/tf-setup",
    ):
        assert client.get(url).status_code == 404, url
        assert client_as("admin").get(url).status_code == 404, url
