"""When material arrived for factory orders: by day, and always adding up to what is there."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.api import Refused, run_action
from plugins.outsourcing.models import FactoryOrder
from plugins.receiving.models import Receipt, SupplierReturn
from plugins.receiving.services import inspection, posting, returns
from plugins.stock.services import arrivals, demands
from tests.plugins.outsourcing.conftest import do, made, picked, sold
from tests.plugins.purchasing.conftest import bought, came, demanded, got, ids, line
from tests.support.order import examples

D = Decimal
START = date(2026, 3, 2)


def act(ctx, row, name, **data):
    entity = {Receipt: "receipt", SupplierReturn: "return"}[type(row)]
    return run_action(ctx, ctx.registry.get(f"receiving.{entity}"), row, name, data)


def by_day(ctx, order_id):
    ctx.session.flush()
    (demand,) = demands.ids_of(ctx, "outsourcing.order", [order_id]).values()
    return [(a.day, a.qty) for a in arrivals.by_day(ctx, [demand]) if a.demand_id == demand]


def check_sum(ctx, order_ids):
    """The whole history, added up by this test, is what the gate counts."""
    ctx.session.flush()
    total: dict[Any, Decimal] = defaultdict(D)
    ids = list(demands.ids_of(ctx, "outsourcing.order", order_ids).values())
    found = arrivals.by_day(ctx, ids)
    days = [a.day for a in found]
    assert days == sorted(days)
    assert len({(a.demand_id, a.key, a.day) for a in found}) == len(found)
    for a in found:
        total[a.demand_id, a.key] += a.qty
    assert {k: q for k, q in total.items() if q} == arrivals.arrived(ctx, ids)
    return len(total)


def second(ctx):
    """Another factory order that ships later."""
    so = sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 50, "M": 50, "L": 50}))
    row = made(ctx)
    do(ctx, row, "add_work", work=picked(so.number, "ST-1"))
    return row


@pytest.fixture
def trade(mill, fo):
    """Three lines: one for a factory order, one shared by two and partly for stock, one measured in another unit."""
    other = second(mill)
    fo.ship_date, other.ship_date = date(2026, 6, 1), date(2026, 8, 1)
    mill.session.flush()
    row = bought(
        mill,
        line(mill, "KNT", "60", color="NVY", allocations={fo.id: D(60)}),
        line(mill, "KNT", "90", color="WHT", allocations={other.id: D(40), fo.id: D(30)}),
        line(mill, "FAB", "100", color="NVY", allocations={fo.id: D(70), other.id: D(30)}),
        supplier="S1",
    )
    factors = (D(1), D(1), D("1.093613"))
    return [(row, line_id, factor) for line_id, factor in zip(ids(mill, row), factors, strict=True)], [
        fo.id,
        other.id,
    ]


def test_receipts_returns_and_reversals_by_day(mill, fo):
    row = bought(mill, line(mill, "KNT", "100", color="NVY"), supplier="S1", factory_order=fo)
    (line_id,) = ids(mill, row)
    first = came(mill, row, got(line_id, "40"), received_on=START)
    later = came(mill, row, got(line_id, "50", "10"), received_on=START + timedelta(days=3))
    assert by_day(mill, fo.id) == [(START, D(40)), (START + timedelta(days=3), D(40))]
    receipt_line = posting.load_lines(mill, first.id)[0]
    back = returns.draft(
        mill,
        first,
        [returns.GoingBack(receipt_line.id, D(5), "defect")],
        returned_on=START + timedelta(days=4),
    )
    assert len(by_day(mill, fo.id)) == 2  # a draft has not left
    act(mill, back, "post")
    assert by_day(mill, fo.id)[-1] == (START + timedelta(days=4), D(-5))
    check_sum(mill, [fo.id])
    act(mill, back, "reverse", reason="it stayed")
    assert by_day(mill, fo.id) == [(START, D(40)), (START + timedelta(days=3), D(40))]
    act(mill, later, "reverse", reason="wrong order")
    assert by_day(mill, fo.id) == [(START, D(40))]
    check_sum(mill, [fo.id])


def test_inspected_goods_arrive_when_they_are_accepted(mill, fo):
    from plugins.base_company.services.company import save_settings

    save_settings(mill, "receiving", {"inspection": True})
    row = bought(mill, line(mill, "KNT", "100", color="NVY"), supplier="S1", factory_order=fo)
    (line_id,) = ids(mill, row)
    receipt = came(mill, row, got(line_id, "60"), received_on=START)
    assert by_day(mill, fo.id) == []
    (waits,) = posting.load_lines(mill, receipt.id)
    inspection.inspect(mill, receipt, waits, accepted=D(20), on=START + timedelta(days=2))
    inspection.inspect(
        mill, receipt, waits, accepted=D(35), rejected=D(5), reason="defect", on=START + timedelta(days=5)
    )
    assert by_day(mill, fo.id) == [(START + timedelta(days=2), D(20)), (START + timedelta(days=5), D(35))]
    check_sum(mill, [fo.id])


def test_a_line_for_two_factory_orders_fills_the_one_that_ships_first(mill, fo):
    other = second(mill)
    fo.ship_date, other.ship_date = date(2026, 6, 1), date(2026, 8, 1)
    mill.session.flush()
    row = bought(
        mill,
        line(mill, "KNT", "100", color="NVY", allocations={other.id: D(40), fo.id: D(60)}),
        supplier="S1",
    )
    (line_id,) = ids(mill, row)
    came(mill, row, got(line_id, "50"), received_on=START)
    came(mill, row, got(line_id, "30"), received_on=START + timedelta(days=1))
    assert by_day(mill, fo.id) == [(START, D(50)), (START + timedelta(days=1), D(10))]
    assert by_day(mill, other.id) == [(START + timedelta(days=1), D(20))]
    check_sum(mill, [fo.id, other.id])


def test_many_factory_orders_cost_what_one_costs(mill, fo, count_queries):
    orders = [fo, *(second(mill) for _ in range(2))]
    for each in orders:
        row = bought(
            mill,
            line(mill, "KNT", "20", color="NVY"),
            line(mill, "FAB", "100", color="NVY"),
            factory_order=each,
        )
        for line_id in ids(mill, row):
            came(mill, row, got(line_id, "10"), received_on=START)
    counts = []
    for asked in (orders[:1], orders):
        wanted = demanded(mill, *asked)
        mill.session.expire_all()
        with count_queries() as log:
            found = arrivals.by_day(mill, wanted)
        assert {a.demand_id for a in found} == set(wanted)
        counts.append(log.count)
    assert counts[0] == counts[1] <= 8


def test_the_demo_adds_up(demo_tenant, hub):
    with hub.context(demo_tenant, write=False) as ctx:
        orders = list(ctx.session.scalars(select(FactoryOrder.id)))
        assert check_sum(ctx, orders) == 27  # groups that the receipts and issues of the demo name


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("receive"), st.integers(0, 2), st.integers(1, 40), st.integers(0, 3), st.integers(0, 20),
                  st.integers(95, 105)),
        st.tuples(st.just("wait"), st.integers(0, 2), st.integers(1, 40), st.integers(0, 20)),
        st.tuples(st.just("inspect"), st.integers(0, 9), st.integers(1, 30), st.integers(0, 3), st.integers(0, 20)),
        st.tuples(st.just("back"), st.integers(0, 9), st.integers(1, 9), st.integers(0, 20), st.booleans()),
        st.tuples(st.just("reverse"), st.integers(0, 9)),
        st.tuples(st.just("reverse_back"), st.integers(0, 9)),
    ),
    min_size=3, max_size=12,
)  # fmt: skip


def pick(rows, number):
    return rows[number % len(rows)] if rows else None


def run_step(ctx, lines, step):
    """One thing that happens in a store; what the store refuses does not happen."""
    what, *n = step
    posted = ctx.session.scalars(select(Receipt).where(Receipt.state == "posted").order_by(Receipt.id)).all()
    gone = ctx.session.scalars(select(SupplierReturn).where(SupplierReturn.state == "posted")).all()
    if what in ("receive", "wait"):
        row, line_id, factor = pick(lines, n[0])
        rejected = n[2] if what == "receive" else 0
        measured = (
            (D(n[1] + rejected) * factor * n[4] / 100).quantize(D("0.01"))
            if factor != 1 and rejected
            else None
        )
        given = got(line_id, str(n[1] + rejected), str(rejected), stock_qty=measured, deviation_ok=True)
        day = START + timedelta(days=n[3] if what == "receive" else n[2])
        receipt = came(ctx, row, given, received_on=day, post=False, inspect=what == "wait")
        act(ctx, receipt, "post", over_reason="as agreed", deviation_ok=True)
    elif what == "inspect" and posted:
        receipt = pick(posted, n[0])
        (waits,) = posting.load_lines(ctx, receipt.id)
        day = max(START + timedelta(days=n[3]), receipt.received_on)
        inspection.inspect(ctx, receipt, waits, accepted=D(n[1]), rejected=D(n[2]), reason="defect", on=day)
    elif what == "back" and posted:
        receipt = pick(posted, n[0])
        (there,) = posting.load_lines(ctx, receipt.id)
        day = max(START + timedelta(days=n[2]), receipt.received_on)
        kind = "credit" if n[3] else "replacement"
        given = [returns.GoingBack(there.id, D(n[1]), "defect")]
        act(ctx, returns.draft(ctx, receipt, given, kind=kind, returned_on=day), "post")
    elif what == "reverse" and posted:
        act(ctx, pick(posted, n[0]), "reverse", reason="mistake")
    elif what == "reverse_back" and gone:
        act(ctx, pick(gone, n[0]), "reverse", reason="mistake")


@settings(
    max_examples=examples(6, 25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_whatever_happens_the_days_add_up(mill, fo, trade, steps):
    lines, orders = trade
    outer = mill.session.begin_nested()
    try:
        for step in steps:
            inner = mill.session.begin_nested()
            try:
                run_step(mill, lines, step)
                inner.commit()
            except Refused:
                inner.rollback()
            check_sum(mill, orders)
    finally:
        outer.rollback()
        mill.session.expire_all()
