"""A part of a plugin that fails is shown as that, blamed on the right plugin, and the page lives."""

from __future__ import annotations

import csv
import io
import logging
import re
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from openpyxl import load_workbook

from core import ledger
from core.api import (
    Action,
    Alert,
    Column,
    Declare,
    EntityType,
    Field,
    Filter,
    Manifest,
    NavItem,
    Panel,
    ProcessStep,
    SearchHit,
    T,
    Tile,
    hookimpl,
)
from core.entities import transitions
from core.kernel.context import Ctx, TenantInfo
from core.kernel.failures import count_failures
from core.kernel.hub import Hub
from core.testing.web import HubClient
from core.web.app import create_app
from tests.thirdparty.samples.models import Stamp

REQUEST = "samples.request"
NOTE = "A part of clumsy could not be shown."


def bad_statement(ctx: Ctx, *_given: Any) -> Any:
    return ctx.session.raw("SELECT nothing FROM nowhere WHERE tenant_id = :tenant")


def breaks(*_given: Any) -> Any:
    raise ZeroDivisionError("in clumsy")


class Clumsy:
    """What the plugin does wrongly at the moment, by hook or part."""

    doing: dict[str, Callable[..., Any]] = {}


def part(name: str, fine: Any = None) -> Callable[..., Any]:
    return lambda *given, **named: Clumsy.doing.get(name, lambda *g, **n: fine)(*given, **named)


def declare(registry: Declare) -> None:
    registry.extend_columns(
        REQUEST,
        Column("wobble", T("Wobble"), "qty", load=part("column", {})),
        Column("steady", T("Steady"), load=lambda ctx, rows: {row.id: "steady as it goes" for row in rows}),
    )
    registry.action(
        Action(
            REQUEST,
            "wave",
            T("Wave"),
            breaks,
            permission="samples.request.view",
            visible=part("visible", True),
        )
    )
    registry.step(ProcessStep("limp", REQUEST, T("Limp"), part("step", {})))
    registry.entity(
        EntityType(
            "clumsy.stamp", Stamp, T("Imprint"), T("Imprints"),
            (Field("word", T("Word"), "choice", choices=part("options", ())),),
            key="id", title="word", columns=("word",), default_sort="id",
            filters=(Filter("odd", T("Odd"), part("choices", [("yes", T("Odd one"))]), part("filter")),),
        )
    )  # fmt: skip


HOOKS: dict[str, tuple[str, ...]] = {
    "dashboard_tiles": ("ctx",),
    "dashboard_panels": ("ctx",),
    "alerts": ("ctx",),
    "tasks": ("ctx",),
    "nav_items": ("ctx",),
    "entity_panels": ("ctx", "entity", "row"),
    "activity": ("ctx", "entity", "row"),
    "search": ("ctx", "query", "limit"),
    "stock_names": ("ctx", "items", "places"),
}


@pytest.fixture(scope="module")
def shaky(hub: Hub, hub_extra: tuple[ModuleType, ...]) -> Iterator[Hub]:
    """The hub with a plugin whose every part can be made to fail."""
    clumsy = ModuleType("clumsy")
    clumsy.__file__ = "/nowhere/clumsy/plugin.py"
    clumsy.manifest = Manifest("clumsy", T("Clumsy"), "1", T("x"), requires=("samples",), default_on=False)  # type: ignore[attr-defined]
    clumsy.register = hookimpl(declare_named(declare), specname="register")  # type: ignore[attr-defined]
    for name, arguments in HOOKS.items():
        scope: dict[str, Any] = {"doing": part(name)}
        exec(f"def hook({', '.join(arguments)}): return doing({', '.join(arguments)})", scope)
        setattr(clumsy, name, hookimpl(scope["hook"], specname=name))
    made = Hub(hub.config, (*hub_extra, clumsy))
    yield made
    made.engine.dispose()


def declare_named(function: Callable[[Declare], None]) -> Callable[..., None]:
    def register(registry: Declare) -> None:
        function(registry)

    return register


@pytest.fixture(scope="module")
def shaky_app(shaky: Hub) -> Any:
    app = create_app(shaky, testing=True)
    app.test_client_class = HubClient
    return app


@pytest.fixture
def tenant(make_tenant: Callable[..., TenantInfo], shaky: Hub) -> TenantInfo:
    from core.kernel import enablement

    info = make_tenant(plugins=["couriers", "samples"])
    with shaky.context(info) as ctx:
        enablement.enable_plugin(ctx, "clumsy")
    return info


@pytest.fixture
def row_id(shaky: Hub, tenant: TenantInfo, ask: Callable[..., Any]) -> int:
    with shaky.context(tenant) as ctx:
        row = ask(ctx, notes="a rare word")
        ctx.session.flush()
        ctx.session.add(Stamp(request_id=row.id, word="x"))
        return int(row.id)


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch, shaky: Hub) -> Callable[..., None]:
    """``fails(column=breaks)``: from now on that part of the plugin does this."""
    shaky.failures.forget()  # what the last test saw fail is written at once in this one too
    return lambda **doing: monkeypatch.setattr(Clumsy, "doing", doing)


