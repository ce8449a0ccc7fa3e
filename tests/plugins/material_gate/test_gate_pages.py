"""Over HTTP: the start dialog, the panel, the lists, the kit overview; and what the Hub page is told."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from core.api import Ctx, hookimpl
from core.kernel.hub import Hub
from plugins.factory_gate.services import orders as held
from plugins.factory_stock.services import need
from plugins.material_gate.shown import hub_page
from plugins.outsourcing.models import FactoryOrder
from plugins.stock.api import demands
from tests.plugins.material_gate.conftest import Receipts, arrive, issued, overrides
from tests.plugins.outsourcing.conftest import do, made, picked, sold
from tests.plugins.purchasing.conftest import bought, line

BASE = "/outsourcing/order"
WORDS = {"override_code": "later_stage", "override_reason": "cartons come before packing"}


def cells(html: str) -> list[str]:
    """Table rows as text."""
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r"<tr>.*?</tr>", html, re.S)]


@pytest.fixture
def cartons(mill: Ctx, fo: FactoryOrder, but_cartons: Receipts) -> int:
    """Only cartons are missing; those for DE-HAM are on order."""
    bought(
        mill, line(mill, "CTN", "13", dest="DE-HAM"), supplier="S2", material_class="trim", factory_order=fo,
        required_date=mill.today() + timedelta(days=9),
    )  # fmt: skip
    mill.session.commit()
    return fo.id


def test_the_dialog_shows_the_shortfall_before_anything_is_typed(
    cartons: int, client_as: Callable[..., Any]
) -> None:
    client = client_as("mgr")
    html = client.get(f"{BASE}/{cartons}/do/start").text
    found = [row for row in cells(html) if row.startswith("CTN")]
    assert [r.split()[:2] for r in found] == [["CTN", "US-LAX"], ["CTN", "DE-HAM"]]
    assert "Packing 25 0 25 pcs nothing on order" in found[0]
    assert "Packing 13 0 13 pcs 2026-12-02 PT-" in found[1]
    assert "2 groups of material short: production may not start." in html
    assert 'name="override_reason"' in html
    assert 'name="override_code"' in html
    reply = client.post(f"{BASE}/{cartons}/do/start", data={})
    assert reply.status_code == 422
    assert len([row for row in cells(reply.text) if row.startswith("CTN")]) == 2
    reply = client.post(f"{BASE}/{cartons}/do/start", data={**WORDS, "override_reason": "soon"})
    assert (reply.status_code, "at least 10 characters" in reply.text) == (422, True)
    reply = client.post(f"{BASE}/{cartons}/do/start", data=WORDS)
    assert reply.status_code == 302
    html = client.get(f"{BASE}/{cartons}").text
    assert "OV-2026-0001" in html
    assert "cartons come before packing" in html
    assert "the gate informs and holds nothing" in html


def test_who_may_not_override_sees_why_but_no_way(cartons: int, client_as: Callable[..., Any]) -> None:
    html = client_as("prod").get(f"{BASE}/{cartons}/do/start").text
    assert "2 groups of material short: production may not start." in html
    assert "override_reason" not in html


def test_ahead_of_the_start_from_the_page(cartons: int, client_as: Callable[..., Any]) -> None:
    manager, control = client_as("mgr"), client_as("prod")
    assert f"{BASE}/{cartons}/do/override_gate" in manager.get(f"{BASE}/{cartons}").text
    assert f"{BASE}/{cartons}/do/override_gate" not in control.get(f"{BASE}/{cartons}").text
    given = {"reason_code": "", "explanation": "cartons come before packing"}
    reply = manager.post(f"{BASE}/{cartons}/do/override_gate", data=given)
    assert (reply.status_code, "This is needed." in reply.text) == (422, True)
    reply = manager.post(f"{BASE}/{cartons}/do/override_gate", data={**given, "reason_code": "partial"})
    assert reply.status_code == 302
    assert "OVERRIDDEN (2 short)" in control.get(f"{BASE}/{cartons}").text
    assert control.post(f"{BASE}/{cartons}/do/start", data={}).status_code == 302
    page = manager.get("/material_gate/override/").text
    assert "OV-2026-0001" in page
    assert "Used up" in page


def test_the_override_has_a_page_for_ever(mill: Ctx, cartons: int, client_as: Callable[..., Any]) -> None:
    client = client_as("mgr")
    client.post(f"{BASE}/{cartons}/do/start", data=WORDS)
    mill.session.expire_all()
    fo = mill.session.get(FactoryOrder, (mill.tenant.id, cartons))
    assert fo is not None
    (row,) = overrides(mill, fo)
    html = client.get(f"/material_gate/override/{row.id}").text
    assert [r for r in cells(html) if r.startswith("CTN")] == [
        "CTN US-LAX Packing 25 0 25 pcs",
        "CTN DE-HAM Packing 13 0 13 pcs",
    ]
    assert f"/outsourcing/order/{cartons}" in html
    assert "6 more groups were complete or not waited for." in html


def test_the_kit_overview(mill: Ctx, cartons: int, so: Any, client_as: Callable[..., Any]) -> None:
    ready = issued(mill, sold(mill, ("ST-2", "NVY", "US-LAX", {"S": 1, "M": 1, "L": 1}), po="PO-2"), "ST-2")
    draft = made(mill)
    mill.session.commit()
    client = client_as("wh")
    html = client.get("/material_gate/kit/").text
    assert "6 of 8" in html
    assert "HOLD (2 short)" in html
    assert "CTN US-LAX" in html
    assert "2026-12-02" in html
    assert "1 not promised" in html
    assert ready.number in html
    assert draft.number not in html
    held = client.get("/material_gate/kit/?state=held").text
    assert (f"order/{cartons}#gate" in held, ready.number in held) == (True, False)
    assert client.get("/material_gate/kit/?state=nonsense").status_code == 200
    assert client_as("").get("/material_gate/kit/").status_code == 403


def section(html: str, key: str) -> str:
    """A card of a document's page, with what is drawn in it."""
    found = re.search(
        rf'<section class="card panel" id="{key}".*?</section>\s*(?=<section|<div class="two">)', html, re.S
    )
    return found.group() if found else ""


