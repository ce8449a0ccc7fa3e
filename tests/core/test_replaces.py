"""What a plugin puts in another's place holds where it is on; loaded and off it changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from core.api import (
    Action,
    Column,
    Declare,
    DocumentKind,
    Figure,
    JobKind,
    Manifest,
    ProcessStep,
    T,
    hookimpl,
)
from core.entities import query, transitions
from core.entities.columns import all_columns, cell
from core.errors import NotFound, StartError
from core.kernel import enablement
from core.kernel.context import Ctx, TenantInfo
from core.kernel.hub import Hub
from core.testing.web import HubClient
from core.web.api import EntityView, Page, route
from core.web.api import ctx as current
from core.web.app import create_app
from core.work import jobs
from kit.printing import documents
from plugins.base_home.services import process

REQUEST = "samples.request"


class OtherView(EntityView):
    """It draws documents in another way and has a page of its own."""

    @route("/<int:row_id>", right="view")
    def document(self, row_id: int) -> str:
        return f"other page of {self.row(row_id).number}"

    @route("/<int:row_id>/extra", right="view")
    def extra(self, row_id: int) -> str:
        return f"extra page of {self.row(row_id).number}"


class Bare(Page):
    """A page that does not say whose it is."""

    @route("/", right="")
    def index(self) -> str:
        return f"bare page for {current().tenant.code}"

    @route("/broken", right="")
    def broken(self) -> str:
        calls.append("broken")
        raise TypeError("in the middle of the work")


calls: list[str] = []


def press(_ctx: Ctx, _row: Any, _data: Any) -> None:
    calls.append("pressed")


def declare(registry: Declare) -> None:
    registry.action(Action(REQUEST, "stamp", T("Press"), press), replaces="samples")
    registry.action(Action(REQUEST, "peek", T("Peek"), press, permission="samples.request.view"))
    registry.extend_columns(
        REQUEST,
        Column("fee", T("Other fee"), load=lambda ctx, rows: {r.id: "theirs" for r in rows}),
        Column("urgent", T("Hurry"), hidden=True, load=lambda ctx, rows: {}),
        replaces="samples",
    )
    registry.extend_columns(
        REQUEST, Column("parcels", T("Boxes"), load=lambda ctx, rows: {}), replaces="couriers"
    )
    registry.document(
        DocumentKind("samples.note", REQUEST, T("Other note"), "other/x.html", lambda c, r: {}, str),
        replaces="samples_papers",
    )
    registry.job(JobKind("samples.count", _theirs, T("Count")), replaces="samples_papers")
    registry.step(
        ProcessStep("sent", REQUEST, T("Theirs"), lambda c, ids: {i: Figure(2, "int") for i in ids}),
        replaces="samples_papers",
    )


def declare_screens(registry: Declare) -> None:
    registry.screen(REQUEST, OtherView, replaces="samples")
    registry.view(Bare(name="Bare", endpoint="impostor_bare", url="/impostor/bare"))


def _ours(ctx: Ctx, payload: Any, progress: Any) -> dict[str, Any]:
    return {"by": "samples"}


def _theirs(ctx: Ctx, payload: Any, progress: Any) -> dict[str, Any]:
    return {"by": "impostor"}


def declare_papers(registry: Declare) -> None:
    registry.document(
        DocumentKind("samples.note", REQUEST, T("Note"), "samples/x.html", lambda c, r: {}, str)
    )
    registry.job(JobKind("samples.count", _ours, T("Count")))
    registry.step(ProcessStep("sent", REQUEST, T("Ours"), lambda c, ids: {i: Figure(1, "int") for i in ids}))


def plugin(name: str, says: Any, screens: Any = None, **more: Any) -> ModuleType:
    made = ModuleType(name)
    made.__file__ = f"/nowhere/{name}/plugin.py"
    made.manifest = Manifest(
        name=name, title=T("Other"), version="1", summary=T("Other"), default_on=False, **more
    )  # type: ignore[attr-defined]
    made.register = hookimpl(says, specname="register")  # type: ignore[attr-defined]
    if screens:
        made.register_screens = hookimpl(screens, specname="register_screens")  # type: ignore[attr-defined]
    return made


@pytest.fixture(scope="module")
def crowded(hub: Hub, hub_extra: tuple[ModuleType, ...]) -> Iterator[Hub]:
    """The hub with one plugin more that declares papers, and one that replaces what it finds."""
    papers = plugin("samples_papers", declare_papers, requires=("samples",))
    impostor = plugin(
        "impostor", declare, declare_screens, requires=("samples_papers",), extends=("couriers",)
    )
    made = Hub(hub.config, (*hub_extra, papers, impostor))
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def their_app(crowded: Hub) -> Any:
    app = create_app(crowded, testing=False)
    app.test_client_class = HubClient
    return app


@pytest.fixture
def on(crowded: Hub, tenant: TenantInfo) -> Callable[[], None]:
    """``on()`` switches the impostor on for the tenant."""
    with crowded.context(tenant) as ctx:
        enablement.enable_plugin(ctx, "samples_papers")

    def switch() -> None:
        with crowded.context(tenant) as ctx:
            enablement.enable_plugin(ctx, "impostor")

    return switch


@pytest.fixture
def row_id(crowded: Hub, tenant: TenantInfo, ask: Callable[..., Any]) -> int:
    with crowded.context(tenant) as ctx:
        row = ask(ctx, fee=12)
        ctx.session.flush()
        return int(row.id)


def test_actions(crowded, tenant, on, row_id):
    def stamp() -> list[str]:
        calls.clear()
        with crowded.context(tenant) as ctx:
            kind = ctx.registry.get(REQUEST)
            row = ctx.session.get(kind.model, (tenant.id, row_id))
            offered = {a.name: str(a.label) for a in transitions.available(ctx, kind, row)}
            transitions.run_action(ctx, kind, row, "stamp", {"word": "x"} if not calls_theirs(ctx) else {})
            return [offered["stamp"], *calls, *(["peek"] if "peek" in offered else [])]

    def calls_theirs(ctx: Ctx) -> bool:
        return "impostor" in ctx.enabled

    assert stamp() == ["Stamp"]
    with crowded.context(tenant) as ctx, pytest.raises(NotFound, match="no action peek"):
        transitions.action_of(ctx, ctx.registry.get(REQUEST), "peek")
    on()
    assert stamp() == ["Press", "pressed", "peek"]


def test_columns(crowded, tenant, on, row_id):
    def columns() -> dict[str, tuple[str, Any]]:
        with crowded.context(tenant, write=False) as ctx:
            kind = ctx.registry.get(REQUEST)
            page = query.fetch_page(ctx, kind, query.ListQuery())
            shown = {c.name: (str(c.label), cell(kind, c, page.rows[0], page.values)) for c in page.columns}
            return shown | {
                c.name: (str(c.label), None) for c in all_columns(ctx, kind) if c.name not in shown
            }

    before = columns()
    assert (before["fee"], before["parcels"], before["urgent"][0]) == (
        ("Fee", 12),
        ("Parcels", None),
        "Urgent",
    )
    on()
    after = columns()
    assert (after["fee"], after["parcels"], after["urgent"][0]) == (
        ("Other fee", "theirs"),
        ("Boxes", None),
        "Hurry",
    )
    assert list(before) == list(after), "in the same places"


def test_documents_jobs_and_steps(crowded, tenant, on, row_id):
    def seen() -> tuple[str, Any, Any]:
        with crowded.context(tenant) as ctx:
            job = jobs.enqueue_job(ctx, "samples.count", {}).id
            kind = ctx.registry.get(REQUEST)
            table = process.table(ctx, kind)
            page = process.fetch(ctx, table, query.ListQuery())
            step = page.values["step:sent"][row_id].value
            label = str(documents.kind(ctx, "samples.note").label)
        while jobs.run_due(crowded, tenants=[tenant]):
            pass
        with crowded.context(tenant, write=False) as ctx:
            return label, step, jobs.get_job(ctx, job).result

    assert seen() == ("Note", 1, {"by": "samples"})
    on()
    assert seen() == ("Other note", 2, {"by": "impostor"})
    with crowded.context(tenant) as ctx:
        enablement.disable_plugin(ctx, "impostor")
    assert seen() == ("Note", 1, {"by": "samples"})


def test_screens(crowded, their_app, tenant, on, row_id, user_of):
    client = their_app.test_client().sign_in(user_of("mgr"), tenant)
    address = f"/samples/request/{row_id}"
    assert "<h1>" in client.get(address).text
    assert client.get(f"{address}/extra").status_code == 404
    on()
    assert client.get(address).text.startswith("other page of SR-")
    assert client.get(f"{address}/extra").text.startswith("extra page of SR-")
    assert "<h1>" in client.get("/samples/request/").text, "what it does not replace stays"
    nobody = their_app.test_client().sign_in(user_of(""), tenant)
    assert nobody.get(address).status_code == 403
    assert nobody.get(f"{address}/extra").status_code == 403


def test_a_page_belongs_to_the_plugin_that_declares_it(their_app, tenant, on, user_of):
    client = their_app.test_client().sign_in(user_of("mgr"), tenant)
    assert client.get("/impostor/bare/").status_code == 404
    on()
    assert client.get("/impostor/bare/").text == f"bare page for {tenant.code}"


def test_a_mistake_inside_a_page_happens_once(their_app, tenant, on, user_of):
    on()
    calls.clear()
    client = their_app.test_client().sign_in(user_of("mgr"), tenant)
    assert client.get("/impostor/bare/broken").status_code == 500
    assert calls == ["broken"]


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (
            Bare(name="B", endpoint="samples_request", url="/x/y"),
            "page 'samples_request', which is there already",
        ),
        (
            Bare(name="B", endpoint="x_y", url="/samples/request"),
            "page 'x_y' at /samples/request, where another",
        ),
    ],
)
def test_a_page_where_another_is(hub, hub_extra, view, said):
    extra = plugin(
        "third", lambda registry: None, lambda registry: registry.view(view), requires=("samples",)
    )
    with pytest.raises(StartError, match=f"plugin 'third' .*declares {said}"):
        create_app(Hub(hub.config, (*hub_extra, extra)))


def test_another_right_for_the_same_route(hub, hub_extra):
    class Loose(EntityView):
        @route("/<int:row_id>", right="")
        def document(self, row_id: int) -> str:
            return ""

    screens = lambda registry: registry.screen(REQUEST, Loose, replaces="samples")  # noqa: E731
    extra = plugin("third", lambda registry: None, screens, requires=("samples",))
    with pytest.raises(
        StartError, match="'third' replaces a screen of 'samples.request' and gives its route 'document'"
    ):
        create_app(Hub(hub.config, (*hub_extra, extra)))


def test_a_screen_of_anothers_entity_is_not_taken_without_a_word(hub, hub_extra):
    extra = plugin(
        "third",
        lambda registry: None,
        lambda registry: registry.screen("samples.maker", OtherView),
        requires=("samples",),
    )
    with pytest.raises(
        StartError, match="declares screen of 'samples.maker', which plugin 'samples' .*declared already"
    ):
        create_app(Hub(hub.config, (*hub_extra, extra)))
