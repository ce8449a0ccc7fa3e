"""A shipment as a grid: styles of the customer order, colours down and sizes across."""

from __future__ import annotations

from core.api import Ctx, pick
from plugins.shipping.models import Shipment
from plugins.shipping.services import shipping_lines
from plugins.stock.grid import Block, Cell, Row


def build(ctx: Ctx, paper: Shipment, saved_only: bool = False) -> list[Block]:
    """Lines of the customer order by style: ordered, shipped, available; an empty draft proposes what is ready."""
    mine = {(line.order_line_id, s.size_id): s.qty for line in paper.lines for s in line.sizes}
    kept = {line.order_line_id for line in paper.lines}
    blocks: dict[int, Block] = {}
    places: dict[int, dict[int, int]] = {}
    found = [row for row in shipping_lines.sheet(ctx, paper) if not saved_only or row.line.id in kept]
    for each in found:
        style = each.line.order_style.style
        block = blocks.setdefault(style.id, Block(style.code, pick(style.names, style.name), "", []))
        at = places.setdefault(style.id, {})
        for size in each.line.sizes:
            if size.size_id not in at:
                at[size.size_id] = len(block.sizes)
                block.sizes.append(size.size.code)
    for each in found:
        style = each.line.order_style.style
        cells: list[Cell | None] = [None] * len(blocks[style.id].sizes)
        codes = {size.size_id: size.size.code for size in each.line.sizes}
        for size_id, cell in each.cells.items():
            qty = mine.get((each.line.id, size_id), 0) if paper.lines or saved_only else cell.ready
            cells[places[style.id][size_id]] = Cell(
                f"cell-{each.line.id}-{size_id}", codes[size_id], qty, cell
            )
        color = each.line.color
        blocks[style.id].rows.append(
            Row(color.code, pick(color.names, color.name), each.line.ship_date.isoformat(), cells=cells)
        )
    return list(blocks.values())
