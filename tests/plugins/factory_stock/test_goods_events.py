"""When all finished goods were in, and who is told of goods, need and stock set aside."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core import ledger
from core.api import Ctx, EntityRef
from plugins.base_company.services.company import save_settings
from plugins.catalog.models import Style
from plugins.factory_stock.services import milestones
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine
from plugins.outsourcing.services import checks, rows
from plugins.stock.services import stores
from tests.plugins.conftest import days_of
from tests.plugins.outsourcing.conftest import picked

from .conftest import FULL, TODAY, came, do, item, made, sold, started, stock

ENTITY, EVENT = "outsourcing.order", "factory_stock.goods_complete"
DAY = TODAY - timedelta(days=9)


def day(n):
    return DAY + timedelta(days=n)


def complete_on(ctx, fo):
    found = days_of(ctx, ENTITY, fo.id).get(EVENT)
    unfinished = checks.unfinished(ctx, fo, rows.lines(ctx, fo))
    assert (found is None) == bool(unfinished)  # outsourcing's own rule
    return found


def test_complete_with_the_last_size_and_no_longer_when_it_is_taken_back(told, shop, fo):
    assert complete_on(shop, fo) is None
    told.since()
    came(shop, fo, {(1, "NVY"): FULL, (1, "WHT"): FULL}, day=day(0))
    assert set(told.since()) == {(ENTITY, (fo.id,))}
    assert complete_on(shop, fo) is None
    last = came(shop, fo, {(2, "NVY"): {"S": 100, "M": 100, "L": (100, 1)}}, day=day(3))
    assert complete_on(shop, fo) is None  # one was rejected
    one = came(shop, fo, {(2, "NVY"): {"L": 1}}, day=day(2))  # written down late: it came before
    assert complete_on(shop, fo) == day(3)
    assert fo.state == "completed"
    told.since()
    do(shop, one, "reverse", reason="counted twice")
    assert set(told.since()) == {(ENTITY, (fo.id,))}
    assert complete_on(shop, fo) is None
    do(shop, last, "reverse", reason="wrong order")
    came(shop, fo, {(2, "NVY"): FULL}, day=day(5))
    assert complete_on(shop, fo) == day(5)


def test_a_size_is_complete_although_a_little_is_missing(shop, fo):
    save_settings(shop, "outsourcing", {"under_pct": Decimal(2)})
    came(
        shop, fo, {(1, "NVY"): FULL, (1, "WHT"): FULL, (2, "NVY"): {"S": 100, "M": 100, "L": 97}}, day=day(0)
    )
    assert complete_on(shop, fo) is None
    came(shop, fo, {(2, "NVY"): {"L": 1}}, day=day(2))
    assert complete_on(shop, fo) == day(2)


def test_the_day_the_quantity_was_reached_counts_not_the_surplus_after_it(shop, fo):
    came(shop, fo, {(1, "NVY"): FULL, (1, "WHT"): FULL, (2, "NVY"): FULL}, day=day(1))
    assert complete_on(shop, fo) == day(1)
    came(shop, fo, {(2, "NVY"): {"S": 2}}, day=day(4))
    assert complete_on(shop, fo) == day(1)


def test_a_line_that_is_short_closed_is_complete_from_that_day(told, shop, fo, monkeypatch):
    came(shop, fo, {(1, "NVY"): FULL, (1, "WHT"): FULL}, day=day(1))
    told.since()
    monkeypatch.setattr(Ctx, "today", lambda self: TODAY)
    do(shop, fo, "short_close", reason="no more cloth")
    assert set(told.since()) == {(ENTITY, (fo.id,))}
    assert complete_on(shop, fo) == TODAY
    do(shop, fo, "reopen", reason="cloth was found")
    assert complete_on(shop, fo) is None


def test_rework_and_a_draft_change_nothing(shop, fo):
    came(
        shop,
        fo,
        {(1, "NVY"): FULL, (1, "WHT"): FULL, (2, "NVY"): {"S": 100, "M": 100, "L": (100, 5)}},
        day=day(1),
    )
    came(shop, fo, {(2, "NVY"): {"L": 5}}, kind="rework", day=day(2))
    assert complete_on(shop, fo) is None
    came(shop, fo, {(2, "NVY"): {"L": 5}}, day=day(3), post=False)
    assert complete_on(shop, fo) is None


@pytest.mark.parametrize("reverse", [False, True])
def test_stock_set_aside_for_factory_orders_is_told_of_once(told, shop, fo, reverse):
    stock(shop, (item(shop, "BTN"), "500"))
    store = stores.default(shop)
    other = made(shop)
    free, kept = (
        stores.place(store.id),
        [ledger.Place("reserved", store.id, EntityRef("outsourcing.order", o.id)) for o in (fo, other)],
    )
    elsewhere = ledger.Place("reserved", store.id, EntityRef("orders.order", 1))
    told.since()
    ledger.post(
        shop, [ledger.Move("reserve", item(shop, "BTN"), free, place, Decimal(n + 1))
               for n, place in enumerate([*kept, *kept, elsewhere])],
        entity="stock.store", entity_id=99, on=TODAY,
    )  # fmt: skip
    assert told.since() == [(ENTITY, tuple(sorted((fo.id, other.id))))]
    if reverse:
        ledger.reverse(shop, entity="stock.store", entity_id=99, on=TODAY, reason="wrong")
        assert told.since() == [(ENTITY, tuple(sorted((fo.id, other.id))))]
    ledger.post(
        shop,
        [ledger.Move("reserve", item(shop, "BTN"), free, elsewhere, Decimal(3))],
        entity="stock.store",
        entity_id=98,
        on=TODAY,
    )
    assert told.since() == []


def test_an_updated_need_is_told_of(told, shop, fo):
    from plugins.catalog.models import BomLine

    style = shop.session.scalars(select(Style).where(Style.code == "ST-1")).one()
    rule = shop.session.scalars(
        select(BomLine).where(BomLine.style_id == style.id).order_by(BomLine.position)
    ).first()
    rule.consumption = Decimal("0.25")
    shop.session.flush()
    told.since()
    do(shop, fo, "update_need", reason="heavier")
    assert told.since() == [(ENTITY, (fo.id,))]


def test_many_factory_orders_cost_what_one_costs(shop, fo, count_queries):
    came(shop, fo, {(1, "NVY"): FULL, (1, "WHT"): FULL, (2, "NVY"): FULL}, day=day(1))
    orders = [fo]
    for _ in range(2):
        so = sold(shop, ("ST-1", "NVY", "US-LAX", {"S": 5}))
        row = made(shop)
        do(shop, row, "add_work", work=picked(so.number, "ST-1"))
        do(shop, row, "issue")
        started(shop, row)
        came(shop, row, {(1, "NVY"): {"S": 5}}, day=day(2))
        orders.append(row)
    wanted = [row.id for row in orders]
    shop.settings.all()
    for asked in (wanted[:1], wanted):
        with count_queries() as log:
            found = milestones.goods_milestones(shop, asked)
        assert set(found) == set(asked)
        assert log.count == 2


# --- the demo tenant: its events are those of its own list of actual days ----------------------------------------------

AUTOMATIC = {
    "FAB_PO": "factory_buying.main_issued", "TRIM_PO": "factory_buying.trim_issued", "FO_ISSUED": "outsourcing.issued",
    "CONTRACT": "outsourcing.contract_signed", "DEPOSIT": "outsourcing.deposit_posted", "CUT_START": "outsourcing.started",
}  # fmt: skip
ACTUALS = """
FO-2026-0001 PO_RCVD 2026-09-10 TECHPACK 2026-09-14 FAB_PO 2026-09-17 FO_ISSUED 2026-09-25 TRIM_PO 2026-10-06
FO-2026-0001 CONTRACT 2026-09-29 DEPOSIT 2026-09-30 CUT_START 2026-11-10
FO-2026-0002 PO_RCVD 2026-09-22 TECHPACK 2026-09-29 FAB_PO 2026-10-05 FO_ISSUED 2026-10-09 TRIM_PO 2026-10-12
FO-2026-0002 DEPOSIT 2026-10-15
FO-2026-0003 PO_RCVD 2026-10-12 TECHPACK 2026-10-16
"""


def test_the_events_of_the_demo_tenant_are_its_actual_days(demo_tenant, hub):
    said: dict[str, dict[str, date]] = {}
    for row in ACTUALS.split("\n"):
        number, *pairs = row.split() or [""]
        for code, when in zip(pairs[::2], pairs[1::2], strict=True):
            said.setdefault(number, {})[code] = date.fromisoformat(when)
    with hub.context(demo_tenant, write=False) as ctx:
        for fo in ctx.session.scalars(select(FactoryOrder)).all():
            found = days_of(ctx, ENTITY, fo.id)
            lines = ctx.session.scalars(
                select(FactoryOrderLine).where(FactoryOrderLine.order_id == fo.id)
            ).all()
            orders = [
                days_of(ctx, "orders.order", id)["orders.confirmed"]
                for id in {x.customer_order_id for x in lines}
            ]
            styles = [
                days_of(ctx, "catalog.style", id)["catalog.bom_released"]
                for id in {x.style_id for x in lines}
            ]
            assert {code: found[event] for code, event in AUTOMATIC.items() if event in found} | {
                "PO_RCVD": min(orders),
                "TECHPACK": max(styles),
            } == said[fo.number]
            assert EVENT not in found
