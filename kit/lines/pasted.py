"""A sheet pasted beside the table becomes rows of it: columns by their headings, or in the order of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.api import Problem, Refused, T, Text
from core.values import Unreadable, settle_mark
from kit.lines.declared import LineRow, LineTable, Nested, Typed
from kit.sheets import (
    Heading,
    SheetRow,
    compare_totals,
    is_total_row,
    match_headings,
    parse_sheet,
    quoted,
    unknown_headings,
)


def headings(table: LineTable) -> list[Heading]:
    """What a sheet may call the columns of a table."""
    found = []
    for column in table.columns:
        if isinstance(column, Typed):
            found.append(Heading(column.name, table.fields[column.name].label, column.kinds, column.words))
        elif isinstance(column, Nested):
            found.append(Heading(column.field.name, column.field.label, column.kinds))
    return found


def rows_from_sheet(table: LineTable, text: str, field: str, *, leave_out: bool = False) -> list[LineRow]:
    """The rows of a pasted sheet.

    Raises Refused at ``field``: columns that are not known (``leave_out`` skips them), totals that differ from what stands
    above them, more rows than a form may have.
    """
    try:
        sheet = parse_sheet(text)
    except Unreadable as error:
        raise Refused(error.message, field) from error
    if not sheet.rows:
        raise Refused(T("There is nothing to read."), field)
    first = sheet.rows[0]
    names: Sequence[str] = match_headings(first.cells, headings(table))
    rows: Sequence[SheetRow] = sheet.rows
    if sum(1 for name in names if name) >= min(2, len(table.inputs)):
        unknown = unknown_headings(first.cells, names)
        if unknown and not leave_out:
            raise Refused(_unknown(unknown), field)
        rows = rows[1:]
    else:
        names = table.inputs[: len(first.cells)]
    if len(rows) > table.most:
        raise Refused(T("At most {n} rows at once; these are {many}.", n=table.most, many=len(rows)), field)
    numbers = {name for name, spec in table.fields.items() if spec.numeric}
    added = {at: first.cells[at] for at, name in enumerate(names) if name in _summed(table)}
    problems = compare_totals(rows, added, field, sheet.mark)
    found = []
    for row in rows:
        if is_total_row(row.cells):
            continue
        try:
            typed = {
                name: settle_mark(cell, sheet.mark) if name in numbers else cell
                for name, cell in zip(names, row.cells, strict=False)
                if name
            }
        except Unreadable as error:
            problems.append(
                Problem(
                    T("Line {n}: {message}", n=row.line, message=error.message), field, {"line": row.line}
                )
            )
            continue
        found.append(LineRow(typed={**table.starts, **typed}))
    if problems:
        raise Refused(problems)
    return found


def numbered(rows: Sequence[LineRow], first: int) -> list[LineRow]:
    """Rows with the numbers of their inputs from ``first`` on."""
    return [replace(row, index=first + n) for n, row in enumerate(rows)]


def _summed(table: LineTable) -> set[str]:
    return {c.name for c in table.columns if isinstance(c, Typed) and c.sum}


def _unknown(names: Sequence[str]) -> Text:
    return T("{names}: no column of this table is called so.", names=quoted(names))
