"""The Hub page shows what is on and what the person may see, and every figure on it opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from core.api import Panel, T, Tile
from core.base_api import TenantInfo
from core.data.models import Grant, Role
from core.declare.page_parts import Alert, Task
from core.kernel.hub import Hub
from core.testing.declaring import declare_for_test
from plugins.inventory import plugin as inventory
from plugins.purchasing import plugin as purchasing
from tests.hub_pages import ROLES, addresses, words

STEPS = ("FO need", "FO ordered %", "FO received %", "Factory order", "Goods in", "Shipped", "Factory paid")
PARTS = {
    "outsourcing": ("Issued without a signed contract", "Start production"),
    "purchasing": ("Overdue purchase lines", "Receipts due within a week", "Chase the delivery"),
    "inventory": ("Below safety stock",),
    "stock": ("Finish the count",),
    "orders": ("Confirmed customer orders",),
}
NEEDS = {"FO need": "factory_stock", "FO ordered %": "factory_buying", "FO received %": "factory_buying",
         "Factory order": "outsourcing", "Goods in": "factory_stock", "Shipped": "shipping",
         "Factory paid": "outsourcing"}  # fmt: skip


@pytest.mark.thorough
@pytest.mark.parametrize("role", ROLES)
def test_every_figure_of_a_role_opens(enter: Callable[[str], Any], role: str) -> None:
    client = enter(role)
    for page in ("/", "/process/", "/?tab=purchasing", "/?tab=inventory"):
        reply = client.get(page)
        assert reply.status_code == 200
        assert "could not be shown" not in reply.text
        shut = {a: s for a in addresses(reply.text) if (s := client.get(a).status_code) != 200}
        assert shut == {}, page


SEEN = {
    # role: (does these, does not)
    "merch": (
        ("Get the contract signed",),
        ("Chase the delivery", "Start production", "Finish the count", "Pay "),
    ),
    "purch": (("Chase the delivery",), ("Get the contract signed", "Start production", "Finish the count")),
    "wh": (("Finish the count",), ("Chase the delivery", "Get the contract signed", "Start production")),
    "prod": (("Start production",), ("Chase the delivery", "Get the contract signed", "Finish the count")),
    "mgr": (("Chase the delivery", "Get the contract signed", "Start production", "Finish the count"), ()),
    "qc": ((), ("Chase the delivery", "Get the contract signed", "Start production", "Finish the count")),
    "fin": ((), ("Chase the delivery", "Get the contract signed", "Start production", "Finish the count")),
}


@pytest.mark.parametrize(
    "role", [r if r in ("merch", "purch", "fin") else pytest.param(r, marks=pytest.mark.more) for r in SEEN]
)
def test_what_waits_is_what_the_role_may_do(enter: Callable[[str], Any], role: str) -> None:
    there, not_there = SEEN[role]
    said = words(enter(role).get("/").text)
    assert [w for w in there if w not in said] == []
    assert [w for w in not_there if w in said] == []


@pytest.mark.parametrize(
    "role", [r if r in ("merch", "wh") else pytest.param(r, marks=pytest.mark.more) for r in ROLES]
)
def test_payments_are_for_those_who_may_see_them(enter: Callable[[str], Any], role: str) -> None:
    said = words(enter(role).get("/").text)
    money = role in ("merch", "fin", "mgr")
    assert ("Payments due within a week" in said) == money
    assert ("49.24%" in words(enter(role).get("/process/").text)) == money
    exported = enter(role).get("/process/export/csv").text
    assert ("49.24" in exported) == money


def test_somebody_without_a_role_sees_an_empty_page(enter: Callable[[str], Any]) -> None:
    nobody = enter("")
    page = nobody.get("/")
    assert page.status_code == 200
    assert not [w for found in PARTS.values() for w in found if w in page.text]
    assert "SO-26001" not in page.text
    assert nobody.get("/process/").status_code == 404
    assert nobody.get("/process/export/csv").status_code == 404
    assert nobody.get("/search?json=1&q=SO-26001").json == []


def test_gates_and_timelines_are_for_those_who_may_see_them(
    app: Any, hub: Hub, office: TenantInfo, enter: Callable[[str], Any]
) -> None:
    """Whoever sees factory orders and buys, but neither gates nor timelines, learns nothing of them elsewhere."""
    with hub.context(office) as ctx:
        role = Role(code="narrow", name="Narrow", names={}, system=False)
        role.grants = [Grant(permission=p) for p in ("outsourcing.order.view", "purchasing.order.create")]
        ctx.session.add(role)
    pages = ("/", "/outsourcing/order/", "/outsourcing/order/export/csv", "/search?q=FO-2026")
    narrow, manager = enter("narrow"), enter("mgr")
    for page in pages:
        said = narrow.get(page).text
        assert "FO-2026-0002" in said
        assert [w for w in ("HOLD", "groups of material short", "Late") if w in said] == [], page
    assert "HOLD" in manager.get(pages[2]).text
    assert "Material" in manager.get(pages[2]).text.splitlines()[0]
    assert "Material" not in narrow.get(pages[2]).text.splitlines()[0]


@pytest.mark.parametrize(
    "name",
    ["claims", "stock", "orders",  # nothing stands on it, much does, nearly everything does
     *(pytest.param(n, marks=pytest.mark.more)
       for n in ("inventory", "tna", "material_gate", "proforma", "purchasing", "outsourcing"))],
)  # fmt: skip
def test_a_plugin_that_is_off_leaves_nothing(
    enter: Callable[[str], Any], without: Callable[[str], Any], name: str
) -> None:
    client = enter("mgr")
    with without(name) as off:
        for page in ("/", "/search?q=HL-88", "/search?q=S01"):
            reply = client.get(page)
            assert reply.status_code == 200
            assert "could not be shown" not in reply.text
            assert {a for a in addresses(reply.text) if a.split("/")[1] in off} == set()
        said = words(client.get("/").text)
        for plugin, parts in PARTS.items():
            for part in parts:
                assert (part in said) == (plugin not in off), part
        table = client.get("/process/")
        assert table.status_code == (404 if "orders" in off else 200)
        if table.status_code == 200:
            head = table.text.split("<thead", 1)[1].split("</thead>", 1)[0]
            assert [s for s in STEPS if f">{s}</th>" in head] == [s for s in STEPS if NEEDS[s] not in off]
    assert "Below safety stock" in words(client.get("/").text), "switched on again"


def test_tabs_stand_in_the_order_of_the_trade(enter: Callable[[str], Any]) -> None:
    page = enter("mgr").get("/").text
    tabs = page.split('id="areas"', 1)[1].split("</nav>", 1)[0]
    assert [t for t in ("outsourcing", "purchasing", "inventory") if f"tab={t}" in tabs] == [
        "outsourcing",
        "purchasing",
        "inventory",
    ]
    places = [tabs.index(f"tab={t}") for t in ("outsourcing", "purchasing", "inventory")]
    assert places == sorted(places)
    assert "Open factory orders" in page  # the first tab is in front
    asked = enter("mgr").get("/?tab=inventory").text
    assert "Latest movements" in asked
    assert "Open factory orders" not in asked
    assert "Open factory orders" in enter("mgr").get("/?tab=nothing").text


def broken(*_args: Any) -> Any:
    raise RuntimeError("this plugin has a fault")


@pytest.mark.parametrize(
    ("hook", "plugin"),
    [
        ("dashboard_tiles", "inventory"),
        ("alerts", "inventory"),
        ("tasks", "stock"),
        ("dashboard_panels", "inventory"),
    ],
)
def test_a_plugin_that_fails_is_named_and_the_rest_lives(
    enter: Callable[[str], Any], hub: Any, monkeypatch: pytest.MonkeyPatch, hook: str, plugin: str
) -> None:
    caller = getattr(hub.manager.hook, hook)
    impl = next(i for i in caller.get_hookimpls() if i.plugin_name == plugin)
    monkeypatch.setattr(impl, "function", broken)
    said = words(enter("mgr").get("/").text)
    assert f"A part of {plugin} could not be shown." in said
    assert "Overdue purchase lines" in said
    assert "SO-26001" in said


def test_a_step_that_fails_leaves_its_column_empty_and_is_named(
    enter: Callable[[str], Any], hub: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bad_statement(ctx: Any, ids: Any) -> Any:
        return ctx.session.raw("SELECT nothing FROM nowhere WHERE tenant_id = :tenant")

    step = replace(hub.registry.steps["orders.order"]["goods_in"], load=bad_statement)
    declare_for_test(hub.registry, monkeypatch, step)
    for page in ("/", "/process/"):
        said = words(enter("mgr").get(page).text)
        assert "A part of factory_stock could not be shown." in said
        assert "49.24%" in said, "columns after it are there"
        assert "76.98%" not in said
    person = enter("mgr")
    assert "49.24" in person.get("/process/export/csv").text
    assert "(factory_stock) could not be read and are empty." in words(person.get("/").text)


def test_long_lists_are_folded(
    enter: Callable[[str], Any], hub: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [Alert(T("Alert number {n}", n=n), "/", "warn") for n in range(30)]
    tasks = [Task(T("Do"), f"Task-{n:02}", "/") for n in range(30)]
    for hook, found, plugin in (("alerts", many, "inventory"), ("tasks", tasks, "stock")):
        impl = next(i for i in getattr(hub.manager.hook, hook).get_hookimpls() if i.plugin_name == plugin)
        monkeypatch.setattr(impl, "function", lambda *_args, found=found: found)
    page = enter("merch").get("/").text
    # what is open at once is little; the rest is there, folded
    assert page.count('<details class="more">') == 2
    assert "Alert number 29" in page
    first = page.split('id="alerts"', 1)[1].split("<details", 1)[0]
    assert first.count("<li>") == 6


def test_a_tab_nobody_looks_at_is_not_drawn(
    enter: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def lazy(ctx: Any) -> list[Panel]:
        return [Panel(T("Lazy"), "hub/panel_list.html", lambda: asked.append("drawn") or {}, place="tab:inventory",
                      order=30)]  # fmt: skip

    monkeypatch.setattr(inventory.shown, "tab", lazy)
    enter("mgr").get("/")
    assert asked == []
    enter("mgr").get("/?tab=inventory")
    assert asked == ["drawn"]


def test_tiles_stand_in_their_order(enter: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        purchasing.hub_page,
        "tiles",
        lambda ctx: [Tile(T("Last"), 1, "/", order=999), Tile(T("First"), 2, "/", order=-1)],
    )
    said = words(enter("mgr").get("/").text)
    assert said.index("First") < said.index("Factory orders in draft") < said.index("Last")
