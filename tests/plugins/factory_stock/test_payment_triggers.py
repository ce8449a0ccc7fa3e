"""Whatever payment terms may wait for happens some day: every trigger that is offered leads to a day on which money is due
(hooks ``payment_triggers``, ``shipped_pieces``)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from core.api import Ctx
from plugins.catalog.words import TRIGGERS
from plugins.factory_stock.services import milestones
from plugins.outsourcing.models import Contract, FactoryOrder
from plugins.outsourcing.services import due, paid, schedule
from tests.plugins.factory_stock.conftest import FULL, TODAY, came, do, shipped
from tests.plugins.outsourcing.test_fo_revise import signed

PLACES = {"US-LAX": {"NVY": FULL, "WHT": FULL}, "DE-HAM": {"NVY": FULL}}


def terms(ctx: Ctx, fo: FactoryOrder, trigger: str, days: int = 20) -> None:
    fo.agreed_terms = [
        {"pct": "30", "trigger": "contract_signed", "days": 0},
        {"pct": "70", "trigger": trigger, "days": days},
    ]
    ctx.session.flush()


def last(ctx: Ctx, fo: FactoryOrder) -> schedule.Instalment:
    ctx.memo.clear()
    return schedule.of_order(ctx, fo, paid.of_order(ctx, fo))[-1]


def all_in(ctx: Ctx, fo: FactoryOrder, first: date, second: date) -> list[Any]:
    """Everything, on two days."""
    lines = {1: "NVY", 2: "NVY"}
    rows = [came(ctx, fo, {(1, "WHT"): FULL}, day=first)]
    return [*rows, came(ctx, fo, dict.fromkeys(lines.items(), FULL), day=second)]


def all_gone(ctx: Ctx, so: Any, day: date) -> list[Any]:
    rows = []
    for place, grid in PLACES.items():
        row = shipped(ctx, so, grid, place, day=day)
        do(ctx, row, "confirm")
        do(ctx, row, "ship")
        rows.append(row)
    return rows


@pytest.mark.parametrize("trigger", [code for code, _label in TRIGGERS])
def test_every_trigger_that_is_offered_has_its_day(
    shop: Ctx, fo: FactoryOrder, so: Any, trigger: str
) -> None:
    terms(shop, fo, trigger)
    signed(shop, fo)
    shop.session.execute(update(Contract).values(signed_on=date(2026, 11, 20)))
    all_in(shop, fo, date(2026, 10, 15), date(2026, 10, 20))
    all_gone(shop, so, date(2026, 10, 25))
    expected = {
        "contract_signed": date(2026, 12, 10),
        "fg_accepted": date(2026, 11, 9),  # 20 days after the last pieces
        "month_end_of_receipt": date(2026, 11, 20),
        "shipment": date(2026, 11, 14),
        "bl_date": date(2026, 11, 14),
        "before_delivery": fo.ship_date - timedelta(days=20) if fo.ship_date else None,
    }
    part = last(shop, fo)
    assert part.due_on == expected[trigger]
    assert part.overdue == (part.due_on < TODAY)
    listed = {d.part.trigger: d.day for d in due.instalments(shop) if d.part.position == 2}
    assert listed == ({trigger: part.due_on} if part.due_on <= TODAY + timedelta(days=7) else {})


def test_due_twenty_days_after_all_is_accepted(shop: Ctx, fo: FactoryOrder) -> None:
    terms(shop, fo, "fg_accepted")
    came(shop, fo, {(1, "WHT"): FULL}, day=date(2026, 10, 15))
    assert last(shop, fo).due_on is None  # the navy ones are missing
    rest = came(shop, fo, {(1, "NVY"): FULL, (2, "NVY"): FULL}, day=date(2026, 10, 20))
    part = last(shop, fo)
    assert (part.due_on, part.overdue, part.open) == (date(2026, 11, 9), True, Decimal(1575))
    do(shop, rest, "reverse", reason="counted wrong")
    assert (last(shop, fo).due_on, due.instalments(shop)) == (None, [])


def test_a_shipment_counts_when_all_that_was_made_has_left(shop: Ctx, fo: FactoryOrder, so: Any) -> None:
    terms(shop, fo, "shipment", 0)
    all_in(shop, fo, date(2026, 11, 2), date(2026, 11, 3))
    sea = shipped(shop, so, {"NVY": FULL, "WHT": FULL}, day=date(2026, 11, 10))
    do(shop, sea, "confirm")
    do(shop, sea, "ship")
    assert last(shop, fo).due_on is None  # Hamburg is still here
    air = shipped(shop, so, {"NVY": FULL}, "DE-HAM", day=date(2026, 11, 12))
    do(shop, air, "confirm")
    assert last(shop, fo).due_on is None
    do(shop, air, "ship")
    assert last(shop, fo).due_on == date(2026, 11, 12)
    do(shop, air, "reverse", reason="the vessel did not sail")
    assert last(shop, fo).due_on is None


def test_no_day_for_a_draft_or_a_cancelled_order(shop: Ctx, draft: FactoryOrder) -> None:
    terms(shop, draft, "before_delivery")
    assert draft.ship_date is not None
    assert last(shop, draft).due_on is None
    assert milestones.payment_triggers(shop, [draft.id]) == {}


def test_queries_do_not_grow_with_orders(shop: Ctx, fo: FactoryOrder, count_queries: Any) -> None:
    terms(shop, fo, "fg_accepted")
    all_in(shop, fo, date(2026, 10, 15), date(2026, 10, 20))
    shop.session.commit()
    with count_queries() as log:
        assert due.instalments(shop)
    assert log.count <= 8, log
