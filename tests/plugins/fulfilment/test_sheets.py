"""到貨: what comes counts once it is posted, is locked once it is finalised, and never exceeds what may come."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core import ledger
from core.api import Ctx, Refused, run_action
from core.testing.scenes import stage
from plugins.fulfilment.services import progress, rows
from plugins.fulfilment.words import SHEET
from plugins.orders.models import CustomerOrder
from plugins.purchasing.api import positions
from plugins.stock.api import garment, places, stores
from tests.plugins.fulfilment.trade import came, goods_alone, row_of, sold

ONE = ("ST-1", "NVY", "US-LAX", {"S": 10, "M": 20})
TWO = ("ST-2", "NVY", "US-LAX", {"S": 10, "M": 10})


@stage
def order(ctx: Ctx) -> CustomerOrder:
    """30 pieces of one vendor, 20 of another."""
    return sold(ctx, ONE, TWO)


def totals(ctx: Ctx, order: CustomerOrder, style: str = "ST-1") -> dict[str, int]:
    row = row_of(ctx, order, style)
    return {name: row.total(name) for name in ("ordered", "received", "accepted", "balance")}


def test_what_came_of_one_vendor(ctx: Ctx, order: CustomerOrder) -> None:
    draft = came(ctx, order, ("ST-1", {"S": (6, 1), "M": 20}), post=False)
    assert totals(ctx, order) == {"ordered": 30, "received": 0, "accepted": 0, "balance": 30}
    run_action(ctx, ctx.registry.get(SHEET), draft, "post")
    assert totals(ctx, order) == {"ordered": 30, "received": 26, "accepted": 25, "balance": 5}
    assert totals(ctx, order, "ST-2")["balance"] == 20
    rates = progress.rates_of(rows.of_orders(ctx, [order.id]))
    assert (rates.qty, rates.value) == (50, 50)


def test_purchase_orders_show_what_came(ctx: Ctx, order: CustomerOrder) -> None:
    came(ctx, order, ("ST-1", {"S": (6, 1), "M": 20}))
    row = row_of(ctx, order)
    ids = [cell.purchase_line_id for cell in row.cells.values()]
    found = positions.of_lines(ctx, ids)
    assert [(p.received, p.rejected, p.accepted) for p in found.values()] == [(6, 1, 5), (20, 0, 20)]


def test_at_ours_it_is_stock_kept_for_the_order(ctx: Ctx, order: CustomerOrder) -> None:
    sheet = came(ctx, order, ("ST-1", {"S": (6, 1)}), place="ours")
    row, store = row_of(ctx, order), stores.default(ctx)
    size = next(iter(row.cells))
    kept = {
        (
            garment(row.style_id, row.color_id, size),
            places.reserved(store.id, "orders.order", order.id),
        ): Decimal(5)
    }
    assert ledger.balances(ctx, item_kind="garment", places=[next(iter(kept))[1]]) == kept
    run_action(ctx, ctx.registry.get(SHEET), sheet, "reverse", {"reason": "counted wrongly"})
    assert ledger.balances(ctx, item_kind="garment", places=[next(iter(kept))[1]]) == {}
    assert totals(ctx, order)["balance"] == 30
    assert ledger.verify(ctx) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"S": 11}, "at most 10"),
        ({"S": (2, 3)}, "More damaged"),
        ({"L": 1}, "not on order"),
    ],
)
def test_too_much_is_refused(ctx: Ctx, order: CustomerOrder, typed: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        came(ctx, order, ("ST-1", typed))


def test_a_manager_may_accept_more_with_a_reason(ctx: Ctx, order: CustomerOrder) -> None:
    sheet = came(ctx, order, ("ST-1", {"S": 12}), reason="the customer takes them")
    assert (sheet.state, sheet.over_reason) == ("posted", "the customer takes them")
    assert totals(ctx, order)["balance"] == 20  # too much of S hides no M


def test_finalised_is_locked(ctx: Ctx, order: CustomerOrder) -> None:
    sheet = came(ctx, order, ("ST-1", {"S": 5}), final=True)
    entity = ctx.registry.get(SHEET)
    assert sheet.finalised_by
    for verb, data in (("reverse", {"reason": "no"}), ("lines", {"lines": []}), ("post", {})):
        with pytest.raises(Refused):
            run_action(ctx, entity, sheet, verb, data)


def test_the_order_is_cleared_with_the_last_piece(ctx: Ctx, order: CustomerOrder) -> None:
    goods_alone(ctx)
    came(ctx, order, ("ST-1", {"S": 10, "M": 20}), ("ST-2", {"S": 10, "M": 9}), final=True)
    assert order.state == "confirmed"
    assert "1 pieces are open" in str(progress.missing(ctx, [order.id])[order.id][0])
    last = came(ctx, order, ("ST-2", {"M": 1}))
    assert last.number in str(progress.missing(ctx, [order.id])[order.id][0])
    run_action(ctx, ctx.registry.get("orders.order"), order, "finalise")  # all of its sheets
    assert (last.state, order.state) == ("finalised", "closed")
