"""A list as an XLSX workbook, with real numbers and days where a spreadsheet can hold them exactly."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from core.api import Refused, T
from core.base_api import CellValue, Sheet

MAX_ROWS = 1_000_000
PIECE = 2**16
EXACT_DIGITS = 15
"""Spreadsheets keep numbers as binary floats: beyond so many digits an amount is written as text."""


def write_xlsx(sheet: Sheet) -> Iterator[bytes]:
    """The list as a workbook. Raises Refused beyond a million rows."""
    book = Workbook(write_only=True)
    page: Any = book.create_sheet(_page_name(sheet.title))
    page.freeze_panes = "A2"
    for index, column in enumerate(sheet.columns, 1):
        page.column_dimensions[get_column_letter(index)].width = {"text": 24, "link": 24}.get(column.kind, 15)
    heads = [_text_cell(page, str(c.label)) for c in sheet.columns]
    for head in heads:
        head.font = Font(bold=True)
    page.append(heads)
    for count, row in enumerate(sheet.rows, 1):
        if count > MAX_ROWS:
            raise Refused(T("More than {n} rows do not fit into a workbook. Narrow the filter.", n=MAX_ROWS))
        page.append([_cell(page, value) for value in row])
    with tempfile.TemporaryFile() as out:
        book.save(out)
        out.seek(0)
        while piece := out.read(PIECE):
            yield piece


def _text_cell(page: Any, text: str) -> Any:
    clean = ILLEGAL_CHARACTERS_RE.sub("", text).encode("utf-8", "replace").decode()[:32_000]
    cell = WriteOnlyCell(page, value="")
    cell.value = clean
    cell.data_type = "s"  # otherwise a text that begins with = becomes a formula
    return cell


def _cell(page: Any, value: CellValue) -> Any:
    if value is None:
        return None
    if isinstance(value, str):
        return _text_cell(page, value)
    if isinstance(value, Decimal | int):
        if len(Decimal(value).as_tuple().digits) > EXACT_DIGITS:
            return _text_cell(page, f"{value:f}")
        number: Any = value
        cell = WriteOnlyCell(page, value=number)
        places = max(0, -int(Decimal(value).as_tuple().exponent))
        cell.number_format = "#,##0" + ("." + "0" * places if places else "")
        return cell
    day: Any = value
    cell = WriteOnlyCell(page, value=day)
    cell.number_format = "yyyy-mm-dd hh:mm" if isinstance(value, datetime) else "yyyy-mm-dd"
    return cell


def _page_name(text: str) -> str:
    return "".join(c for c in text if c not in r"[]:*?/\'")[:31] or "List"
