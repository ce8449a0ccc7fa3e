"""Lines of a shipment: pieces by line of the customer order and size, what is open and what is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from core import ledger
from core.api import Ctx, EntityName, Problem, Refused, T, check_version, hookimpl, record_save
from core.db import among, flush_rows
from plugins.orders.api import OrderLine, OrderSize, OrderStyle
from plugins.orders.api import supplied as supplied_by_all
from plugins.shipping.models import Shipment, ShipmentLine, ShipmentSize
from plugins.shipping.services.came_back import to_replace
from plugins.shipping.words import GONE
from plugins.stock.api import garment, on_hand

ORDER = EntityName("orders.order")

NOT_ORDERED = T("This is not on the customer order.")


@dataclass
class Cell:
    """Pieces of one size of an order line, ``shipped`` (by us or a vendor) without those to be replaced; there are
    those ``kept`` for the order and those ``free``, never another's."""

    ordered: int = 0
    shipped: int = 0
    kept: int = 0
    free: int = 0

    @property
    def available(self) -> int:
        """What may be taken."""
        return self.kept + self.free

    @property
    def open(self) -> int:
        """Ordered and not with the customer, nor paid back."""
        return max(0, self.ordered - self.shipped)

    @property
    def ready(self) -> int:
        """What could go now."""
        return min(self.open, self.available)


@dataclass
class Row:
    """A line of the customer order with its sizes."""

    line: OrderLine
    cells: dict[int, Cell] = field(default_factory=dict)

    @property
    def style_id(self) -> int:
        """The style of the line."""
        return self.line.order_style.style_id


def order_lines(ctx: Ctx, order_id: int, destination_id: int | None = None) -> list[OrderLine]:
    """Lines of a customer order (to one destination) with style, colour and sizes; a fixed number of queries."""
    query = (
        select(OrderLine)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.position, OrderLine.id)
        .options(
            selectinload(OrderLine.order_style).selectinload(OrderStyle.style),
            selectinload(OrderLine.color),
            selectinload(OrderLine.sizes).selectinload(OrderSize.size),
        )
    )
    if destination_id is not None:
        query = query.where(OrderLine.destination_id == destination_id)
    return list(ctx.session.scalars(query))


def shipped(ctx: Ctx, order_ids: Iterable[int], without: int = 0) -> Mapping[tuple[int, int], int]:
    """Pieces that went out, by (order line, size); ``without`` leaves one shipment out. One query, once a page."""
    ids = tuple(sorted(set(order_ids)))
    return ctx.memo.once(("shipping.shipped", ids, without), lambda: _shipped(ctx, ids, without))


def _shipped(ctx: Ctx, order_ids: Sequence[int], without: int) -> dict[tuple[int, int], int]:
    size, line, head = ShipmentSize, ShipmentLine, Shipment
    rows = ctx.session.execute(
        select(line.order_line_id, size.size_id, func.sum(size.qty))
        .join(line, (line.id == size.line_id) & (line.tenant_id == size.tenant_id))
        .join(head, (head.id == line.shipment_id) & (head.tenant_id == line.tenant_id))
        .where(among(head.customer_order_id, order_ids), head.state.in_(GONE), head.id != without)
        .group_by(line.order_line_id, size.size_id)
    )
    return {(line_id, size_id): int(qty) for line_id, size_id, qty in rows}


@hookimpl(specname="supplied_cells")
def supplied(ctx: Ctx, order_ids: Sequence[int], without: int = 0) -> dict[tuple[int, int], int]:
    """Pieces that count against the order, by (order line, size): shipped, less what came back to be replaced. Pieces that
    came back and were paid back are settled: nobody waits for them any more."""
    found = dict(shipped(ctx, order_ids, without))
    for cell, qty in to_replace(ctx, order_ids).items():
        found[cell] = found.get(cell, 0) - qty
    return found


