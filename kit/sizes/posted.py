"""Between inputs and the payload of an action: ``lines-3-sizes.pcs.M`` and ``{"sizes": [{"size": "M", "pcs": …}]}``."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.api import Problem, Refused, T
from core.web.api import by_input
from kit.sizes.declared import GridBlock, GridRow, Line, SizeGrid, cells_of

GONE = T("A line was removed by somebody else. Open the document again.")


@dataclass
class PostedLine:
    """The inputs of one line as they were sent: texts of columns, and of cells by (value, key)."""

    key: str = ""
    block: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    cells: dict[tuple[str, str], str] = field(default_factory=dict)
    deleted: bool = False

    @property
    def blank(self) -> bool:
        """Nothing but zeros was typed in it."""
        return not any(text.strip(" 0") for text in (*self.typed.values(), *self.cells.values()))


@dataclass(frozen=True)
class Place:
    """Where a row of the payload stands on the page: its line, that line's block, and the keys of its cells in their order."""

    index: int
    block: int
    cells: Sequence[str]


def posted_lines(grid: SizeGrid, form: Mapping[str, str]) -> dict[int, PostedLine]:
    """Lines by the number in the names of their inputs, in its order. Raises Refused beyond what one form may have."""
    pattern = re.compile(rf"{re.escape(grid.payload.name)}-(\d{{1,6}})-(.+)", re.S)
    start, values = f"{grid.sizes}.", {value.name for value in grid.values}
    found: dict[int, PostedLine] = {}
    count = 0
    for name, text in form.items():
        match = pattern.fullmatch(name)
        if match is None:
            continue
        line = found.setdefault(int(match[1]), PostedLine())
        what = match[2]
        if what.startswith(start):
            value, _, key = what[len(start) :].partition(".")
            if value in values and 0 < len(key) <= 60:
                line.cells[value, key] = text.strip()
                count += 1
        elif what == "id":
            line.key = text
        elif what == "block":
            line.block = text
        elif what == "_delete":
            line.deleted = True
        elif what in grid.inputs:
            line.typed[what] = text.strip()
    if len(found) > grid.most:
        raise Refused(T("At most {n} rows at once; these are {many}.", n=grid.most, many=len(found)))
    if count > grid.most_cells:
        raise Refused(T("At most {n} cells at once; these are {many}.", n=grid.most_cells, many=count))
    return dict(sorted(found.items()))


def numbered(blocks: Sequence[GridBlock]) -> list[GridBlock]:
    """The blocks with the numbers of their inputs."""
    row_index = 0
    for block_index, block in enumerate(blocks):
        block.index = block_index
        for row in block.rows:
            row.index = row_index
            row_index += 1
    return list(blocks)


def take_over(
    grid: SizeGrid, blocks: Sequence[GridBlock], posted: Mapping[int, PostedLine], *, keep: bool = False
) -> list[Problem]:
    """Put what was posted over what is there, each line found by its key. What was typed for a line or a cell that is gone is
    a Problem, never another line's. Without ``keep`` nothing stays of what was not posted."""
    by_key = {line.key: line for line in posted.values()}
    problems = [] if len(by_key) == len(posted) else [Problem(GONE)]
    for _block, line in grid.lines(blocks):
        sent = by_key.pop(line.key, None)
        line.posted = sent is not None
        line.was = dict(line.typed)
        cells = cells_of(line)
        for cell in cells.values():
            cell.was = dict(cell.texts)
        if sent is None:
            if not keep:
                line.typed = {}
                for cell in cells.values():
                    cell.texts = {}
            continue
        line.typed = ({**line.typed} if keep else {}) | {
            name: sent.typed[name] for name in grid.inputs if name in sent.typed
        }
        unplaced = dict(sent.cells)
        for key, cell in cells.items():
            names = [v.name for v in grid.values if (v.name, key) in unplaced]
            typed = {name: unplaced.pop((name, key)) for name in names}
            cell.texts = ({**cell.texts} if keep else {}) | typed
        if any(text.strip(" 0") for text in unplaced.values()):
            problems.append(Problem(GONE))
    if any(not line.blank for line in by_key.values()):
        problems.append(Problem(GONE))
    return problems[:1]


