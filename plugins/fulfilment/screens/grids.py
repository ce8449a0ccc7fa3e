"""Rows of an order as blocks of colours × sizes: what sheets, returns and settlements are typed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from core.api import Ctx, T
from kit.sheets import Heading
from kit.sizes import Cell, GridBlock, GridRow
from plugins.fulfilment.services import explaining, rows
from plugins.fulfilment.services.rows import Row

HEADINGS = (
    Heading("style", T("Style"), ("style",)),
    Heading("color", T("Colour"), ("color",)),
    Heading("po", T("Purchase order"), ("po",)),
    Heading("destination", T("Destination"), ("destination",)),
)
Line = tuple[Any, Row]
"""What names a line, and its row."""


def blocks_of(
    ctx: Ctx,
    lines: Iterable[Line],
    row_of: Callable[[Any, Row], GridRow],
    cell_of: Callable[[Any, int, explaining.Cell], Cell],
    several: bool,
    sourced: bool = True,
) -> list[GridBlock]:
    """A block for each vendor and style. ``row_of`` makes a row's frame, ``cell_of`` a cell; with ``several`` orders rows say
    of which they are; ``sourced`` blocks say who delivers."""
    lines = list(lines)
    sizes = rows.sizes_by_id(ctx, (row for _key, row in lines))
    blocks: dict[tuple[str, str, str, int], GridBlock] = {}
    used: dict[int, dict[int, tuple[str, int]]] = {}
    ordered = sorted(lines, key=lambda each: (each[1].vendor or "\uffff", each[1].style, each[1].po))
    for key, row in ordered:
        at = (row.vendor, row.style, row.po, row.style_id)
        block = blocks.get(at)
        if block is None:
            whose = f"{row.vendor} {row.vendor_name} · {row.po}" if row.po_id else str(T("From stock"))
            title = f"{row.style} · {row.vendor}" if row.vendor else row.style
            block = blocks[at] = GridBlock(title, row.style_name, whose if sourced else "")
            used[id(block)] = {}
        made = row_of(key, row)
        where = row.destination or str(T("For stock"))
        about = f"{row.order} · {where}" if several and row.order else where
        made.label = f"{row.color} ({made.name})" if made.name else row.color
        made.name = f"{row.color_name} → {about}"
        made.names = {
            "style": (row.style,),
            "color": (row.color, row.color_name),
            "po": (row.po,),
            "destination": (row.destination,),
        }
        for size_id, cell in row.cells.items():
            made.cells[sizes[size_id][0]] = cell_of(key, size_id, cell)
            used[id(block)][size_id] = sizes[size_id]
        block.rows.append(made)
    for block in blocks.values():
        block.sizes = [
            (code, code) for code, _at in sorted(used[id(block)].values(), key=lambda s: (s[1], s[0]))
        ]
    return list(blocks.values())


def text_of(pieces: int) -> str:
    """Pieces as the text of an input."""
    return str(pieces) if pieces else ""