def supplied_otherwise(ctx: Ctx, order_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """Pieces that customers have straight from vendors, or want no more: no shipment of ours is behind them."""
    ours = supplied(ctx, order_ids)
    every = supplied_by_all(ctx, order_ids)
    return {cell: qty - ours.get(cell, 0) for cell, qty in every.items() if qty != ours.get(cell, 0)}


def sheet(ctx: Ctx, row: Shipment) -> list[Row]:
    """The order's lines to the destination of the shipment: ordered, shipped before, available now."""
    found = [Row(line) for line in order_lines(ctx, row.customer_order_id, row.destination_id)]
    there = on_hand.of_store(
        ctx, row.store_id, ORDER, row.customer_order_id, "garment", {each.style_id for each in found}
    )
    gone = supplied(ctx, [row.customer_order_id], row.id)
    for at, qty in supplied_otherwise(ctx, [row.customer_order_id]).items():
        gone[at] = gone.get(at, 0) + qty
    left: dict[ledger.Item, tuple[int, int]] = {}
    for each in found:
        for size in each.line.sizes:
            item = garment(each.style_id, each.line.color_id, size.size_id)
            kept, free = left.setdefault(item, (int(there.kept.get(item, 0)), int(there.free.get(item, 0))))
            cell = Cell(size.qty, gone.get((each.line.id, size.size_id), 0), kept, free)
            own = min(cell.ready, kept)  # two lines of the same colour share what is there
            left[item] = (kept - own, free - (cell.ready - own))
            each.cells[size.size_id] = cell
    return found


def wrong(lines: Mapping[int, OrderLine], typed: Mapping[tuple[int, int], int]) -> list[Problem]:
    """What is wrong with pieces by (order line, size): not of the order's ``lines``, less than none."""
    found = []
    for (line_id, size_id), qty in typed.items():
        at, line = f"cell-{line_id}-{size_id}", lines.get(line_id)
        if line is None or size_id not in {s.size_id for s in line.sizes}:
            found.append(Problem(NOT_ORDERED, at))
        elif qty < 0:
            found.append(Problem(T("A quantity must be more than zero."), at))
    return found


def save(ctx: Ctx, row: Shipment, typed: Mapping[tuple[int, int], int], version: int | None = None) -> None:
    """Replace the lines of a draft: (order line, size) → pieces. Refused where a line is not of the order, Stale."""
    check_version(ctx, ctx.registry.entity_for(row), row, version)
    if row.state != "draft":
        raise Refused(T("{number} is confirmed and can no longer be changed.", number=row.number))
    lines = {line.id: line for line in order_lines(ctx, row.customer_order_id, row.destination_id)}
    if problems := wrong(lines, typed):
        raise Refused(problems)
    sizes: dict[int, list[ShipmentSize]] = defaultdict(list)
    for (line_id, size_id), qty in typed.items():
        if qty:
            sizes[line_id].append(ShipmentSize(size_id=size_id, qty=qty))
    before = pieces(row)
    row.lines = []
    flush_rows(ctx.session)
    row.lines = [
        ShipmentLine(
            position=n,
            order_line_id=line_id,
            style_id=lines[line_id].order_style.style_id,
            color_id=lines[line_id].color_id,
            sizes=sizes[line_id],
        )
        for n, line_id in enumerate(line_id for line_id in lines if line_id in sizes)
    ]
    record_save(ctx, row, "lines", [("pieces", before, pieces(row))])


def default_cells(ctx: Ctx, row: Shipment) -> dict[tuple[int, int], int]:
    """Everything open that is there."""
    return {
        (each.line.id, size_id): cell.ready
        for each in sheet(ctx, row)
        for size_id, cell in each.cells.items()
        if cell.ready
    }


def pieces(row: Shipment) -> int:
    """Pieces of a shipment."""
    return sum(size.qty for line in row.lines for size in line.sizes)


@hookimpl
def goods_sent(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, int]:
    """Pieces that left, by line of the customer order."""
    found: dict[int, int] = defaultdict(int)
    for (line_id, _size), pieces in shipped(ctx, order_ids).items():
        found[line_id] += pieces
    return found
