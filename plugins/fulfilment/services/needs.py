"""What of customer orders is to be bought: pieces by line and size, less what factories make and what is allotted already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select

from core.api import Ctx, hookimpl
from core.db import among
from plugins.fulfilment.models import OrderContext
from plugins.fulfilment.services.allocations import Allotted, allocations
from plugins.orders.api import CustomerOrder, OrderLine, OrderSize, OrderStyle, cells

Cell = tuple[int, int]
"""(order line, size)"""


class Need(NamedTuple):
    """A size of an order line. ``rest``: neither on a factory order nor on a purchase line, never below 0."""

    order_id: int
    line_id: int
    position: int
    size_id: int
    style_id: int
    color_id: int
    destination_id: int
    ship_date: date
    price: Decimal | None
    ordered: int
    made: int
    allotted: int

    @property
    def cell(self) -> Cell:
        """What allocations know it by."""
        return (self.line_id, self.size_id)

    @property
    def rest(self) -> int:
        """Pieces nobody was asked for."""
        return max(0, self.ordered - self.made - self.allotted)


def of_orders(ctx: Ctx, order_ids: Iterable[int]) -> list[Need]:
    """Every size of these orders as it stands, by line; of cancelled orders nothing is ordered any more. A fixed number of
    queries, once a page."""
    ids = tuple(sorted(set(order_ids)))
    return ctx.memo.once(("fulfilment.needs", ids), lambda: _of_orders(ctx, ids)) if ids else []


def _of_orders(ctx: Ctx, ids: Sequence[int]) -> list[Need]:
    made, bought = factory_pieces(ctx, ids), defaultdict[Cell, int](int)
    for each in allocations(ctx, ids):
        bought[each.order_line_id, each.size_id] += each.qty
    line, size, style, order = OrderLine, OrderSize, OrderStyle, CustomerOrder
    rows = ctx.session.execute(
        select(
            line.order_id, line.id, line.position, size.size_id, style.style_id, line.color_id, line.destination_id,
            line.ship_date, line.price, size.qty, order.state,
        )
        .join(size, (size.line_id == line.id) & (size.tenant_id == line.tenant_id))
        .join(style, (style.id == line.order_style_id) & (style.tenant_id == line.tenant_id))
        .join(order, (order.id == line.order_id) & (order.tenant_id == line.tenant_id))
        .where(among(line.order_id, ids))
        .order_by(line.order_id, line.position, line.id, size.position)
    )  # fmt: skip
    return [
        Need(*row[:9], 0 if row.state == "cancelled" else row.qty, made.get((row.id, row.size_id), 0),
             bought.get((row.id, row.size_id), 0))
        for row in rows
    ]  # fmt: skip


def factory_pieces(ctx: Ctx, order_ids: Sequence[int]) -> dict[Cell, int]:
    """Pieces of these orders that live factory orders take up."""
    found: dict[Cell, int] = defaultdict(int)
    for answer in ctx.hooks.order_allocations(order_ids=order_ids):
        for cell, pieces in answer.items():
            found[cell] += pieces
    return found


@hookimpl
def bought_pieces(ctx: Ctx, order_ids: Sequence[int]) -> dict[Cell, int]:
    """All pieces of orders that are sold in a business context, of others what is allotted on purchase lines. Three queries."""
    own = OrderContext
    ids = ctx.session.scalars(
        select(own.row_id).where(among(own.row_id, order_ids), own.business_context_id.is_not(None))
    ).all()
    found: dict[Cell, int] = defaultdict(int)
    for mine in cells(ctx, ids).values() if ids else ():
        for (line_id, size_id, *_goods), qty in mine.items():
            found[line_id, size_id] += qty
    for each in allocations(ctx, order_ids):
        if each.order_id not in ids:
            found[each.order_line_id, each.size_id] += each.qty
    return found


def missing(ctx: Ctx, order_id: int) -> list[Need]:
    """What of an order nobody was asked for yet."""
    return [need for need in of_orders(ctx, [order_id]) if need.rest]


def by_cell(rows: Iterable[Allotted]) -> dict[Cell, list[Allotted]]:
    """Allocations of each size of each line, the oldest first."""
    found: dict[Cell, list[Allotted]] = defaultdict(list)
    for row in rows:
        found[row.order_line_id, row.size_id].append(row)
    return found
