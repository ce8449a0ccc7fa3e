"""Where customer orders and the purchase orders behind them no longer agree: what differs, and what would put it right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import select

from core.api import Ctx
from core.db import among
from plugins.fulfilment.models import Allocation
from plugins.fulfilment.services import additions, needs
from plugins.fulfilment.services.needs import Cell, Need
from plugins.fulfilment.services.sides import LIVE, Difference, Sides, bound
from plugins.purchasing.api import NOTHING, dates, positions


def of_orders(ctx: Ctx, order_ids: Iterable[int]) -> list[Difference]:
    """All differences of these customer orders, by purchase line. A fixed number of queries, once a page."""
    ids = tuple(sorted(set(order_ids)))
    return ctx.memo.once(("fulfilment.differences", ids), lambda: _of_orders(ctx, ids))


def of_purchase(ctx: Ctx, po_id: int) -> list[Difference]:
    """Those of a purchase order, with whatever customer orders it buys for."""
    ids = {each.order_id for each in bound(ctx, purchase_ids=[po_id])}
    return [each for each in of_orders(ctx, ids) if each.at.po_id == po_id]


def _of_orders(ctx: Ctx, ids: Sequence[int]) -> list[Difference]:
    rows = bound(ctx, order_ids=ids)
    if not rows:
        return []
    came = positions.of_lines(ctx, {row.line_id for row in rows})
    dead = _dead(ctx, rows, came)
    found: list[Difference] = []
    left: dict[Cell, list[tuple[Sides, int]]] = defaultdict(list)
    for row in rows:
        gone = row.qty if row.stray else min(row.qty, dead.get(row.id, 0))
        if gone:
            kind = "stray" if row.stray else "short" if row.short_closed else "never"
            found.append(Difference(kind, row, gone))
        if row.qty > gone:
            left[row.cell].append((row, row.qty - gone))
        found += _late(row, came.get(row.line_id, NOTHING))
    by_cell = {need.cell: need for need in needs.of_orders(ctx, ids)}
    lacking: list[tuple[Need, int]] = []
    for cell in by_cell | left:
        need, kept = by_cell.get(cell), left.get(cell, [])
        lacks = (_wanted(need) if need else 0) - sum(qty for _row, qty in kept)
        found += (measured := _measured(lacks, kept))
        if need and lacks > 0 and not measured:
            lacking.append((need, lacks))
    found += additions.of_orders(ctx, rows, lacking)
    return sorted(found, key=lambda each: (each.at.po, each.at.position, each.at.id))


def _dead(ctx: Ctx, rows: Iterable[Sides], came: dict[int, positions.Position]) -> dict[int, int]:
    """By allocation what will not come any more; what came serves the oldest first, whichever order they are of."""
    lines = {row.line_id for row in rows if row.short_closed or row.availability == "never"}
    if not lines:
        return {}
    a = Allocation
    taken = {line: came.get(line, NOTHING).taken for line in lines}
    found: dict[int, int] = {}
    for own_id, line, qty in ctx.session.execute(
        select(a.id, a.purchase_line_id, a.qty).where(among(a.purchase_line_id, lines)).order_by(a.id)
    ):
        served = int(min(Decimal(qty), taken[line]))
        taken[line] -= served
        found[own_id] = qty - served
    return found


def _late(row: Sides, came: positions.Position) -> list[Difference]:
    day = dates.expected(row.availability, row.required, row.order_date)
    if row.short_closed or day is None or day <= row.ship_date or came.taken >= row.bought_qty:
        return []
    return [Difference("late", row, row.qty, day)]


def _wanted(need: Need) -> int:
    return max(0, need.ordered - need.made)


def _measured(lacks: int, kept: Sequence[tuple[Sides, int]]) -> list[Difference]:
    """What is too much, from the newest on; what is too little, at the newest line that goes on."""
    surplus = -lacks
    found = []
    for row, qty in reversed(kept):
        if surplus > 0:
            found.append(Difference("over", row, min(qty, surplus)))
            surplus -= min(qty, surplus)
    if lacks > 0:
        grows = [row for row, _q in kept if not row.short_closed and row.availability != "never"]
        grows = [row for row in grows if row.po_state in LIVE]
        if grows:
            found.append(Difference("grown", grows[-1], lacks))
    return found
