"""Pieces that customers ordered, by cell, and how many of them are done: what the full-process table measures by.

More of one size never hides another that is short.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from core.api import Ctx
from core.db import among
from plugins.orders.models import OrderLine, OrderSize

Cells = Mapping[int, Mapping[tuple[int, ...], int]]
"""Customer order → cell (style of the order, colour, destination, size; or line and size) → pieces."""


def share(ordered: Cells, done: Cells, customer_order: int) -> tuple[int, int]:
    """(pieces done, each cell capped at its order; pieces ordered) of a customer order."""
    mine = ordered.get(customer_order, {})
    there = done.get(customer_order, {})
    return sum(min(there.get(cell, 0), qty) for cell, qty in mine.items()), sum(mine.values())


def shares(ordered: Cells, done: Cells, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """:func:`share` of each of these customer orders; not of those that ordered nothing."""
    return {each: found for each in ids if (found := share(ordered, done, each))[1]}


def ordered(ctx: Ctx, ids: Sequence[int]) -> Cells:
    """Pieces customers ordered by style, colour, destination and size, whatever the ship date."""
    found: dict[int, dict[tuple[int, ...], int]] = defaultdict(lambda: defaultdict(int))
    for order, mine in cells(ctx, ids).items():
        for (_line, size, *cell), qty in mine.items():
            found[order][*cell, size] += qty
    return found


def cells(ctx: Ctx, ids: Sequence[int]) -> Cells:
    """Pieces customers ordered by (order line, size, style of the order, colour, destination); read once for all the columns
    of a page that follow from it."""
    return ctx.memo.each("orders.pieces", ids, lambda new: _readcells(ctx, new))


def _readcells(ctx: Ctx, ids: Sequence[int]) -> Cells:
    line, size = OrderLine, OrderSize
    found: dict[int, dict[tuple[int, ...], int]] = defaultdict(dict)
    for order, *cell, qty in ctx.session.execute(
        select(line.order_id, line.id, size.size_id, line.order_style_id, line.color_id, line.destination_id, size.qty)
        .join(size, (size.line_id == line.id) & (size.tenant_id == line.tenant_id))
        .where(among(line.order_id, ids))
    ):  # fmt: skip
        found[order][tuple(cell)] = qty
    return found