def payload_lines(grid: SizeGrid, blocks: Sequence[GridBlock]) -> tuple[list[dict[str, Any]], list[Place]]:
    """The rows of the payload from lines that were posted, and where each of them stands on the page."""
    rows, places = [], []
    for block, line in grid.lines(blocks):
        if not line.posted:
            continue
        typed, cells = _typed(grid, block, line), _cells(grid, line)
        if grid.changed and not typed and not cells:
            continue
        if not grid.changed and not cells and not any(typed.values()) and not grid.payload.key:
            continue  # an empty row of a document that is replaced as a whole
        rows.append({**line.given, **typed, grid.sizes: [row for _key, row in cells]})
        places.append(Place(line.index, block.index, [key for key, _row in cells]))
    return rows, places


def _typed(grid: SizeGrid, block: GridBlock, line: Line) -> dict[str, str]:
    typed = {name: text for name, text in line.typed.items() if name in grid.inputs}
    if grid.line == "row":
        typed |= {name: text for name, text in block.typed.items() if name in grid.shared}
    if grid.changed:
        typed = {name: text for name, text in typed.items() if text != line.was.get(name, "")}
    return typed


def _cells(grid: SizeGrid, line: Line) -> list[tuple[str, dict[str, str]]]:
    found = []
    for key, cell in cells_of(line).items():
        if grid.changed and all(text == cell.was.get(name, "") for name, text in cell.texts.items()):
            continue
        typed = {v.name: cell.texts.get(v.name) or v.empty for v in grid.values if v.name in cell.texts}
        row = {name: text for name, text in typed.items() if text is not None}
        if row:
            found.append((key, {grid.key: key, **row}))
    return found


def placed(
    grid: SizeGrid,
    problems: Sequence[Problem],
    blocks: Sequence[GridBlock],
    places: Sequence[Place],
    others: Collection[str],
) -> dict[str, list[str]]:
    """Messages by input. What belongs to a line but to none of its inputs is at ``lines-3-sizes``, beside its name; what
    belongs to no line of the page and no input of ``others`` is at the top."""
    first, inputs = grid.values[0].name, set(others)
    named: dict[str, str] = {}
    for _block, line in grid.lines(blocks):
        start = grid.prefix(line.index)
        inputs |= {start + name for name in (*grid.inputs, grid.sizes)}
        for key, cell in cells_of(line).items():
            inputs |= {grid.cell(line.index, value.name, key) for value in grid.values}
            if cell.at:
                named[cell.at] = grid.cell(line.index, first, key)
    if grid.line == "row":
        inputs |= {f"blocks-{block.index}-{name}" for block in blocks for name in grid.shared}
    return by_input(
        [Problem(p.message, named.get(p.field) or _input(grid, p.field, places), p.params) for p in problems],
        inputs,
    )


def _input(grid: SizeGrid, path: str, places: Sequence[Place]) -> str:
    """The input of a path of the payload: ``lines.3.sizes.0.pcs`` → ``lines-7-sizes.pcs.M``."""
    table, _, rest = path.partition(".")
    number, _, inner = rest.partition(".")
    if table != grid.payload.name or not number.isdigit() or int(number) >= len(places):
        return path
    place = places[int(number)]
    names = [value.name for value in grid.values]
    what, _, rest = inner.partition(".")
    if what == grid.sizes:
        at, _, name = rest.partition(".")
        if at.isdigit() and int(at) < len(place.cells):
            return grid.cell(place.index, name if name in names else names[0], place.cells[int(at)])
        return grid.prefix(place.index) + grid.sizes
    if what in grid.inputs:
        return grid.prefix(place.index) + what
    if what in grid.shared:
        return f"blocks-{place.block}-{what}"
    return grid.prefix(place.index) + grid.sizes


def row_of(line: Line) -> GridRow:
    """The row that shows what concerns a line as a whole."""
    return line if isinstance(line, GridRow) else line.rows[0]
