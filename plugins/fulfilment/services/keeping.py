"""Writing allocations: released, made more, and never more than the purchase line orders that they hang on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from core.api import Ctx, hookimpl
from core.db import among, flush_rows
from plugins.fulfilment.models import Allocation
from plugins.purchasing.api import GOODS, PurchaseLine, PurchaseOrder

Pair = tuple[int, int, int]
"""(order line, size, purchase line)"""


def change(ctx: Ctx, by: Mapping[int, int]) -> None:
    """Make allocations (by id) larger or smaller by so many pieces; those that come to nothing go."""
    for row in ctx.session.scalars(select(Allocation).where(among(Allocation.id, by))) if by else ():
        row.qty += by[row.id]
        if row.qty <= 0:
            ctx.session.delete(row)
    flush_rows(ctx.session)


def put(ctx: Ctx, wanted: Mapping[Pair, int]) -> None:
    """Let these be the pieces of order lines on purchase lines; 0 takes an allocation away."""
    a = Allocation
    there = {
        (row.order_line_id, row.size_id, row.purchase_line_id): row
        for row in ctx.session.scalars(
            select(a).where(among(a.purchase_line_id, {line for _o, _s, line in wanted}))
        )
    }
    change(ctx, {there[pair].id: qty - there[pair].qty for pair, qty in wanted.items() if pair in there})
    ctx.session.insert_many(
        a,
        [
            {"order_line_id": order_line, "size_id": size, "purchase_line_id": line, "qty": qty}
            for (order_line, size, line), qty in wanted.items()
            if qty > 0 and (order_line, size, line) not in there
        ],
    )


def add(ctx: Ctx, wanted: Mapping[Pair, int]) -> None:
    """So many pieces more of order lines on purchase lines."""
    if not wanted:
        return
    a = Allocation
    held = {
        (row.order_line_id, row.size_id, row.purchase_line_id): row.qty
        for row in ctx.session.scalars(
            select(a).where(among(a.purchase_line_id, {line for _o, _s, line in wanted}))
        )
    }
    put(ctx, {pair: qty + held.get(pair, 0) for pair, qty in wanted.items()})


def on_lines(ctx: Ctx, line_ids: Iterable[int]) -> dict[int, list[Allocation]]:
    """Allocations of purchase lines, the oldest first; one query."""
    found: dict[int, list[Allocation]] = defaultdict(list)
    a = Allocation
    for row in ctx.session.scalars(select(a).where(among(a.purchase_line_id, line_ids)).order_by(a.id)):
        found[row.purchase_line_id].append(row)
    return found


@hookimpl
def lines_written(
    ctx: Ctx, order: PurchaseOrder, line_ids: Sequence[int], purposes: Mapping[int, Any]
) -> None:
    """Lines that order less than was allotted of them: the newest allocations give way."""
    if order.material_class != GOODS:
        return
    line, a = PurchaseLine, Allocation
    rows = ctx.session.execute(
        select(line.id, line.qty, func.sum(a.qty))
        .join(a, (a.purchase_line_id == line.id) & (a.tenant_id == line.tenant_id))
        .where(line.order_id == order.id)
        .group_by(line.id, line.qty)
    )
    short = [(line_id, int(qty)) for line_id, qty, allotted in rows if allotted > qty]
    by: dict[int, int] = {}
    kept = on_lines(ctx, [line_id for line_id, _qty in short]) if short else {}
    for line_id, qty in short:
        surplus = sum(row.qty for row in kept[line_id]) - qty
        for row in reversed(kept[line_id]):
            less = min(row.qty, max(0, surplus))
            if less:
                by[row.id] = -less
            surplus -= less
    change(ctx, by)
