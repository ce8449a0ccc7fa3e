"""The rows of a file or of what was pasted: CSV in any encoding, or the first sheet of a workbook."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.api import Refused, T
from core.values import Unreadable, decode_text, fold, settle_mark
from kit.sheets import is_total_row, parse_sheet
from plugins.imports.words import MOST_BYTES, MOST_COLUMNS, MOST_ROWS

UNPACKED = 200 * 1024 * 1024
"""Bytes that a workbook may have inside."""
Rows = list[tuple[int, list[str]]]


def sheet_rows(name: str, data: bytes) -> tuple[list[str], Rows]:
    """(headings, rows with their line numbers) of a file. The first row that is not empty holds the headings; rows of totals
    are left out. Refused, with the reason, for what cannot be read or is too large."""
    if len(data) > MOST_BYTES:
        raise Refused(T("A file has at most {n} MB.", n=MOST_BYTES // 1024 // 1024), "file")
    found = list(_workbook(data) if data.startswith(b"PK\x03\x04") else _text(data))
    if len(found) < 2:
        raise Refused(T("There is nothing to read."), "file")
    (_line, titles), *rows = found
    width = max((at + 1 for at, title in enumerate(titles) if title), default=0)
    if not width:
        raise Refused(T("The first row holds the names of the columns."), "file")
    kept = [(line, [*cells, *[""] * width][:width]) for line, cells in rows if not is_total_row(cells)]
    return [*titles, *[""] * width][:width], kept


def _text(data: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        sheet = parse_sheet(decode_text(data), most_rows=MOST_ROWS + 1, most_letters=MOST_BYTES)
        for row in sheet.rows:
            yield (
                row.line,
                [settle_mark(cell, sheet.mark) if _is_number(cell) else cell for cell in row.cells],
            )
    except Unreadable as error:
        raise Refused(error.message, "file") from error


def _is_number(cell: str) -> bool:
    return bool(cell) and cell.lstrip("+-(").replace(" ", "")[:1].isdigit() and "-" not in cell[1:]


def _workbook(data: bytes) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook  # a fifth of a second, for the few that bring one

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > UNPACKED:
                raise Refused(T("This workbook is too large inside."), "file")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        page: Any = book.worksheets[0]
        for line, row in enumerate(page.iter_rows(values_only=True), 1):
            if line > MOST_ROWS + 1:
                raise Refused(T("At most {n} rows.", n=MOST_ROWS), "file")
            cells = [_cell(value) for value in row[: MOST_COLUMNS + 1]]
            if len(cells) > MOST_COLUMNS and cells[-1]:
                raise Refused(T("At most {n} columns.", n=MOST_COLUMNS), "file")
            if any(cells):
                yield line, cells[:MOST_COLUMNS]
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError) as error:
        raise Refused(T("This workbook cannot be read."), "file") from error


def _cell(value: Any) -> str:
    """A cell as a person would type it: whole numbers without a point, days ISO."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        exact = Decimal(repr(value))
        return f"{exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact.normalize():f}"
    return fold(str(value))