def test_material_is_one_section_of_the_page(mill: Ctx, cartons: int, client_as: Callable[..., Any]) -> None:
    html = client_as("mgr").get(f"{BASE}/{cartons}").text
    material = section(html, "buying-need-panel")
    assert (html.count("HOLD (2 short)"), "HOLD (2 short)" in material) == (1, True)
    assert material.index('id="material-gate-panel"') < material.index('class="grid need')
    found = [row for row in cells(material) if row.startswith("CTN")]
    assert ("Packing" in found[0], "short 25" in found[0]) == (True, True)
    assert "PT-" in found[1], "the order it is on"
    assert "gate-table" not in html, "the gate has no second one"
    assert '<details class="fold inside" id="stock-kept-panel">' in material
    assert not section(html, "material-gate-panel")
    demand = demands.ids_of(mill, "outsourcing.order", [cartons])[cartons]
    (said,) = mill.hooks.demand_marks(demand_id=demand)
    assert sorted(m.short for m in said.values() if m.short) == [13, 25]
    assert len(said) == 8


def test_the_gate_stands_alone_where_nobody_shows_the_material(
    cartons: int, client_as: Callable[..., Any], mill: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.buying.shown.of_document", lambda ctx, entity, row: [])
    html = client_as("mgr").get(f"{BASE}/{cartons}").text
    gate = section(html, "material-gate-panel")
    assert "Packing 25 0 25 pcs nothing on order" in " ".join(cells(gate))
    assert '<section class="card panel" id="stock-kept-panel" data-folded>' in html


def test_badge_on_the_list(cartons: int, client_as: Callable[..., Any]) -> None:
    assert "HOLD (2 short)" in client_as("merch").get(f"{BASE}/").text


def test_pages_take_no_more_queries_for_more(
    mill: Ctx, cartons: int, client_as: Callable[..., Any], count_queries: Any
) -> None:
    client = client_as("mgr")
    pages = (f"{BASE}/", "/material_gate/kit/", "/")
    for page in pages:
        client.get(page)
    counts = []
    for more in (1, 2):
        for n in range(more):
            issued(mill, sold(mill, ("ST-1", "NVY", "US-LAX", {"S": 5, "M": 5, "L": 5}), po=f"P{more}-{n}"))
        mill.session.commit()
        for page in pages:
            with count_queries() as log:
                assert client.get(page).status_code == 200
            counts.append(log.count)
    assert counts[3:] == counts[:3]


# --- the Hub page ------------------------------------------------------------------------------------------------------


def said(ctx: Ctx) -> list[str]:
    """Alerts as text."""
    ctx.memo.clear()
    return [str(a.message) for a in hub_page.alerts(ctx)]


def heard(ctx: Ctx, *more: str) -> None:
    """``ctx`` hears no timeline, but these plugins too."""
    ctx.hooks = type(ctx.hooks)(ctx, ctx.hub.manager, ctx.enabled - {"tna"} | set(more))


def test_tile_and_tasks(mill: Ctx, cartons: int, ctx_as: Callable[..., Any]) -> None:
    with ctx_as("mgr") as ctx:
        (tile,) = hub_page.tiles(ctx)
        assert (tile.value, tile.href, tile.tone) == (1, "/material_gate/kit/?state=held", "bad")
        (task,) = hub_page.tasks(ctx)
        assert (str(task.label), task.subject) == ("Held: 2 groups of material short", "FO-2026-0001")
        # cutting is planned 30 days before the ship date by the timeline: that day has passed
        assert (task.due, task.tone) == (date(2026, 11, 18), "bad")
    with ctx_as("purch") as ctx:
        assert [str(t.label) for t in hub_page.tasks(ctx)] == ["2 groups of material short"]
    with ctx_as("fin") as ctx:
        assert hub_page.tasks(ctx) == []
    with ctx_as("mgr") as ctx:
        fo = ctx.session.get(FactoryOrder, (ctx.tenant.id, cartons))
        do(ctx, fo, "start", **WORDS)
    with ctx_as("mgr") as ctx:
        assert (hub_page.tiles(ctx)[0].value, hub_page.tasks(ctx)) == (0, [])


def test_alerts_before_the_start(
    mill: Ctx, fo: FactoryOrder, but_cartons: Receipts, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard(mill)
    assert said(mill) == ["FO-2026-0001 is held: 2 groups of material are short and not promised."]
    for dest, qty, day in (("US-LAX", "25", 5), ("DE-HAM", "13", 9)):
        bought(mill, line(mill, "CTN", qty, dest=dest), supplier="S2", material_class="trim", factory_order=fo,
               required_date=mill.today() + timedelta(days=day))  # fmt: skip
    assert said(mill) == []  # promised for 2 December, to ship on the 18th
    fo.ship_date = date(2026, 12, 1)
    mill.session.flush()
    need.tell(mill, [fo.id])
    assert said(mill) == [
        "FO-2026-0001: material is promised for 2026-12-02, after the ship date 2026-12-01."
    ]


def test_a_planned_start_decides_where_it_is_known(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, mill: Ctx, fo: FactoryOrder, but_german: Receipts
) -> None:
    class Planner:
        @hookimpl
        def planned_start(self, ctx: Ctx, entity: str, ids: Sequence[int]) -> dict[int, date]:
            return {order_id: date(2026, 11, 30) for order_id in ids}

    bought(mill, line(mill, "CTN", "13", dest="DE-HAM"), supplier="S2", material_class="trim", factory_order=fo,
           required_date=date(2026, 12, 2))  # fmt: skip
    assert said(mill) == [
        "FO-2026-0001: material is promised for 2026-12-02, production is planned to start on 2026-11-18."
    ]  # by the timeline
    heard(mill)
    assert said(mill) == []  # to ship on the 18th
    planner = Planner()
    hub.manager.register(planner, name="planner")
    try:
        heard(mill, "planner")
        assert said(mill) == [
            "FO-2026-0001: material is promised for 2026-12-02, production is planned to start on 2026-11-30."
        ]
    finally:
        hub.manager.unregister(planner)


def test_what_goes_missing_after_the_start_is_said_and_stops_nothing(
    mill: Ctx, fo: FactoryOrder, but_cartons: Receipts
) -> None:
    do(mill, fo, "start", **WORDS)
    assert said(mill) == []  # the cartons were known
    do(mill, but_cartons["FAB WHT"], "reverse", reason="typed twice")
    assert fo.state == "in_production"
    assert said(mill) == ["FO-2026-0001 is in production and 1 groups of material are short since."]
    arrive(mill, fo, "FAB WHT")
    assert said(mill) == []


def test_the_panel_says_so_too(
    mill: Ctx, fo: FactoryOrder, complete: Receipts, client_as: Callable[..., Any]
) -> None:
    do(mill, fo, "start")
    do(mill, complete["FAB WHT"], "reverse", reason="typed twice")
    mill.session.commit()
    html = client_as("merch").get(f"{BASE}/{fo.id}").text
    assert "Short since production started: FAB WHT." in html


# --- the full-process table --------------------------------------------------------------------------------------------


def test_the_step_shows_the_worst_of_a_customer_order(mill: Ctx, so: Any) -> None:
    assert held.worst_of_sales(mill, [so.id]) == {}
    halves = []
    for share in (50, 100):
        row = made(mill)
        do(mill, row, "add_work", work=picked(so.number, "ST-1"), share=share)
        do(mill, row, "issue")
        halves.append(row)
    figure = held.worst_of_sales(mill, [so.id])[so.id]
    assert (figure.kind, figure.tone, str(figure.value)) == ("badge", "bad", "HOLD (8 short)")
    do(mill, halves[0], "start", **WORDS)
    figure = held.worst_of_sales(mill, [so.id])[so.id]
    assert (str(figure.value), figure.href) == ("HOLD (8 short)", f"/outsourcing/order/{halves[1].id}")
    do(mill, halves[1], "cancel", reason="not needed")
    assert str(held.worst_of_sales(mill, [so.id])[so.id].value) == "8 short, in production"


def test_the_step_is_declared(hub: Hub) -> None:
    (step,) = [s for s in hub.registry.steps["orders.order"].values() if s.plugin == "factory_gate"]
    assert (step.name, step.order, step.right) == ("gate", 50, "material_gate.override.view")


def test_the_kit_overview_is_sorted_and_taken_away(
    mill: Ctx, cartons: int, client_as: Callable[..., Any]
) -> None:
    issued(mill, sold(mill, ("ST-2", "NVY", "US-LAX", {"S": 1, "M": 1, "L": 1}), po="PO-2"), "ST-2")
    mill.session.commit()
    client = client_as("mgr")
    reply = client.get("/material_gate/kit/export/csv?sort=-number")
    rows = list(csv.DictReader(io.StringIO(reply.data.decode("utf-8-sig"))))
    numbers = [next(iter(row.values())) for row in rows]
    assert len(numbers) == 2
    assert numbers == sorted(numbers, reverse=True)
    assert all(number in client.get("/material_gate/kit/?sort=number").text for number in numbers)
