"""The entry grid as plain values: blocks of one style, destination, ship date and price, with a row per colour.

Inputs are called ``blocks-<b>-style`` (``-destination``, ``-ship_date``, ``-price``) and ``lines-<n>-block``, ``-id``,
``-color``, ``-size-<code>``, ``-remove``. What was typed is kept as typed, so that a refused page shows it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.api import Ctx
from core.db import json_value
from core.values import Unreadable, code_key, parse_id, parse_pieces
from plugins.orders.models import OrderLine
from plugins.orders.services import lookup
from plugins.orders.services.inputs import LineInput

SHARED = ("style", "destination", "ship_date", "price")
BLOCK = re.compile(r"blocks-(\d{1,6})-(style|destination|ship_date|price)")
ROW = re.compile(r"lines-(\d{1,6})-(block|id|color|remove|size-(.+))")


@dataclass
class Row:
    """A colour of a block: pieces as typed by size code."""

    index: int
    color: str = ""
    id: int | None = None
    cells: dict[str, str] = field(default_factory=dict)
    color_name: str = ""
    held: dict[str, int] = field(default_factory=dict)

    @property
    def blank(self) -> bool:
        """Nothing was typed into the cells of a row that is not saved yet."""
        return self.id is None and not any(cell.strip() for cell in self.cells.values())

    @property
    def total(self) -> int:
        """Pieces, as far as they can be read."""
        return sum(_pieces(cell) for cell in self.cells.values())


@dataclass
class Block:
    """Rows that share style, destination, ship date and price. ``sizes`` are the columns, ``colors`` what may be chosen."""

    index: int
    style: str = ""
    destination: str = ""
    ship_date: str = ""
    price: str = ""
    rows: list[Row] = field(default_factory=list)
    sizes: list[str] = field(default_factory=list)
    colors: list[tuple[str, str]] = field(default_factory=list)
    name: str = ""
    known: bool = False

    @property
    def blank(self) -> bool:
        """Nothing was typed anywhere in it."""
        return not self.style.strip() and all(row.blank and not row.color.strip() for row in self.rows)

    def total(self, size: str) -> int:
        """Pieces of one size over all colours."""
        return sum(_pieces(row.cells.get(size, "")) for row in self.rows)


def read(form: Mapping[str, str]) -> list[Block]:
    """The blocks that were posted, in the order of their numbers; rows marked for removal are left out."""
    blocks: dict[int, Block] = {}
    rows: dict[int, Row] = {}
    places: dict[int, int] = {}
    removed: set[int] = set()
    for name in form:
        if match := BLOCK.fullmatch(name):
            setattr(blocks.setdefault(int(match[1]), Block(int(match[1]))), match[2], form[name])
        elif match := ROW.fullmatch(name):
            index, what, size = int(match[1]), match[2], match[3]
            row = rows.setdefault(index, Row(index))
            if size:
                row.cells[size] = form[name]
            elif what == "block":
                number = parse_id(form[name])
                places[index] = -1 if number is None else number
            elif what == "id":
                row.id = parse_id(form[name])
            elif what == "color":
                row.color = form[name]
            else:
                removed.add(index)
    for index, row in sorted(rows.items()):
        if index not in removed and places.get(index) in blocks:
            blocks[places[index]].rows.append(row)
    return [blocks[index] for index in sorted(blocks)]


def inputs(blocks: Iterable[Block]) -> list[LineInput]:
    """What the blocks say as lines; untouched rows and blocks are left out, a block without pieces is not."""
    found = []
    for block in blocks:
        at = {name: f"blocks-{block.index}-{name}" for name in SHARED}
        rows = [row for row in block.rows if not row.blank]
        if not rows and not block.blank:
            rows = block.rows[:1] or [Row(0)]
            if not block.rows:
                at["color"] = at["style"]
        for row in rows:
            found.append(
                LineInput(
                    block.style, row.color, block.destination, block.ship_date, block.price,
                    tuple((size, cell) for size, cell in row.cells.items()), id=row.id, name=f"lines-{row.index}", at=at,
                )
            )  # fmt: skip
    return found


def of_lines(lines: Sequence[OrderLine], held: Mapping[tuple[int, int], int]) -> list[Block]:
    """The order's lines as blocks; ``held`` are pieces on factory orders by (line, size)."""
    blocks: dict[tuple[object, ...], Block] = {}
    for index, line in enumerate(lines):
        place = (line.order_style_id, line.destination_id, line.ship_date, line.price)
        block = blocks.setdefault(
            place,
            Block(len(blocks), line.order_style.style.code, line.destination.code, line.ship_date.isoformat(),
                  written(line.price)),
        )  # fmt: skip
        row = Row(index, line.color.code, line.id)
        for size in line.sizes:
            row.cells[size.size.code] = str(size.qty) if size.qty else ""
            if held.get((line.id, size.size_id)):
                row.held[size.size.code] = held[line.id, size.size_id]
        block.rows.append(row)
    return list(blocks.values())


def of_inputs(typed: Iterable[LineInput], first_block: int, first_row: int) -> list[Block]:
    """Lines read from text as further blocks of the grid."""
    blocks: dict[tuple[str, ...], Block] = {}
    for number, line in enumerate(typed):
        day = (
            line.ship_date.isoformat() if not isinstance(line.ship_date, str | None) else line.ship_date or ""
        )
        place = (code_key(line.style), code_key(line.destination), day, str(line.price or ""))
        block = blocks.setdefault(
            place, Block(first_block + len(blocks), line.style, line.destination, day, str(line.price or ""))
        )
        row = Row(first_row + number, line.color)
        for size, pieces in line.sizes:
            row.cells[size] = str(pieces)
        block.rows.append(row)
    return list(blocks.values())


def dress(
    ctx: Ctx, blocks: Sequence[Block], held: Mapping[int, Mapping[str, int]] | None = None, first_row: int = 0
) -> None:
    """Give blocks their size columns, colours and names. A typed size that is not of the run keeps its column; a style
    without rows gets one for each of its colours, numbered from ``first_row`` or after the last. A fixed number of
    queries."""
    found = lookup.load(ctx, [b.style for b in blocks])
    following = max(first_row, 1 + max((row.index for block in blocks for row in block.rows), default=-1))
    for block in blocks:
        info = found.style(block.style)
        block.known = info is not None
        if info is not None:
            block.name = info.name
            block.sizes = [size.code for size in info.sizes.values()]
            block.colors = [(color.code, lookup.named(color)) for color in info.colors.values()]
            if not block.rows:
                block.rows = [Row(following + n, code) for n, (code, _name) in enumerate(block.colors)]
                following += len(block.rows)
        names = {code_key(code): name for code, name in block.colors}
        run = {code_key(code): code for code in block.sizes}
        for row in block.rows:
            row.color_name = names.get(code_key(row.color), "")
            row.held = dict((held or {}).get(row.id or 0, row.held))
            row.cells = {
                (run.get(info.size(size), size) if info else size): cell for size, cell in row.cells.items()
            }
            block.sizes += [
                s for s, cell in row.cells.items() if s not in block.sizes and (cell.strip() or row.id)
            ]


def written(price: Decimal | None) -> str:
    """A price as people write it."""
    return "" if price is None else str(json_value(price))


def _pieces(cell: str) -> int:
    try:
        return parse_pieces(cell)
    except Unreadable:
        return 0