@pytest.fixture
def page(shaky_app: Any, tenant: TenantInfo, user_of: Callable[..., Any]) -> Callable[..., str]:
    client = shaky_app.test_client().sign_in(user_of("admin"), tenant)

    def read(address: str) -> str:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    return read


def generator(*_given: Any) -> Any:
    yield Tile(T("First"), 1, "/")
    raise ZeroDivisionError("in clumsy")


PAGES = {
    "dashboard_tiles": "/", "dashboard_panels": "/", "alerts": "/", "tasks": "/", "nav_items": "/samples/maker/",
    "entity_panels": "/samples/request/{}", "activity": "/samples/request/{}", "search": "/search?q=rare",
}  # fmt: skip


@pytest.mark.parametrize("hook", PAGES)
@pytest.mark.parametrize(
    "wrong",
    [breaks, generator, bad_statement, lambda *g: 5, lambda *g: ["text"], lambda *g: [None]],
    ids=["raises", "generator", "statement", "number", "texts", "nothing in a list"],
)
def test_a_display_hook(hook, wrong, fails, page, row_id, caplog, tenant, shaky):
    fails(**{hook: wrong})
    with caplog.at_level(logging.ERROR):
        said = page(PAGES[hook].format(row_id))
    assert said.count(NOTE) == 1
    assert f"hook {hook} of plugin clumsy failed for tenant {tenant.code}" in caplog.text
    with shaky.context(tenant, write=False) as ctx:
        assert count_failures(ctx) == {"clumsy": 1}
    fails()
    assert NOTE not in page(PAGES[hook].format(row_id))


@pytest.mark.parametrize(
    "wrong",
    [breaks, bad_statement, lambda ctx, ids: None, lambda ctx, ids: 5],
    ids=["raises", "statement", "none", "number"],
)
def test_a_step_of_the_full_process_table(wrong, fails, page, row_id):
    fails(step=wrong)
    said = page(f"/process/?of={REQUEST}")
    assert "SR" in said
    assert NOTE in said


def test_loaded_and_off_it_changes_nothing(fails, shaky, shaky_app, tenant, user_of, make_tenant, ask):
    """Another company, in the same hub: whatever fails there, nothing of it is here, and nothing is counted."""
    others = make_tenant(plugins=["couriers", "samples"])
    with shaky.context(others) as ctx:
        number = ask(ctx, notes="a rare word").id
    client = shaky_app.test_client().sign_in(user_of("admin", of=others), others)
    pages = {page.format(number) for page in PAGES.values()} | {
        "/samples/request/",
        f"/process/?of={REQUEST}",
    }
    before: dict[str, str] = {}
    parts = (*PAGES, "column", "visible", "step", "options", "choices", "filter", "stock_names")
    for way in (breaks, lambda *given: None):  # first it fails, then it has nothing to say: no difference
        fails(**dict.fromkeys(parts, way))
        for page in sorted(pages):
            said = client.get(page)
            text = re.sub(r'nonce="[^"]*"|value="[^"]*"', "", said.text)
            assert said.status_code == 200
            assert before.setdefault(page, text) == text
            assert not {"clumsy", "Wobble", "Limp", "Wave", "Imprints"} & set(re.findall(r"\w+", text))
    shaky.failures.flush(now=True)
    with shaky.context(others, write=False) as ctx:
        assert count_failures(ctx) == {}


def test_right_types_are_shown(fails, page, row_id):
    fails(
        nav_items=lambda ctx: (NavItem(T("Odd corner"), "/x", c) for c in ("samples",)),
        alerts=lambda ctx: [Alert(T("Odd alert"), "/x")],
        search=lambda ctx, query, limit: None,
    )
    said = page("/")
    assert "Odd corner" in said
    assert "Odd alert" in said
    assert NOTE not in said


@pytest.mark.parametrize(
    "wrong",
    [breaks, bad_statement, lambda ctx, rows: None, lambda ctx, rows: 5],
    ids=["raises", "statement", "none", "number"],
)
def test_a_column_of_anothers_list(wrong, fails, page, row_id, caplog, shaky, tenant):
    fails(column=wrong)
    with caplog.at_level(logging.ERROR):
        said = page("/samples/request/")
    assert NOTE in said
    assert "steady as it goes" in said
    assert f"column wobble of samples.request of plugin clumsy failed for tenant {tenant.code}" in caplog.text


def unsayable(ctx: Ctx, rows: Any) -> Any:
    class Silent:
        def __str__(self) -> str:
            raise ZeroDivisionError("in clumsy")

    return {row.id: Silent() for row in rows}


