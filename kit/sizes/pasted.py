"""A sheet with sizes as columns goes onto the rows of a grid: each of its rows finds the one it names, or says why not."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Problem, Refused, T
from core.values import Unreadable, code_key, parse_pieces, settle_mark
from kit.lines import Typed
from kit.sheets import (
    Heading,
    PastedSheet,
    SheetRow,
    compare_totals,
    is_total_row,
    match_headings,
    parse_sheet,
    quoted,
    unknown_headings,
)
from kit.sizes.declared import GridBlock, GridRow, SizeGrid

TOTAL = "qty"


def fill_from_sheet(
    grid: SizeGrid, blocks: Sequence[GridBlock], text: str, field: str, *, leave_out: bool = False
) -> int:
    """Put the cells of a pasted sheet into the rows that it names; returns how many rows were filled.

    Raises Refused at ``field`` with every row that cannot be placed: columns that are neither known nor sizes (``leave_out``
    skips them), a row that fits none or several, a size that its row has not, sums that are not what they say.
    """
    try:
        sheet = parse_sheet(text)
    except Unreadable as error:
        raise Refused(error.message, field) from error
    if not sheet.rows:
        raise Refused(T("There is nothing to read."), field)
    if len(sheet.rows) > grid.most + 1:
        raise Refused(
            T("At most {n} rows at once; these are {many}.", n=grid.most, many=len(sheet.rows) - 1), field
        )
    first = sheet.rows[0]
    names = match_headings(first.cells, _headings(grid))
    sizes = {
        at: title
        for at, (title, name) in enumerate(zip(first.cells, names, strict=True))
        if title and not name and code_key(title) in _labels(blocks)
    }
    unknown = unknown_headings(first.cells, names, lambda title: code_key(title) in _labels(blocks))
    if not sizes or not any(names):
        raise Refused(T("The first row must name the columns: Style, Colour, …, and the sizes."), field)
    if unknown and not leave_out:
        raise Refused(
            T("{names}: neither a size nor a column that is known here.", names=quoted(unknown)), field
        )
    problems = compare_totals(sheet.rows[1:], sizes, field, sheet.mark)
    filled: dict[int, int] = {}
    for row in sheet.rows[1:]:
        if is_total_row(row.cells):
            continue
        try:
            _fill(grid, blocks, sheet, row, names, sizes, filled)
        except Unreadable as error:
            message = T("Line {n}: {message}", n=row.line, message=error.message)
            problems.append(Problem(message, field, {"line": row.line}))
    if problems:
        raise Refused(problems)
    return len(filled)


def _fill(
    grid: SizeGrid,
    blocks: Sequence[GridBlock],
    sheet: PastedSheet,
    row: SheetRow,
    names: Sequence[str],
    sizes: dict[int, str],
    filled: dict[int, int],
) -> None:
    """One row of the sheet. Raises Unreadable with what is wrong with it."""
    said = {name: row.cells[at] for at, name in enumerate(names) if name and row.cells[at]}
    found = [(block, each) for block in blocks for each in block.rows if _meant(grid, each, said)]
    if len(found) != 1:
        what = ", ".join(said.get(h.name, "") for h in grid.sheet if said.get(h.name))
        if found:
            raise Unreadable(T("“{what}” fits several rows: give a further column.", what=what))
        raise Unreadable(T("There is no row for “{what}” here.", what=what))
    block, target = found[0]
    if target.index in filled:
        raise Unreadable(T("It names the same row as line {n}.", n=filled[target.index]))
    by_label = {code_key(label): key for key, label in block.sizes}
    total = 0
    typed: dict[str, str] = {}
    for at, title in sizes.items():
        text = settle_mark(row.cells[at], sheet.mark)
        pieces = parse_pieces(text)
        key = by_label.get(code_key(title), "")
        if key not in target.cells:
            if pieces:
                raise Unreadable(T("There is no size {size} in this row.", size=title))
            continue
        typed[key] = str(pieces) if pieces else ""
        total += pieces
    if TOTAL in said and parse_pieces(settle_mark(said[TOTAL], sheet.mark)) != total:
        raise Unreadable(T("The sizes add up to {sum}, not to {total}.", sum=total, total=said[TOTAL]))
    filled[target.index] = row.line
    for key, text in typed.items():
        target.cells[key].texts[grid.values[0].name] = text
    for column in grid.row_columns:
        if isinstance(column, Typed) and column.name in said:
            target.typed[column.name] = settle_mark(said[column.name], sheet.mark)


def _headings(grid: SizeGrid) -> list[Heading]:
    typed = [
        Heading(c.name, grid.fields[c.name].label, c.kinds, c.words)
        for c in grid.row_columns
        if isinstance(c, Typed)
    ]
    return [*grid.sheet, *typed, Heading(TOTAL, T("Total"), ("pieces",))]


def _labels(blocks: Sequence[GridBlock]) -> set[str]:
    return {code_key(label) for block in blocks for _key, label in block.sizes}


def _meant(grid: SizeGrid, row: GridRow, said: dict[str, str]) -> bool:
    """Does a row of the sheet name this one? Every column that says something must fit."""
    named = [h.name for h in grid.sheet if h.name in said]
    return bool(named) and all(
        code_key(said[name]) in {code_key(text) for text in row.names.get(name, ())} for name in named
    )
