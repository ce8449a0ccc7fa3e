"""A list as CSV: UTF-8 with the mark that Excel needs, every cell quoted, no cell a formula; figures plain, days ISO."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from core.base_api import CellValue, Sheet

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def write_csv(sheet: Sheet) -> Iterator[bytes]:
    """The list as CSV, a line at a time."""
    yield b"\xef\xbb\xbf" + _line([str(c.label) for c in sheet.columns])
    for row in sheet.rows:
        yield _line([_text(value) for value in row])


def safe_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _text(value: CellValue) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value) if isinstance(value, int) else safe_text(value)


def _line(values: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(
        v.replace("\x00", "") for v in values
    )
    return out.getvalue().encode("utf-8", "replace")
