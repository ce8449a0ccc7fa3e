"""Text copied out of a spreadsheet, or the text of a CSV file, as rows of cells that know their line."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import cached_property

from core.api import T, Text
from core.values import Mark, Unreadable, decimal_mark, fold

MOST_ROWS = 2000
MOST_CELLS = 200
MOST_LETTERS = 2_000_000
_GROUPED = re.compile(r"\s*\d{1,3}(,\d{3})*(\.\d+)?\s*")


@dataclass(frozen=True)
class SheetRow:
    """One row that is not empty. ``line``: as it is counted in what was pasted, the first is 1, empty ones count."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class PastedSheet:
    """Rows of equally many cells, blanks around them gone. ``separator`` is what stood between the cells."""

    rows: tuple[SheetRow, ...]
    separator: str

    @cached_property
    def mark(self) -> Mark | None:
        """What stands before decimals in it, as far as its cells show."""
        return decimal_mark((cell for row in self.rows for cell in row.cells), self.separator)


def parse_sheet(text: str, *, most_rows: int = MOST_ROWS, most_letters: int = MOST_LETTERS) -> PastedSheet:
    """The rows of a sheet: cells split by tabs, quoted where they hold line breaks.

    Text without any tab is split by commas or semicolons instead (a CSV file opened as text), unless it is a column of
    numbers with thousands commas. Raises Unreadable beyond ``most_rows``, 200 columns or ``most_letters``, and where a quote is
    never closed.
    """
    if len(text) > most_letters:
        raise Unreadable(_too_large(most_rows))
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    separator = _separator(text)
    rows: list[SheetRow] = []
    try:
        for line, cells in enumerate(csv.reader(io.StringIO(text), delimiter=separator), 1):
            typed = tuple(fold(cell) for cell in cells)
            if len(typed) > MOST_CELLS or line > most_rows:
                raise Unreadable(_too_large(most_rows))
            if any(typed):
                rows.append(SheetRow(line, typed))
    except csv.Error as error:
        raise Unreadable(T("A cell of this sheet cannot be read: {why}", why=str(error))) from error
    width = max((len(row.cells) for row in rows), default=0)
    return PastedSheet(
        tuple(SheetRow(row.line, row.cells + ("",) * (width - len(row.cells))) for row in rows), separator
    )


def _separator(text: str) -> str:
    if "\t" in text or all(_GROUPED.fullmatch(line) for line in text.splitlines() if line.strip()):
        return "\t"
    return ";" if text.count(";") > text.count(",") else ","


def _too_large(most_rows: int) -> Text:
    return T(
        "This is too large: at most {rows} rows and {columns} columns.",
        rows=f"{most_rows:,}",
        columns=MOST_CELLS,
    )
