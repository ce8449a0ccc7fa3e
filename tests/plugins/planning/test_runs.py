"""A plan from asking to receiving: what is found, merged, released once, refused when nobody wants it, compared."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.api import Ctx, EntityRef, Refused, run_action, save_row
from core.entities.transitions import run_on_many
from core.kernel.hub import Hub
from core.testing.scenes import stage
from core.work.jobs import run_due
from plugins.catalog.testing import make_color, make_material, make_partner, make_style
from plugins.engineering.models import MaterialSource
from plugins.orders.testing import make_order
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.testing import make_factory_order
from plugins.planning.models import (
    PlanningMessage,
    PlanningPeg,
    PlanningRun,
    PlanningScenario,
    PlanningStandIn,
    PlanningSuggestion,
)
from plugins.planning.services import comparing, freshness, merging, scenarios, shortages
from plugins.planning.services.whatif import Assumed
from plugins.planning.words import RUN, SCENARIO, SUGGESTION
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.testing import make_purchase_order
from plugins.stock.api import arrivals, demands
from plugins.stock.testing import make_stock
from tests.plugins.catalog.consumption import save_bom
from tests.plugins.purchasing.conftest import came, got, ids

D = Decimal
PIECES = {"S": 100, "M": 100, "L": 100}


@stage
def sold(ctx: Ctx) -> Any:
    """Two orders of 300 pieces that take a yard of fabric each (5 % more), the second made at a factory already."""
    mill = make_partner(ctx, "MILL", supplier=True)
    style = make_style(ctx, "ST-1", ("NVY",))
    make_material(
        ctx, "FAB", safety_stock=D(40), moq=D(500), multiple=D(10), lead_days=5, supplier_id=mill.id
    )
    rows = [{"material": "FAB", "uom": "yd", "consumption": "1", "wastage_pct": "5", "color_rule": "none"}]
    save_bom(ctx, style, rows)
    first = make_order(ctx, customer_po="PO-1")
    make_factory_order(ctx, make_order(ctx, customer_po="PO-2"))
    return first


def planned(hub: Hub, ctx: Ctx, **more: Any) -> PlanningRun:
    """A plan, carried out."""
    asked = {"scope": "all", "horizon_days": 120, "bucket": "week", "merge_days": 0, **more}
    row = save_row(ctx, ctx.registry.get(RUN), None, asked)
    ctx.session.commit()
    run_due(hub, tenants=[ctx.tenant])
    ctx.session.expire_all()
    return ctx.session.scalars(select(PlanningRun).where(PlanningRun.id == row.id)).one()


def suggestions(ctx: Ctx, run: PlanningRun, kind: str = "") -> list[PlanningSuggestion]:
    """Of a run, in order."""
    s = PlanningSuggestion
    rows = ctx.session.scalars(select(s).where(s.run_id == run.id).order_by(s.position))
    return [row for row in rows if kind in ("", row.kind)]


def do(ctx: Ctx, name: str, *rows: PlanningSuggestion, **data: Any) -> Any:
    """An action on suggestions."""
    return run_on_many(ctx, ctx.registry.get(SUGGESTION), rows, name, data)[0]


def test_a_plan_says_what_lacks_and_for_whom(hub: Hub, ctx: Ctx, sold: Any) -> None:
    make_stock(ctx, "FAB", "120")
    run = planned(hub, ctx)
    assert (run.state, run.suggested) == ("done", 2)
    [make], [buy] = suggestions(ctx, run, "outsource"), suggestions(ctx, run, "buy")
    assert (make.qty, [qty for _c, _s, qty in make.pieces or ()], make.due) == (
        D(300),
        [100, 100, 100],
        sold.ship_date,
    )
    assert (buy.material.code, buy.qty, buy.supplier.code) == ("FAB", D(550), "MILL")
    assert (buy.net, buy.gross, buy.safety, buy.available) == (D(550), D(630), D(40), D(120))
    pegs = ctx.session.scalars(select(PlanningPeg).where(PlanningPeg.suggestion == buy.position)).all()
    assert sum(peg.qty for peg in pegs) == D(550)
    assert {peg.use for peg in pegs} <= {"need", "made", "safety"}
    assert not [peg for peg in pegs if peg.to_number == sold.number]  # for the suggestion that makes it
    assert run.mark == freshness.mark_of_data(ctx)
    make_order(ctx, customer_po="PO-3")
    assert run.mark != freshness.mark_of_data(ctx)


def test_supply_on_order_is_counted_moved_and_cancelled(hub: Hub, ctx: Ctx, sold: Any) -> None:
    make_purchase_order(ctx, ("FAB", "900", "2"))
    run = planned(hub, ctx)
    assert suggestions(ctx, run, "buy") == []
    told = [(m.kind, m.qty) for m in ctx.session.scalars(select(PlanningMessage))]
    assert told == [("less", D(230))]  # 670 are needed
    without = planned(hub, ctx, with_on_order=False)
    assert sum(s.part for s in suggestions(ctx, without, "buy")) == D(670)
    assert (
        ctx.session.scalars(select(PlanningRun.state).where(PlanningRun.id == run.id)).one() == "superseded"
    )
    with pytest.raises(Refused, match="does not hold"):
        do(ctx, "release", *suggestions(ctx, run))


def test_substitutes_are_counted_on_before_anything_is_bought(
    hub: Hub, ctx: Ctx, sold: Any, client_as: Callable[..., Any]
) -> None:
    """One yard of FAB may be two of ALT, of which 100 lie free: 50 yards less are bought. Not for other customers, not where
    that is not wanted; what a person confirmed is said to be."""
    make_factory_order(ctx, sold)
    make_stock(ctx, "ALT", "100")
    kind = ctx.registry.get("engineering.substitute")
    values = {"main": make_material(ctx, "FAB"), "by": make_material(ctx, "ALT"), "ratio": D(2), "priority": 1,
              "strategy": "after_main", "valid_from": ctx.today()}  # fmt: skip
    other = {"customers": [{"customer": make_partner(ctx, "C-9", customer=True)}], "styles": []}
    row = save_row(ctx, kind, None, values, other)
    [buy] = suggestions(ctx, planned(hub, ctx), "buy")
    assert (buy.net, buy.substituted) == (D(670), D(0))
    save_row(ctx, kind, row, {}, {"customers": [], "styles": []})
    [buy] = suggestions(ctx, without := planned(hub, ctx, with_substitutes=False), "buy")
    assert buy.net == D(670)
    run = planned(hub, ctx)
    bought = suggestions(ctx, run, "buy")
    assert sum(s.substituted for s in bought) == D(50)
    assert sum(s.net for s in bought) == D(620)
    found = ctx.session.scalars(select(PlanningStandIn)).all()
    assert [(s.covered, s.taken, s.decided, s.run_id) for s in found] == [(D(50), D(100), False, run.id)]
    page = client_as("merch").get(f"/planning/run/{run.id}").text
    assert "Substitutes it counts on" in page
    assert "to be confirmed" in page
    assert "Substitutes it counts on" not in client_as("merch").get(f"/planning/run/{without.id}").text
    (row,) = shortages.shortages(ctx, EntityRef("outsourcing.order", found[0].to_id), None)
    assert [(s.covers, s.qty, s.decided) for s in row.instead] == [(D(50), D(100), False)]
    order = ctx.session.scalars(select(FactoryOrder).where(FactoryOrder.id == found[0].to_id)).one()
    data = {"substitutes": [{"what": "FAB > ALT"}], "reason": "the mill is late"}
    run_action(ctx, ctx.registry.get("outsourcing.order"), order, "confirm_substitutes", data)
    ctx.memo.clear()
    again = planned(hub, ctx)
    decided = ctx.session.scalars(select(PlanningStandIn).where(PlanningStandIn.run_id == again.id)).all()
    assert [(s.covered, s.decided, s.to_number) for s in decided] == [(D(50), True, order.number)]


def test_what_others_are_asked(ctx: Ctx, sold: Any) -> None:
    """By when material is wanted (plan_needed_by), drafts of what was planned (plan_release) or assumed (plan_rush)."""
    fo = ctx.session.scalars(select(FactoryOrder.id)).one()
    assert all(
        isinstance(days, dict) for days in ctx.hooks.plan_needed_by(entity="outsourcing.order", ids=[fo])
    )
    assert ctx.hooks.plan_release(released=[]) == [{}, {}, {}]
    assert ctx.hooks.plan_rush(rush=[]) == [[]]


def test_scopes(hub: Hub, ctx: Ctx, sold: Any) -> None:
    only = planned(hub, ctx, scope="orders", chosen=sold.number)
    assert sum(s.qty for s in suggestions(ctx, only, "buy")) == D(500)  # 315 + 40, its MOQ
    material = planned(hub, ctx, scope="materials", chosen="fab")
    assert [s.kind for s in suggestions(ctx, material)] == ["buy"]
    for wrong in (
        {"scope": "orders", "chosen": "SO-0"},
        {"scope": "styles"},
        {"horizon_days": None},
        {"horizon_days": 0},
    ):
        with pytest.raises(Refused):
            save_row(
                ctx,
                ctx.registry.get(RUN),
                None,
                {"scope": "all", "bucket": "day", "horizon_days": 9, **wrong},
            )


@pytest.mark.more  # the journeys over HTTP go the same way daily
def test_merged_released_once_and_the_earliest_need_served_first(hub: Hub, ctx: Ctx, sold: Any) -> None:
    ctx.session.scalars(select(PlanningRun)).all()
    fo = make_factory_order(ctx, sold)
    run = planned(hub, ctx, bucket="day", with_safety=False)
    rows = suggestions(ctx, run, "buy")
    assert sum(row.part for row in rows) == D(630)
    if len(rows) > 1:
        do(ctx, "merge", *rows, days=60)
        rows = [row for row in suggestions(ctx, run, "buy") if row.state == "open"]
    assert [row.qty for row in rows] == [D(630)]
    save_row(ctx, ctx.registry.get(SUGGESTION), rows[0], {"price": D(2)})
    [order] = do(ctx, "release", *rows)
    assert isinstance(order, PurchaseOrder)
    assert (rows[0].state, rows[0].made_number) == ("released", order.number)
    with pytest.raises(Refused):
        do(ctx, "release", *rows)
    assert planned(hub, ctx, bucket="day", with_safety=False).suggested == 0
    run_action(ctx, ctx.registry.get("purchasing.order"), order, "issue")
    came(ctx, order, got(ids(ctx, order)[0], "400"))
    other = ctx.session.scalars(select(FactoryOrder).where(FactoryOrder.id != fo.id)).one()
    wants = demands.ids_of(ctx, "outsourcing.order", [fo.id, other.id])
    there = arrivals.arrived(ctx, list(wants.values()))
    by_order = {
        number: sum(q for (d, _k), q in there.items() if d == wants[id])
        for number, id in ((1, fo.id), (2, other.id))
    }
    assert sorted(by_order.values()) == [D(85), D(315)]


@pytest.mark.parametrize(
    ("lacks", "moq", "multiple", "step", "ordered"),
    [("8633", "500", "500", "1", "9000"), ("12.1", "0", "0", "0.5", "12.5"), ("3", "50", "20", "1", "60")],
)
def test_the_lot_is_raised_never_cut(lacks: str, moq: str, multiple: str, step: str, ordered: str) -> None:
    assert merging.lot(D(lacks), D(moq), D(multiple), D(step)) == D(ordered)


def test_released_work_becomes_a_factory_order_of_what_lacks(hub: Hub, ctx: Ctx, sold: Any) -> None:
    run = planned(hub, ctx)
    [make] = suggestions(ctx, run, "outsource")
    [order] = do(ctx, "release", make)
    assert isinstance(order, FactoryOrder)
    assert (order.qty, order.factory.code, make.made_number) == (300, "F1", order.number)
    [buy] = suggestions(ctx, planned(hub, ctx), "buy")
    assert buy.net == D(670)
    assert not suggestions(ctx, buy.run, "outsource")


def test_made_material_stays_firm_while_nothing_makes_documents_of_it(hub: Hub, ctx: Ctx, sold: Any) -> None:
    ctx.session.add(MaterialSource(row_id=make_material(ctx, "FAB").id, source="make"))
    run = planned(hub, ctx)
    [made], [given_out] = suggestions(ctx, run, "make"), suggestions(ctx, run, "outsource")
    said = str(do(ctx, "release", made, given_out))
    assert f"Made: {given_out.made_number}. {made.number} stay firm" in said
    assert (made.state, given_out.state) == ("firm", "released")
    with pytest.raises(Refused, match="nothing here makes a document"):
        do(ctx, "release", made)
    again = planned(hub, ctx)
    assert [s.state for s in suggestions(ctx, again, "make")] == ["firm"]


def test_what_nobody_wants_any_more_is_not_released(hub: Hub, ctx: Ctx, sold: Any) -> None:
    run = planned(hub, ctx)
    [make] = suggestions(ctx, run, "outsource")
    run_action(ctx, ctx.registry.get("orders.order"), sold, "cancel", {"reason": "gone"})
    with pytest.raises(Refused, match="nobody wants it"):
        do(ctx, "release", make)


def test_firm_suggestions_stay_and_what_changed_is_told(hub: Hub, ctx: Ctx, sold: Any) -> None:
    run = planned(hub, ctx)
    [make] = suggestions(ctx, run, "outsource")
    do(ctx, "firm", make)
    third = make_order(ctx, ("ST-1", "NVY", "US-LAX", PIECES), customer_po="PO-3")
    again = planned(hub, ctx, with_drafts=False)
    kept, new = sorted(suggestions(ctx, again, "outsource"), key=lambda s: s.state)
    assert (kept.state, kept.qty, new.qty) == ("firm", D(300), D(300))
    [buy] = suggestions(ctx, again, "buy")
    assert buy.net == D(3 * 315 + 40)
    compared = comparing.since_last(ctx, again)
    assert compared is not None
    assert compared.asked == ["with_drafts"]
    changed = {row.name: row for row in compared.rows}
    assert (changed["FAB"].before, changed["FAB"].now) == (D(670), D(990))
    assert changed["ST-1"].wanted[third.number] == D(100)  # of the size that stands for the style
    assert (changed["FAB"].uom, changed["ST-1"].uom) == ("yd", "pcs")


def test_that_today_is_another_day_is_no_change(hub: Hub, ctx: Ctx, sold: Any) -> None:
    """What is wanted at once is so tomorrow; what had its day later and has another one is named."""
    runs = [planned(hub, ctx), planned(hub, ctx)]
    before, run = sorted(runs, key=lambda each: each.id)
    [buy], [make] = suggestions(ctx, before, "buy"), suggestions(ctx, before, "outsource")
    before.day, buy.due = run.day - timedelta(days=1), run.day - timedelta(days=1)
    [now] = suggestions(ctx, run, "buy")
    now.due = run.day
    ctx.session.commit()
    compared = comparing.since_last(ctx, run)
    assert compared is not None
    assert compared.rows == []
    make.due += timedelta(days=7)
    ctx.session.commit()
    compared = comparing.since_last(ctx, run)
    assert compared is not None
    assert [row.name for row in compared.rows] == ["ST-1"]


def test_a_scenario_changes_nothing_and_tells_order_by_order(ctx: Ctx, sold: Any) -> None:
    make_stock(ctx, "FAB", "700")
    style = make_style(ctx, "ST-1")
    sizes = tuple((size.id, 100) for size in style.size_run.sizes)
    rush = Assumed(
        "rush", "R/1", style=style.id, color=style.colors[0].color_id, pieces=sizes, day=ctx.today()
    )
    found, _world = scenarios.play(ctx, [rush], 200)
    [order] = [each for each in found.orders if each.before is None]
    assert order.after is not None
    assert (order.number, order.after.late) == ("R/1", 30)
    assert {each.after - each.before for each in found.bought} >= {D(300)}
    more, _world = scenarios.play(ctx, [Assumed("changed", document=sold.number, days=10, pct=D(50))], 200)
    [moved] = more.orders
    assert moved.before is not None
    assert moved.after is not None
    assert (moved.number, (moved.after.due - moved.before.due).days) == (sold.number, 10)
    assert ctx.session.scalars(select(PlanningSuggestion)).all() == []


def late_question(ctx: Ctx, document: str) -> int:
    """A question that is kept: what if this comes ninety days later?"""
    assumed = {"assumptions": [{"kind": "late", "document": document, "days": 90}]}
    row = save_row(ctx, ctx.registry.get(SCENARIO), None, {"name": "Late", "horizon_days": 365}, assumed)
    ctx.session.commit()
    return int(row.id)


def test_late_material_makes_the_factory_order_and_the_customer_order_late(
    ctx: Ctx, sold: Any, client_as: Callable[..., Any]
) -> None:
    other = ctx.session.scalars(select(FactoryOrder)).one()
    bought = make_purchase_order(ctx, ("FAB", "700", "2"))
    late = [Assumed("late", document=bought.number, days=90)]
    found, _world = scenarios.play(ctx, late, 365)
    assert max(each.slip for each in found.orders) > 30
    [mine] = found.documents  # plan_events, plan_outlook: gate and timeline with the assumed days
    views = {str(b.what): (a, b) for a, b in mine.views if a and b}
    gate, course = views["Material gate"], views["Timeline"]
    assert gate[1].day - gate[0].day == timedelta(days=90)
    assert str(gate[1].words) == "1 groups short"
    assert (course[1].day - course[0].day).days > 30
    assert (mine.number, mine.slip) == (other.number, 90)
    page = client_as("merch").get(f"/planning/scenario/{late_question(ctx, bought.number)}/play").text
    assert "Material gate and timeline" in page
    assert f"+{mine.slip}" in page
    closed, _world = scenarios.play(ctx, [Assumed("closed", partner=other.factory_id, days=7)], 365)
    assert [each.slip for each in closed.orders] == [7]


@pytest.mark.more  # the journeys over HTTP go the same way daily
def test_over_http(hub: Hub, ctx: Ctx, sold: Any, client_as: Callable[..., Any], count_queries: Any) -> None:
    run = planned(hub, ctx)
    client = client_as("merch")
    assert "FAB" in client.get(f"/planning/run/{run.id}").text
    run = planned(hub, ctx, bucket="day")
    page = client.get(f"/planning/run/{run.id}").text
    assert re.search("otherwise:\\s+Buckets\\s+Weeks?\\s+→\\s+<b>Day", page)
    for s in suggestions(ctx, run):
        assert client.get(f"/planning/suggestion/{s.id}").status_code == 200
        assert client.get(f"/planning/run/{run.id}/item/{s.item_position}").status_code == 200
    assert client.get(f"/planning/run/{run.id}/item/999").status_code == 404
    assert client.get("/planning/suggestion/").status_code == 200
    assert client.get("/planning/message/").status_code == 200
    page = client.get(f"/planning/replan/?order={sold.number}&day=2026-12-28&pct=50").text
    assert "450" in page
    assert "“x” is not a number" in client.get(f"/planning/replan/?order={sold.number}&pct=x").text
    style = make_style(ctx, "ST-1")
    asked = {
        "name": "A rush order",
        "horizon_days": 180,
    }
    rush = {
        "kind": "rush", "style": style, "color": style.colors[0].color, "pieces": "S-10, M-20", "day": sold.ship_date,
        "partner": sold.customer, "destination": sold.lines[0].destination,
    }  # fmt: skip
    row = save_row(ctx, ctx.registry.get(SCENARIO), None, asked, {"assumptions": [rush]})
    ctx.session.commit()
    assert row.number in client.get(f"/planning/scenario/{row.id}/play").text
    [made] = run_action(ctx, ctx.registry.get(SCENARIO), row, "carry_out", {})
    assert (made.state, made.qty, row.outcome) == ("draft", 30, made.number)


def test_what_a_question_lacks_is_said_where_it_is_typed(ctx: Ctx, sold: Any) -> None:
    style = make_style(ctx, "ST-1")
    pink = {"style": style, "color": make_color(ctx, "PNK"), "pieces": "S-1", "day": sold.ship_date}
    wrong = [
        {"kind": "rush", "pieces": "S-10"},
        {"kind": "late", "document": "NO", "days": 3},
        {"kind": "rush", **pink},
    ]
    asked = {"name": "A rush order", "horizon_days": 180}
    with pytest.raises(Refused) as refused:
        save_row(ctx, ctx.registry.get(SCENARIO), None, asked, {"assumptions": wrong})
    assert {problem.field: str(problem.message) for problem in refused.value.problems} == {
        "assumptions-0-style": "This is needed.",
        "assumptions-0-color": "This is needed.",
        "assumptions-0-day": "This is needed.",
        "assumptions-1-document": "Nothing is on order or wanted under that number.",
        "assumptions-2-color": "ST-1 has no colour PNK. It comes in NVY, WHT.",
    }


def test_a_question_is_carried_out(ctx: Ctx, sold: Any, client_as: Callable[..., Any]) -> None:
    style = make_style(ctx, "ST-1")
    rush = {
        "kind": "rush", "style": style, "color": style.colors[0].color, "pieces": "S-10, M-20", "day": sold.ship_date,
        "partner": sold.customer, "destination": sold.lines[0].destination,
    }  # fmt: skip
    asked = {"name": "A rush order", "horizon_days": 180}
    row = save_row(ctx, ctx.registry.get(SCENARIO), None, asked, {"assumptions": [rush]})
    ctx.session.commit()
    page = client_as("mgr").get(f"/planning/scenario/{row.id}/play").text
    assert f"/planning/scenario/{row.id}/do/carry_out" in page
    assert f"/planning/scenario/{row.id}/do/discard" in page
    [made] = run_action(ctx, ctx.registry.get(SCENARIO), row, "carry_out", {})
    assert (made.state, made.qty, row.outcome) == ("draft", 30, made.number)


def test_the_demo_company_has_a_plan_and_a_question(demo: Any, hub: Hub) -> None:
    with hub.context(demo, write=False) as ctx:
        run = ctx.session.scalars(select(PlanningRun)).one()
        states = {row.state for row in suggestions(ctx, run)}
        assert (run.state, run.suggested > 10, states) == ("done", True, {"open", "merged"})
        assert ctx.session.scalars(select(PlanningScenario)).one().assumptions[0].kind == "late"
