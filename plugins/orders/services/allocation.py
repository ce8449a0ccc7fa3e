"""What of a customer order is not yet on any factory order, nor bought finished: per line and size, and per order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from core.api import Ctx
from core.db import among
from plugins.catalog.api import in_use
from plugins.orders.models import CustomerOrder, OrderLine, OrderSize

Cell = tuple[int, int]
"""(order line id, size id)"""
LIVE = ("draft", "confirmed")
"""States in which unallocated pieces still matter."""


def allocated(ctx: Ctx, order_ids: Iterable[int]) -> dict[Cell, int]:
    """Pieces already on live factory orders, by line and size, over all plugins; cells without any are left out."""
    ids = sorted(set(order_ids))
    return _added_up(ctx.hooks.order_allocations(order_ids=ids)) if ids else {}


def bought(ctx: Ctx, order_ids: Iterable[int]) -> dict[Cell, int]:
    """Pieces that no factory is asked for, by line and size, over all plugins; cells without any are left out. Once a page."""
    ids = tuple(sorted(set(order_ids)))
    if not ids:
        return {}
    return ctx.memo.once(("orders.bought", ids), lambda: _added_up(ctx.hooks.bought_pieces(order_ids=ids)))


def spoken_for(ctx: Ctx, order_ids: Iterable[int]) -> dict[Cell, int]:
    """Both together: what nothing is left to do for."""
    ids = sorted(set(order_ids))
    return _added_up([allocated(ctx, ids), bought(ctx, ids)])


def _added_up(answers: Iterable[Mapping[Cell, int] | None]) -> dict[Cell, int]:
    total: dict[Cell, int] = defaultdict(int)
    for part in answers:
        for cell, pieces in (part or {}).items():
            total[cell] += int(pieces)
    return dict(total)


def referenced(ctx: Ctx, line_ids: Iterable[int]) -> set[int]:
    """Order lines that rows of any loaded plugin point to: live documents or not (a cancelled factory order too)."""
    return in_use(ctx, "orders_line", line_ids, without=("orders_size",))


def lock(ctx: Ctx, order_ids: Iterable[int]) -> dict[int, int]:
    """Hold these orders until the transaction ends, so that nobody changes pieces while they are being allocated;
    returns their versions as they are now (what the session read before may be older)."""
    rows = ctx.session.execute(
        select(CustomerOrder.id, CustomerOrder.version)
        .where(among(CustomerOrder.id, order_ids))
        .order_by(CustomerOrder.id)
        .with_for_update()
    )
    return {order_id: version for order_id, version in rows}  # noqa: C416 (rows are no pairs to mypy)


def ordered(ctx: Ctx, order_ids: Iterable[int]) -> dict[Cell, int]:
    """Pieces ordered by line and size; sizes of 0 pieces are left out."""
    rows = ctx.session.execute(
        select(OrderSize.line_id, OrderSize.size_id, OrderSize.qty)
        .join(OrderLine, (OrderLine.id == OrderSize.line_id) & (OrderLine.tenant_id == OrderSize.tenant_id))
        .where(among(OrderLine.order_id, order_ids), OrderSize.qty > 0)
    )
    return {(line, size): qty for line, size, qty in rows}


def unallocated(ctx: Ctx, order: CustomerOrder) -> dict[Cell, int]:
    """Pieces of one order on no live factory order that are not bought either, by line and size; never below 0, cells at 0
    are left out."""
    taken = spoken_for(ctx, [order.id])
    rest = {cell: pieces - taken.get(cell, 0) for cell, pieces in ordered(ctx, [order.id]).items()}
    return {cell: pieces for cell, pieces in rest.items() if pieces > 0}


def unallocated_pcs(ctx: Ctx, rows: Sequence[CustomerOrder]) -> dict[int, int]:
    """Unallocated pieces per order, for a page of a list: a fixed number of queries however many rows.

    Orders that are closed or cancelled have nothing left to allocate. A size that is over-allocated does not hide
    another one that is short.
    """
    found = {row.id: row.qty if row.state in LIVE else 0 for row in rows}
    taken = spoken_for(ctx, [row.id for row in rows if row.state in LIVE and row.qty])
    if not taken:
        return found
    cells = ctx.session.execute(
        select(OrderLine.order_id, OrderSize.line_id, OrderSize.size_id, OrderSize.qty)
        .join(OrderSize, (OrderLine.id == OrderSize.line_id) & (OrderLine.tenant_id == OrderSize.tenant_id))
        .where(among(OrderLine.id, {line for line, _size in taken}))
    )
    for order_id, line, size, qty in cells:
        found[order_id] -= min(qty, taken.get((line, size), 0))
    return found
