"""Lines pasted from a spreadsheet: a heading row names the columns, every other column is a size.

Wide tables have a column per size; long ones a row per size with the columns *size* and *qty*. An empty style,
destination, ship date or price means "as above" (merged cells), the price of another style only where the cell says so.
A new heading row starts a new table; rows of totals are compared with what stands above them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute

from core.api import Problem, Refused, T
from core.values import Mark, Unreadable, code_key, settle_mark
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
from plugins.catalog.api import size_key
from plugins.orders.services.inputs import LineInput
from plugins.orders.services.quick_entry import at_line

HEADINGS = (
    Heading("style", T("Style"), ("style",)),
    Heading("color", T("Colour"), ("color",)),
    Heading("destination", T("Destination"), ("destination",)),
    Heading("ship_date", T("Ship date"), ("ship_date",)),
    Heading("price", T("Price"), ("price",)),
    Heading("qty", T("Pieces"), ("pieces",)),
    Heading("size", T("Size"), ("size",)),
)
CARRIED = ("style", "destination", "ship_date", "price")
LONG = {"size", "qty"}


@dataclass
class _Row:
    """One line so far; rows of a long table add their size to it."""

    number: int
    values: dict[str, str]
    sizes: list[tuple[str, str]] = attribute(default_factory=list)
    total: str = ""


@dataclass
class _Table:
    """Rows under one heading."""

    heading: SheetRow
    names: list[str]
    rows: list[SheetRow] = attribute(default_factory=list)

    @property
    def long(self) -> bool:
        """A row per size."""
        return set(self.names) >= LONG

    def numbers(self) -> dict[int, str]:
        """The columns that totals add up: sizes and the quantity."""
        return {
            at: title
            for at, (title, name) in enumerate(zip(self.heading.cells, self.names, strict=True))
            if title and name in ("", "qty")
        }


def parse(
    text: str,
    defaults: Mapping[str, str],
    field: str = "text",
    sizes: Collection[str] | None = None,
    leave_out: bool = False,
) -> tuple[list[LineInput], list[Problem]]:
    """Lines of a pasted table; ``defaults`` fill style, destination, ship date and price where the table has none.

    ``sizes``: every size code there is, by :func:`plugins.catalog.services.spoken_names.size_key`; a column that is called
    otherwise is named as unknown, or with ``leave_out`` left out. Input names are ``<field>-<line>-…``:
    :func:`plugins.orders.services.text_entry.by_line` turns them into messages per line of what was
    pasted. Raises Refused where there is no table to read.
    """
    try:
        sheet = parse_sheet(text)
    except Unreadable as error:
        raise Refused(error.message, field) from error
    tables = _tables(sheet.rows, field)

    def known(heading: str) -> bool:
        return sizes is None or size_key(heading) in sizes

    problems: list[Problem] = []
    lines: list[LineInput] = []
    for table in tables:
        unknown = unknown_headings(table.heading.cells, table.names, known)
        table.names = [
            "-" if title and not name and not known(title) else name
            for title, name in zip(table.heading.cells, table.names, strict=True)
        ]
        if unknown and not leave_out:
            problems.append(
                at_line(
                    table.heading.line,
                    T("{names}: neither a size nor a column that is known here.", names=quoted(unknown)),
                    field,
                )
            )
            continue
        found, wrong = _lines(table, defaults, field, sheet.mark)
        lines += found
        problems += wrong
    if not lines and not problems:
        raise Refused(T("There is nothing to read."), field)
    return lines, problems


def _tables(rows: Sequence[SheetRow], field: str) -> list[_Table]:
    tables: list[_Table] = []
    for row in rows:
        names = match_headings(row.cells, HEADINGS)
        if is_heading(row.cells, names):
            tables.append(_Table(row, names))
        elif not tables:
            raise Refused(T("The first row must name the columns: Style, Colour, …, and the sizes."), field)
        else:
            tables[-1].rows.append(row)
    return tables


def is_heading(cells: Sequence[str], names: Sequence[str]) -> bool:
    """Does this row name columns? It has the word for colour or style, or for size and quantity, and no number but sizes."""
    return not is_total_row(cells) and (bool({*names} & {"style", "color"}) or {*names} >= LONG)


def _lines(
    table: _Table, defaults: Mapping[str, str], field: str, mark: Mark | None
) -> tuple[list[LineInput], list[Problem]]:
    rows: list[_Row] = []
    problems = compare_totals(table.rows, table.numbers(), field, mark)
    above: dict[str, str] = {}
    merged: dict[tuple[str, ...], _Row] = {}
    for each in table.rows:
        if is_total_row(each.cells):
            continue
        row = _row(table, each, above, defaults, field)
        if isinstance(row, Problem):
            problems.append(row)
            continue
        place = tuple(code_key(value) for value in row.values.values())
        if table.long and place in merged:
            merged[place].sizes += row.sizes
            continue
        merged[place] = row
        rows.append(row)
    lines = []
    for row in rows:
        try:
            lines.append(_line(row, f"{field}-{row.number}", mark))
        except Unreadable as error:
            problems.append(at_line(row.number, error.message, field))
    return lines, problems


def _row(
    table: _Table, each: SheetRow, above: dict[str, str], defaults: Mapping[str, str], field: str
) -> _Row | Problem:
    row = _Row(each.line, {"style": "", "color": "", "destination": "", "ship_date": "", "price": ""})
    size = pieces = ""
    for title, name, cell in zip(table.heading.cells, table.names, each.cells, strict=True):
        if name == "-":
            continue
        if name in row.values:
            row.values[name] = cell
        elif name == "size":
            size = cell
        elif name == "qty":
            pieces = row.total = cell
        elif title and cell:
            row.sizes.append((title, cell))
        elif cell:
            return at_line(each.line, T("“{value}” stands in a column without a heading.", value=cell), field)
    if table.long:
        row.total, row.sizes = "", [(size, pieces)]
    if row.values["style"] and code_key(row.values["style"]) != code_key(above.get("style", "")):
        above.pop("price", None)  # what is said of a style ends with it
    for name in CARRIED:
        row.values[name] = above[name] = row.values[name] or above.get(name) or defaults.get(name, "")
    return row


def _line(row: _Row, name: str, mark: Mark | None) -> LineInput:
    sizes = tuple((size, settle_mark(pieces, mark)) for size, pieces in row.sizes)
    return LineInput(
        style=row.values["style"], color=row.values["color"], destination=row.values["destination"],
        ship_date=row.values["ship_date"], price=settle_mark(row.values["price"], mark), sizes=sizes,
        qty=settle_mark(row.total, mark) or None, name=name, line=row.number, at={"qty": f"{name}-qty"},
    )  # fmt: skip
