"""A sheet pasted beside the table becomes rows of it: columns by their headings, or in the order of the table."""

from __future__ import annotations

from core.api import Refused
from kit.lines.declared import LineRow, LineTable, Nested, Typed
from kit.sheets import Heading, SheetColumns, sheet_lines


def sheet_columns(table: LineTable) -> SheetColumns:
    """What a sheet may call the columns of a table."""
    found = []
    for column in table.leaves:
        if isinstance(column, Typed):
            spec = table.fields[column.name]
            found.append(
                Heading(
                    column.name, spec.label, column.kinds, column.words, number=spec.numeric, sum=column.sum
                )
            )
        elif isinstance(column, Nested):
            found.append(Heading(column.field.name, column.field.label, column.kinds))
    names = tuple(heading.name for heading in found)
    return SheetColumns(tuple(found), order=names, least=min(2, len(names)), most=table.most)


def rows_from_sheet(table: LineTable, text: str, field: str, *, leave_out: bool = False) -> list[LineRow]:
    """The rows of a pasted sheet.

    Raises Refused at ``field``: columns that are not known (``leave_out`` skips them), totals that differ from what stands
    above them, more rows than a form may have.
    """
    lines, problems = sheet_lines(text, sheet_columns(table), field, leave_out=leave_out)
    if problems:
        raise Refused(problems)
    return [LineRow(typed={**table.starts, **line.texts}) for line in lines]