@pytest.mark.parametrize("wrong", [breaks, bad_statement, unsayable], ids=["raises", "statement", "value"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_column_of_anothers_list_in_a_file(kind, wrong, fails, shaky_app, row_id, caplog, tenant, user_of):
    client = shaky_app.test_client().sign_in(user_of("admin"), tenant)
    fails(column=wrong)
    with caplog.at_level(logging.ERROR):
        reply = client.get(f"/samples/request/export/{kind}")
    assert reply.status_code == 200
    assert (
        caplog.text.count(f"column wobble of {REQUEST} of plugin clumsy failed for tenant {tenant.code}") == 1
    )
    if kind == "csv":
        head, row = csv.DictReader(io.StringIO(reply.text.lstrip("\ufeff"))), None
        row = next(head)
    else:
        page = load_workbook(io.BytesIO(reply.data)).active
        names, values = list(page.values)
        row = {name: value or "" for name, value in zip(names, values, strict=True)}
    assert (row["Wobble"], row["Steady"]) == ("", "steady as it goes")
    said = client.get("/samples/maker/").text
    assert f"samples-request.{kind}: cells of “Wobble” (clumsy) could not be read and are empty." in said
    assert "could not be read" not in client.get("/samples/maker/").text
    fails(column=lambda ctx, rows: {})
    client.get(f"/samples/request/export/{kind}")
    assert "could not be read" not in client.get("/samples/maker/").text


def test_a_value_of_another_kind_than_its_column(fails, page, row_id, caplog):
    fails(column=lambda ctx, rows: {row.id: "many" for row in rows})
    with caplog.at_level(logging.ERROR):
        said = page("/samples/request/")
    assert "could not be shown" in said
    assert "steady as it goes" in said
    assert "column wobble of plugin clumsy holds what is no qty" in caplog.text


def test_an_action_that_cannot_say_whether_it_is_offered(fails, page, row_id, caplog, shaky, tenant):
    address = f"/samples/request/{row_id}"
    assert "Wave" in page(address)
    fails(visible=breaks)
    with caplog.at_level(logging.ERROR):
        said = page(address)
    assert "Wave" not in said
    assert "Stamp" in said
    assert NOTE in said
    assert (
        f"visible of action samples.request.wave of plugin clumsy failed for tenant {tenant.code}"
        in caplog.text
    )
    fails(visible=bad_statement)
    with shaky.context(tenant) as ctx:  # what else is done in the transaction is kept
        kind = ctx.registry.get(REQUEST)
        row = ctx.session.get(kind.model, (tenant.id, row_id))
        transitions.run_action(ctx, kind, row, "stamp", {"word": "kept"})
        assert "wave" not in {a.name for a in transitions.available(ctx, kind, row)}
    with shaky.context(tenant, write=False) as ctx:
        assert ctx.session.query(Stamp).filter(Stamp.word == "kept").count() == 1


@pytest.mark.parametrize("name", ["choices", "options"])
@pytest.mark.parametrize(
    "wrong", [breaks, lambda ctx: 5, lambda ctx: ["x"]], ids=["raises", "number", "texts"]
)
def test_choices_of_filters_and_fields(name, wrong, fails, page, row_id):
    fails(**{name: wrong})
    said = page("/clumsy/stamp/")
    assert NOTE in said
    assert ("Odd one" in said) == (name == "options")


@pytest.mark.parametrize("wrong", [breaks, lambda ctx, found, value: None], ids=["raises", "nothing"])
def test_a_filter_that_fails_finds_nothing(wrong, fails, page, row_id, caplog):
    fails(filter=lambda ctx, found, value: found)
    assert "Nothing fits" not in page("/clumsy/stamp/?odd=yes")
    fails(filter=wrong)
    said = page("/clumsy/stamp/?odd=yes")
    assert "Nothing fits" in said
    if wrong is breaks:
        assert NOTE in said


@pytest.mark.parametrize(
    "wrong", [breaks, bad_statement, lambda *g: ["x"]], ids=["raises", "statement", "texts"]
)
def test_names_of_stock(wrong, fails, shaky, tenant, row_id):
    fails(stock_names=wrong)
    with shaky.context(tenant, write=False) as ctx:
        place = ledger.Place("store", 3)
        assert ledger.names(ctx, [], [place])[place].name.endswith("3")
        assert ctx.failed == {"clumsy"}


def test_a_part_in_the_card_of_another_one_fails_alone(fails, page, row_id, caplog):
    host = Panel(T("Host"), "couriers/parcels.html", {"number": 1}, topic="thing", order=40)
    broken = Panel(T("Broken"), "clumsy/none.html", {}, within="thing", order=50)
    stray = Panel(T("Stray"), "couriers/parcels.html", {"number": 1}, within="nothing of this page")
    fails(entity_panels=lambda ctx, entity, row: [broken, stray, host])
    html = page(f"/samples/request/{row_id}")
    assert html.index("<h2>Host</h2>") < html.index(NOTE), "its card stands, and says so at its foot"
    assert "<h2>Broken</h2>" not in html
    assert [r.name for r in caplog.records if "could not be drawn" in r.message] == ["hub"], (
        "the log of the hub has the reason"
    )
    assert "<h2>Stray</h2>" in html, "a card of its own where the other is not on the page"


def test_hits_and_panels_that_are_fine(fails, page, row_id):
    fails(
        search=lambda ctx, query, limit: [SearchHit(REQUEST, "odd", "odd hit", "/odd")],
        entity_panels=lambda ctx, entity, row: [Panel(T("Odd"), "clumsy/none.html", {})],
    )
    assert "odd hit" in page("/search?q=rare")
    assert NOTE in page(f"/samples/request/{row_id}"), "its template is not there"
