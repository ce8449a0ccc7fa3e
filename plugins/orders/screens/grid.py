"""The entry grid of a customer order: blocks of one style, destination, ship date and price, with a row per colour."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from core.api import Ctx, Problem, T
from core.db import json_value
from core.values import code_key, parse_id
from kit.lines import Typed
from kit.sizes import Cell, CellValue, Free, GridBlock, GridRow, SizeGrid
from plugins.orders.entities.lines import TABLE
from plugins.orders.models import OrderLine
from plugins.orders.services import lines, lookup
from plugins.orders.services.inputs import LineInput

SHARED = ("style", "destination", "ship_date", "price")
SIZE = re.compile(r"(lines-\d+)-size-(.+)")


def input_lines(blocks: Iterable[GridBlock]) -> list[LineInput]:
    """What the blocks say as lines; untouched rows and blocks are left out, a block without pieces is not."""
    found = []
    for block in blocks:
        at = {name: f"blocks-{block.index}-{name}" for name in SHARED}
        rows = [row for row in block.rows if row.key or _typed_in(row)]
        colors = any(row.typed.get("color", "").strip() for row in block.rows)
        if not rows and (block.typed.get("style", "").strip() or colors):
            rows = block.rows[:1] or [GridRow()]
            if not block.rows:
                at["color"] = at["style"]
        for row in rows:
            typed = block.typed
            found.append(
                LineInput(
                    typed.get("style", ""), row.typed.get("color", ""), typed.get("destination", ""),
                    typed.get("ship_date", ""), typed.get("price", ""),
                    tuple((size, cell.texts.get("pcs", "")) for size, cell in row.cells.items()),
                    id=parse_id(row.key), name=f"lines-{row.index}", at=at,
                )
            )  # fmt: skip
    return found


def at_cells(problems: Iterable[Problem]) -> list[Problem]:
    """Problems of sizes at the inputs of their cells."""
    return [
        replace(p, field=GRID.cell(int(match[1].partition("-")[2]), "pcs", match[2]))
        if (match := SIZE.fullmatch(p.field))
        else p
        for p in problems
    ]


def line_blocks(found: Sequence[OrderLine]) -> list[GridBlock]:
    """The order's lines as blocks."""
    blocks: dict[tuple[object, ...], GridBlock] = {}
    for index, line in enumerate(found):
        place = (line.order_style_id, line.destination_id, line.ship_date, line.price)
        shared = (
            line.order_style.style.code,
            line.destination.code,
            line.ship_date.isoformat(),
            written(line.price),
        )
        block = blocks.setdefault(
            place, GridBlock(typed=dict(zip(SHARED, shared, strict=True)), index=len(blocks))
        )
        cells = {size.size.code: Cell({"pcs": str(size.qty) if size.qty else ""}) for size in line.sizes}
        block.rows.append(GridRow(str(line.id), typed={"color": line.color.code}, cells=cells, index=index))
    return list(blocks.values())


def text_blocks(typed: Iterable[LineInput], first_block: int, first_row: int) -> list[GridBlock]:
    """Lines read from text as further blocks of the grid."""
    blocks: dict[tuple[str, ...], GridBlock] = {}
    for number, line in enumerate(typed):
        day = (
            line.ship_date.isoformat() if not isinstance(line.ship_date, str | None) else line.ship_date or ""
        )
        shared = (line.style, line.destination, day, str(line.price or ""))
        place = (code_key(line.style), code_key(line.destination), *shared[2:])
        block = blocks.setdefault(
            place,
            GridBlock(typed=dict(zip(SHARED, shared, strict=True)), index=first_block + len(blocks)),
        )
        cells = {size: Cell({"pcs": str(pieces)}) for size, pieces in line.sizes}
        block.rows.append(GridRow(typed={"color": line.color}, cells=cells, index=first_row + number))
    return list(blocks.values())


def dress(
    ctx: Ctx,
    blocks: Sequence[GridBlock],
    held: Mapping[int, Mapping[str, int]] | None = None,
    first_row: int = 0,
) -> dict[str, list[str]]:
    """Give blocks their size columns, colours and names. A typed size that is not of the run keeps its column; a style
    without rows gets one for each of its colours, numbered from ``first_row`` or after the last. A fixed number of
    queries. Returns messages at styles that do not exist."""
    found = lookup.lookup_codes(ctx, [b.typed.get("style", "") for b in blocks])
    unknown: dict[str, list[str]] = {}
    following = max(first_row, 1 + max((row.index for block in blocks for row in block.rows), default=-1))
    for block in blocks:
        style = block.typed.get("style", "")
        info = found.style(style)
        sizes: list[str] = []
        if info is not None:
            block.name = info.name
            sizes = [size.code for size in info.sizes.values()]
            block.offers = [(color.code, lookup.named(color)) for color in info.colors.values()]
            if not block.rows:
                block.rows = [
                    GridRow(typed={"color": code}, index=following + n)
                    for n, (code, _name) in enumerate(block.offers)
                ]
                following += len(block.rows)
        elif style.strip():
            unknown[f"blocks-{block.index}-style"] = [
                str(T("There is no style “{code}”.", code=style.strip()))
            ]
        names = {code_key(code): name for code, name in block.offers}
        run = {code_key(code): code for code in sizes}
        for row in block.rows:
            row.name = names.get(code_key(row.typed.get("color", "")), "")
            mine = (held or {}).get(parse_id(row.key) or 0, {})
            cells = {}
            for size, cell in row.cells.items():
                code = run.get(info.size(size), size) if info is not None else size
                code = size if code in cells else code
                if code not in sizes and (cell.texts.get("pcs", "").strip() or row.key):
                    sizes.append(code)
                cells[code] = cell
            row.cells = cells
            for size in sizes:
                cell = row.cells.setdefault(size, Cell())
                if mine.get(size):
                    cell.hint, cell.why = f"≥ {mine[size]:,}", str(T("On factory orders"))
        for row in block.rows:  # a size that a later row brought
            for size in sizes:
                row.cells.setdefault(size, Cell())
        block.sizes = [(size, size) for size in sizes]
    return unknown


def written(price: Decimal | None) -> str:
    """A price as people write it."""
    return "" if price is None else str(json_value(price))


def _typed_in(row: GridRow) -> bool:
    return any(cell.texts.get("pcs", "").strip() for cell in row.cells.values())


GRID = SizeGrid(
    TABLE,
    (CellValue("pcs", T("Pieces")),),
    lambda ctx, order: line_blocks(lines.order_lines(ctx, order)),
    block_columns=tuple(Typed(name) for name in SHARED),
    row_columns=(Typed("color"),),
    price="price",
    free=Free("style", "color", T("Style block"), T("Colour")),
)
