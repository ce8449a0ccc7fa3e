"""Text pasted from a spreadsheet as rows of cells."""

from __future__ import annotations

import csv
import io
import re

NUMBERS = re.compile(r"\s*\d{1,3}(,\d{3})*(\.\d+)?\s*")
MOST_ROWS = 2000
MOST_CELLS = 200


def parse_grid(text: str) -> list[list[str]]:
    """Rows of cells from text copied out of a spreadsheet: cells split by tabs, quoted where they hold line breaks.

    Text without any tab is split by commas or semicolons instead (a CSV file opened as text), unless it is a column of
    numbers with thousands commas. Blanks around cells and empty rows at either end go; short rows are filled up, so
    that every row has the same number of cells.
    Raises ValueError beyond 2,000 rows, 200 columns or 131,072 characters in a cell.
    """
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    delimiter = "\t"
    if "\t" not in text and not all(NUMBERS.fullmatch(line) for line in text.splitlines() if line.strip()):
        delimiter = ";" if text.count(";") > text.count(",") else ","
    rows = []
    try:
        for cells in csv.reader(io.StringIO(text), delimiter=delimiter):
            rows.append([" ".join(cell.split()) for cell in cells])
            if len(rows) > MOST_ROWS:
                raise ValueError("too many rows")
    except csv.Error as error:
        raise ValueError(f"a cell cannot be read: {error}") from error
    while rows and not any(rows[-1]):
        rows.pop()
    while rows and not any(rows[0]):
        rows.pop(0)
    width = max((len(row) for row in rows), default=0)
    if width > MOST_CELLS:
        raise ValueError("too many columns")
    return [row + [""] * (width - len(row)) for row in rows]
