"""Goods in as a grid: lines of the factory order, colours down and sizes across."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.api import Ctx, pick
from core.db import among
from plugins.catalog.models import Color, Destination, Size, Style
from plugins.factory_stock.models import GoodsIn
from plugins.factory_stock.services import goods_lines
from plugins.outsourcing.services import rows
from plugins.stock.grid import Block, Cell, Row


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
