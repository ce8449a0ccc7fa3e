"""The rows of a pasted sheet, each text by the name of its column: headings in any order, totals compared, marks settled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.api import Problem, Refused, T, Text
from core.values import Unreadable, settle_mark
from kit.sheets.headings import Heading, match_headings, quoted, unknown_headings
from kit.sheets.sheet import SheetRow, parse_sheet
from kit.sheets.totals import compare_totals, is_total_row


@dataclass(frozen=True)
class SheetColumns:
    """The columns that one kind of sheet may have.

    headings  what they are called; ``number`` marks those of numbers, ``sum`` those whose totals are compared
    order     their order in a sheet without headings; empty: headings are needed
    least     so many known headings make the first row a row of headings
    further   the name of a column that only this sheet can have, by its heading (a size); "" for none. Its cells are numbers
    needed    the column without which a row says nothing; a row of headings has it
    unknown   what is said of headings that are no column, given their names in quotes
    most      most rows
    """

    headings: tuple[Heading, ...]
    order: tuple[str, ...] = ()
    least: int = 2
    further: Callable[[str], str] | None = None
    needed: str = ""
    unknown: Callable[[str], Text] = lambda names: T(
        "{names}: no column of this table is called so.", names=names
    )
    most: int = 2000


@dataclass(frozen=True)
class SheetLine:
    """One row: ``texts`` by column name. Numbers in them mean the same wherever they go on to. ``line`` as pasted, from 1."""

    line: int
    texts: dict[str, str]

    def problem(self, message: Text | str, field: str) -> Problem:
        """Something wrong with this row, at the input that the sheet was pasted into."""
        return Problem(T("Line {n}: {message}", n=self.line, message=message), field, {"line": self.line})


def sheet_lines(
    text: str, columns: SheetColumns, field: str, *, leave_out: bool = False
) -> tuple[list[SheetLine], list[Problem]]:
    """The rows of a pasted sheet that are no totals, and what is wrong with single rows, at ``field``.

    Raises Refused at ``field``: nothing to read, columns that are not known (``leave_out`` skips them), too many rows.
    """
    try:
        sheet = parse_sheet(text)
    except Unreadable as error:
        raise Refused(error.message, field) from error
    if not sheet.rows:
        raise Refused(T("There is nothing to read."), field)
    titles, names, rows = _headed(sheet.rows, columns, field, leave_out)
    if not rows:
        raise Refused(T("There is nothing to read."), field)
    if len(rows) > columns.most:
        raise Refused(T("At most {n} rows at once; these are {many}.", n=columns.most, many=len(rows)), field)
    by_name = {h.name: h for h in columns.headings}
    summed = {at: titles[at] for at, name in enumerate(names) if name in by_name and by_name[name].sum}
    problems = compare_totals(rows, summed, field, sheet.mark)
    found = []
    for row in rows:
        if is_total_row(row.cells):
            continue
        line = SheetLine(row.line, {})
        try:
            for name, cell in zip(names, row.cells, strict=False):
                number = name not in by_name or by_name[name].number
                if name:
                    line.texts[name] = settle_mark(cell, sheet.mark) if number else cell
        except Unreadable as error:
            problems.append(line.problem(error.message, field))
        else:
            found.append(line)
    return found, problems


def _headed(
    rows: Sequence[SheetRow], columns: SheetColumns, field: str, leave_out: bool
) -> tuple[Sequence[str], list[str], Sequence[SheetRow]]:
    """What the columns are called in the sheet, their names ("" for one that is skipped), and the rows below."""
    titles = rows[0].cells
    names = match_headings(titles, columns.headings)
    if columns.further is not None:
        names = [columns.further(title) or name for title, name in zip(titles, names, strict=True)]
    if columns.order and sum(1 for name in names if name) < columns.least:
        return columns.order, list(columns.order[: len(titles)]), rows
    unknown = unknown_headings(titles, names)
    if unknown and not leave_out:
        raise Refused(columns.unknown(quoted(unknown)), field)
    if columns.needed and columns.needed not in names:
        called = next(h.label or h.name for h in columns.headings if h.name == columns.needed)
        raise Refused(T("A column with the heading “{name}” is needed.", name=called), field)
    return titles, names, rows[1:]
