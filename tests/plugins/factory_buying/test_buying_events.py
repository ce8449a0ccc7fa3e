"""When material was ordered for factory orders, and who is told when it moves."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.api import Ctx, run_action
from core.entities import crud
from plugins.base_company.services.company import save_settings
from plugins.catalog.models import Color, Material
from plugins.factory_buying.services import milestones
from plugins.purchasing.services import lines, revise
from plugins.receiving.models import Receipt, SupplierReturn
from plugins.receiving.services import milestones as receiving
from plugins.receiving.services import posting, returns
from plugins.stock.services import demands
from tests.plugins.conftest import days_of
from tests.plugins.outsourcing.conftest import do, made, picked, sold
from tests.plugins.purchasing.conftest import D, bought, bought_for, came, got, ids, line, order

ENTITY = "outsourcing.order"
MAIN, TRIM = "factory_buying.main_issued", "factory_buying.trim_issued"
FIRST, LATER, LAST = date(2026, 9, 17), date(2026, 10, 5), date(2026, 10, 12)


@pytest.fixture
def today(monkeypatch):
    """Says which day it is."""

    def set_to(day):
        monkeypatch.setattr(Ctx, "today", lambda self: day)

    set_to(FIRST)
    return set_to


def days(ctx, fo):
    found = days_of(ctx, ENTITY, fo.id)
    return {code: day for code, day in found.items() if code.startswith("factory_buying.")}


def act(ctx, row, name, **data):
    entity = {Receipt: "receipt", SupplierReturn: "return"}[type(row)]
    return run_action(ctx, ctx.registry.get(f"receiving.{entity}"), row, name, data)


def mine(told, *orders):
    """How often these factory orders were told of since then, always together and nobody else."""
    heard = told.since()
    assert {ids for entity, ids in heard if entity == ENTITY} == {tuple(sorted(o.id for o in orders))}
    return len(heard)


def second(ctx):
    so = sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 50, "M": 50, "L": 50}))
    row = made(ctx)
    do(ctx, row, "add_work", work=picked(so.number, "ST-1"))
    return row


def drafted(ctx, fo, material="KNT", **more):
    row = order(ctx, "S2" if more.get("material_class") == "trim" else "S1", **more)
    color = {"color": "NVY"} if material in ("KNT", "FAB") else {}
    lines.save(ctx, row, [line(ctx, material, "60", allocations={fo.id: D(60)}, **color)])
    return row


def test_the_last_purchase_order_of_a_class_counts(told, today, mill, fo):
    assert days(mill, fo) == {}
    told.since()
    first = drafted(mill, fo)
    assert mine(told, fo) >= 1
    assert days(mill, fo) == {}  # a draft
    do(mill, first, "issue")
    assert mine(told, fo) == 1
    assert days(mill, fo) == {MAIN: FIRST}
    today(LATER)
    more = drafted(mill, fo, "FAB")
    assert days(mill, fo) == {}  # not everything is ordered yet
    do(mill, more, "issue")
    assert days(mill, fo) == {MAIN: LATER}
    today(LAST)
    trims = drafted(mill, fo, "CTN", material_class="trim")
    assert days(mill, fo) == {MAIN: LATER}  # trims are ordered apart
    do(mill, trims, "issue")
    assert days(mill, fo) == {MAIN: LATER, TRIM: LAST}


def test_a_cancelled_purchase_order_does_not_count(told, today, mill, fo):
    first = drafted(mill, fo)
    do(mill, first, "issue")
    today(LATER)
    more = drafted(mill, fo, "FAB")
    told.since()
    do(mill, more, "cancel", reason="no")
    assert mine(told, fo) == 1
    assert days(mill, fo) == {MAIN: FIRST}
    do(mill, first, "cancel", reason="no")
    assert days(mill, fo) == {}


def test_an_order_closed_or_short_closed_was_issued_all_the_same(told, today, mill, fo):
    row = drafted(mill, fo)
    do(mill, row, "issue")
    told.since()
    for action, given in (
        ("short_close", {"reason": "enough"}),
        ("reopen_line", {"line": 1, "reason": "after all"}),
        ("short_close", {"reason": "enough"}),
        ("close", {}),
        ("reopen", {"reason": "after all"}),
    ):
        do(mill, row, action, **given)
        assert mine(told, fo) == 1
        assert days(mill, fo) == {MAIN: FIRST}


def test_a_line_taken_off_a_factory_order_is_told_of_at_both(told, today, mill, fo):
    other = second(mill)
    row = drafted(mill, fo)
    told.since()
    (given,) = lines.as_inputs(mill, row.id)
    given.allocations = bought_for({other.id: D(60)})
    lines.save(mill, row, [given])
    assert mine(told, fo, other) == 1
    do(mill, row, "issue")
    assert days(mill, other) == {MAIN: FIRST}
    assert days(mill, fo) == {}
    told.since()
    given = lines.as_inputs(mill, row.id)[0]
    given.allocations = bought_for({fo.id: D(60)})
    revise.revise(mill, row, [given], "moved")
    assert mine(told, fo, other) == 1
    assert days(mill, fo) == {MAIN: FIRST}
    assert days(mill, other) == {}


def test_linking_a_factory_order_in_the_header_gives_it_the_lines(told, today, mill, fo):
    row = order(mill)
    told.since()
    lines.save(mill, row, [line(mill, "KNT", "60", color="NVY")])
    assert told.since() == []
    crud.save_row(mill, mill.registry.get("purchasing.order"), row, {"made_for": fo.number})
    assert mine(told, fo) == 1
    do(mill, row, "issue")
    assert days(mill, fo) == {MAIN: FIRST}


def test_arrivals_are_told_of_once_with_every_factory_order(told, mill, fo):
    other = second(mill)
    row = bought(
        mill,
        line(mill, "KNT", "60", color="NVY", allocations={fo.id: D(60)}),
        line(mill, "FAB", "100", color="NVY", allocations={fo.id: D(50), other.id: D(50)}),
        line(mill, "KNT", "40", color="WHT", allocations={}),
    )
    first, shared, for_stock = ids(mill, row)
    day = mill.today() - timedelta(days=3)
    told.since()
    receipt = came(mill, row, got(first, "60"), got(shared, "40"), received_on=day)
    assert told.since() == [(ENTITY, (fo.id, other.id))]
    _first, line_2 = posting.load_lines(mill, receipt.id)
    back = returns.draft(mill, receipt, [returns.GoingBack(line_2.id, D(5), "defect")], returned_on=day)
    assert told.since() == []
    act(mill, back, "post")
    assert told.since() == [(ENTITY, (fo.id, other.id))]
    act(mill, back, "reverse", reason="it stayed")
    assert told.since() == [(ENTITY, (fo.id, other.id))]
    act(mill, receipt, "reverse", reason="mistake")
    assert told.since() == [(ENTITY, (fo.id, other.id))]
    came(mill, row, got(for_stock, "40"), received_on=day)
    assert told.since() == []  # nobody plans by what is bought for stock
    act(mill, came(mill, row, got(first, "5"), received_on=day, post=False), "discard")
    assert told.since() == []


def test_inspection_is_told_of(told, mill, fo):
    save_settings(mill, "receiving", {"inspection": True})
    row = bought(mill, line(mill, "KNT", "60", color="NVY", allocations={fo.id: D(60)}))
    receipt = came(mill, row, got(ids(mill, row)[0], "60"), received_on=mill.today())
    told.since()
    act(mill, receipt, "inspect", lines=[{"line": 1, "accepted": D(60)}])
    assert told.since() == [(ENTITY, (fo.id,))]


def test_another_ship_date_changes_whose_the_shared_material_is(told, mill, fo):
    other = second(mill)
    row = bought(mill, line(mill, "KNT", "100", color="NVY", allocations={fo.id: D(60), other.id: D(40)}))
    came(mill, row, got(ids(mill, row)[0], "50"), received_on=mill.today())
    told.since()
    do(
        mill,
        fo,
        "revise",
        reason="later",
        lines=[{"line": n, "ship_date": "2027-02-01"} for n in (1, 2)],
        reprice="all",
    )
    heard = told.since()
    assert (ENTITY, (other.id,)) in heard
    assert (ENTITY, (fo.id,)) in heard


def test_a_long_receipt_is_told_of_with_a_fixed_number_of_queries(told, mill, fo, count_queries):
    others = [fo, *(second(mill) for _ in range(3))]
    counts = []
    for n in (4, 16):
        wanted = [
            line(mill, "KNT", "10", color="NVY", allocations={others[i % 4].id: D(10)}) for i in range(n)
        ]
        row = bought(mill, *wanted)
        receipt = came(mill, row, *(got(i, "10") for i in ids(mill, row)), received_on=mill.today())
        told.since()
        with count_queries() as log:
            receiving.receipt_milestones_changed(mill, "receiving.receipt", receipt, "post")
        counts.append(log.count)
        assert told.since() == [(ENTITY, tuple(sorted(o.id for o in others)))]
    assert counts == [1, 1]


def test_many_factory_orders_cost_what_one_costs(today, mill, fo, count_queries):
    orders = [fo, *(second(mill) for _ in range(2))]
    for each in orders:
        do(mill, drafted(mill, each), "issue")
    wanted = [each.id for each in orders]
    for asked in (wanted[:1], wanted):
        with count_queries() as log:
            assert milestones.material_milestones(mill, asked) == {id: {MAIN: FIRST} for id in asked}
        assert log.count == 1


def main_lines(ctx, fo, share="1"):
    """Lines for all main material that the factory order needs, or a share of it."""
    owner = demands.ids_of(ctx, ENTITY, [fo.id])[fo.id]
    colors = {c.id: c.code for c in ctx.session.scalars(select(Color))}
    found = []
    for need in demands.needs(ctx, [owner])[owner]:
        material = ctx.session.get(Material, (ctx.session.tenant_id, need.key.material))
        if material.material_class == "main":
            qty = str(math.ceil(need.required * D(share) / material.factor * 100) / D(100))
            found.append(
                line(ctx, material.code, qty, color=colors[need.key.color], allocations={fo.id: D(qty)})
            )
    assert found
    return found


TOP_UPS = [
    # shares bought on FIRST, LATER, LAST ("-": stays a draft)        the event
    (("1", None, None), FIRST),
    (("1", None, "-0.03"), FIRST),  # a draft for a little more undoes nothing
    (("1", None, "0.03"), FIRST),
    (("1", "-0.03", "0.03"), FIRST),
    (("0.6", "0.4", None), LATER),
    (("0.6", "0.4", "0.05"), LATER),
    (("0.6", "-0.4", None), None),  # the rest of the need is not ordered yet
    (("0.6", "-0.4", "0.4"), LAST),
    (("0.6", None, None), FIRST),  # less than the need, and nothing more planned
    (("-1", None, None), None),
]


@pytest.mark.parametrize(("shares", "day"), TOP_UPS, ids=[" ".join(s or "." for s in t[0]) for t in TOP_UPS])
def test_the_first_day_on_which_the_need_was_covered(today, mill, fo, shares, day):
    for on, share in zip((FIRST, LATER, LAST), shares, strict=True):
        if share is None:
            continue
        today(on)
        row = order(mill)
        lines.save(mill, row, main_lines(mill, fo, share.lstrip("-")))
        if not share.startswith("-"):
            do(mill, row, "issue")
    assert days(mill, fo) == ({MAIN: day} if day else {})


def test_what_came_counts_once_and_cancelling_takes_back(today, mill, fo):
    first = order(mill)
    lines.save(mill, first, main_lines(mill, fo, "0.6"))
    do(mill, first, "issue")
    came(mill, first, *(got(each.id, str(each.qty)) for each in lines.purchase_lines(mill, first.id)))
    today(LATER)
    rest = order(mill)
    lines.save(mill, rest, main_lines(mill, fo, "0.4"))
    assert days(mill, fo) == {}  # 60 % are there, not 120 %
    do(mill, rest, "issue")
    assert days(mill, fo) == {MAIN: LATER}
    today(LAST)
    more = order(mill)
    lines.save(mill, more, main_lines(mill, fo, "0.1"))
    do(mill, more, "issue")
    assert days(mill, fo) == {MAIN: LATER}
    do(mill, rest, "cancel", reason="too dear")
    assert days(mill, fo) == {MAIN: LAST}  # no longer covered: the last that was issued
