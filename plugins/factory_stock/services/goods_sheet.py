"""Pieces as a grid, colours down and sizes across: for goods in by line of the factory order, for shipments by style."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from core.api import Ctx, among, pick
from plugins.catalog.models import Color, Destination, Size, Style
from plugins.outsourcing.services import rows
from plugins.factory_stock.models import GoodsIn, Shipment
from plugins.factory_stock.services import goods_lines, shipping_lines


@dataclass
class Cell:
    """One size: what the document says (``qty``, ``bad``), and the figures beside it."""

    name: str
    size: str
    qty: int
    figures: Any
    bad: int = 0
    bad_name: str = ""


@dataclass
class Row:
    """A colour: cells under the block's sizes, None where the size is not ordered."""

    color: str
    color_name: str
    note: str = ""
    key: str = ""
    cartons: int = 0
    inspected: int = 0
    cells: list[Cell | None] = field(default_factory=list)

    def total(self, what: str) -> int:
        """Sum of ``qty``, ``bad`` or of a figure."""
        own = what in ("qty", "bad")
        return sum(getattr(c if own else c.figures, what) for c in self.cells if c)


@dataclass
class Block:
    """A table of the page."""

    title: str
    name: str
    note: str
    sizes: list[str]
    rows: list[Row] = field(default_factory=list)

    def total(self, what: str) -> int:
        """Sum over all rows."""
        return sum(row.total(what) for row in self.rows)

    def inputs(self) -> list[str]:
        """Names of all inputs."""
        found = [name for row in self.rows for c in row.cells if c for name in (c.name, c.bad_name)]
        return found + [f"{what}-{row.key}" for row in self.rows for what in ("cartons", "inspected")]


def build(ctx: Ctx, paper: GoodsIn, saved_only: bool = False) -> list[Block]:
    """Lines of the factory order with ordered, accepted and most pieces by size, and what the document says."""
    order = paper.factory_order
    lines = {line.id: line for line in rows.lines(ctx, order)}
    known = goods_lines.figures(ctx, order.id)
    mine = goods_lines.by_line(paper)
    wanted = {key: at for key, at in known.items() if not saved_only or mine.get(key[:2])}
    colors, sizes, styles, places = _words(
        ctx, wanted, {k: (x.style_id, x.destination_id) for k, x in lines.items()}
    )
    blocks: dict[int, Block] = {}
    for line_id, line in lines.items():
        cells = {key: at for key, at in wanted.items() if key[0] == line_id}
        if not cells:
            continue
        used = sorted({key[2] for key in cells}, key=lambda i: (sizes[i].position, i))
        style = styles[line.style_id]
        block = blocks[line_id] = Block(
            f"{line.position} · {style.code}", pick(style.names, style.name),
            f"{line.customer_po} → {places[line.destination_id]}", [sizes[i].code for i in used],
        )  # fmt: skip
        for color_id in dict.fromkeys(key[1] for key in cells):
            typed = mine.get((line_id, color_id), goods_lines.Typed())
            color = colors[color_id]
            row = Row(
                color.code,
                pick(color.names, color.name),
                "",
                f"{line_id}-{color_id}",
                typed.cartons,
                typed.inspected,
            )
            for size_id in used:
                at = cells.get((line_id, color_id, size_id))
                came, bad = typed.sizes.get(size_id, (0, 0))
                key = f"{line_id}-{color_id}-{size_id}"
                row.cells.append(
                    Cell(f"cell-{key}", sizes[size_id].code, came, at, bad, f"bad-{key}")
                    if at is not None
                    else None
                )
            block.rows.append(row)
    return list(blocks.values())


def _words(
    ctx: Ctx, cells: Any, lines: dict[int, tuple[int, int]]
) -> tuple[dict[int, Color], dict[int, Size], dict[int, Style], dict[int, str]]:
    """Colours, sizes, styles and codes of destinations by id; four queries."""
    return (
        {c.id: c for c in ctx.session.scalars(select(Color).where(among(Color.id, {k[1] for k in cells})))},
        {s.id: s for s in ctx.session.scalars(select(Size).where(among(Size.id, {k[2] for k in cells})))},
        {s.id: s for s in ctx.session.scalars(select(Style).where(among(Style.id, {v[0] for v in lines.values()})))},
        dict(
            ctx.session.execute(
                select(Destination.id, Destination.code).where(among(Destination.id, {v[1] for v in lines.values()}))
            ).all()
        ),
    )  # fmt: skip


def shipment(ctx: Ctx, paper: Shipment, saved_only: bool = False) -> list[Block]:
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
