"""A list as a file: exactly what is filtered, with the chosen columns, as CSV or XLSX. Figures exact, words translated.

Rows are read in batches and forgotten again, so that a long list costs no more memory than a short one (but for the file).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from core.declare.declarations import Column, EntityType
from core.declare.page_parts import Figure
from core.entities import audit, query
from core.entities.money import decimals_of
from core.errors import Refused
from core.text.i18n import T, Text, pick

if TYPE_CHECKING:
    from core.kernel.context import Ctx

Value = str | Decimal | int | date | datetime | None
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
MAX_ROWS = 1_000_000
EXACT_DIGITS = 15
"""Spreadsheets keep numbers as binary floats: beyond so many digits an amount is written as text."""


def csv_rows(
    ctx: Ctx, entity: EntityType, asked: query.ListQuery, columns: Sequence[Column] | None = None
) -> Iterator[bytes]:
    """The list as CSV in pieces: UTF-8 with the mark that Excel needs, every cell quoted, no cell a formula.

    Needs ``.view``. Figures are plain (``1234.50``), days ISO. ``columns``: others than those the person chose.
    """
    ctx.require(f"{entity.name}.view")
    columns = _written(ctx, entity, asked, columns)
    yield b"\xef\xbb\xbf" + _csv_line([str(c.label) for c in columns])
    for row in _rows(ctx, entity, asked, columns):
        yield _csv_line([_csv_text(value) for value in row])


def _written(
    ctx: Ctx, entity: EntityType, asked: query.ListQuery, columns: Sequence[Column] | None
) -> Sequence[Column]:
    """The columns a file can hold: all but pictures."""
    chosen = columns if columns is not None else query.visible_columns(ctx, entity, asked.columns)
    return [c for c in chosen if c.kind != "thumb"]


def xlsx(
    ctx: Ctx, entity: EntityType, asked: query.ListQuery, columns: Sequence[Column] | None = None
) -> bytes:
    """The list as a workbook with real numbers and days. Needs ``.view``. Refused beyond a million rows."""
    ctx.require(f"{entity.name}.view")
    columns = _written(ctx, entity, asked, columns)
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(_sheet_name(str(entity.plural)))
    sheet.freeze_panes = "A2"
    for index, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = {"text": 24, "link": 24}.get(
            column.kind, 15
        )
    heads = [_text_cell(sheet, str(c.label)) for c in columns]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    for count, row in enumerate(_rows(ctx, entity, asked, columns), 1):
        if count > MAX_ROWS:
            raise Refused(T("More than {n} rows do not fit into a workbook. Narrow the filter.", n=MAX_ROWS))
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rows(
    ctx: Ctx, entity: EntityType, asked: query.ListQuery, columns: Sequence[Column]
) -> Iterator[list[Value]]:
    choices = _choices(ctx, entity)
    for rows, values in query.every(ctx, entity, asked, columns):
        for row in rows:
            yield [_value(ctx, entity, c, row, query.cell(entity, c, row, values), choices) for c in columns]


def _choices(ctx: Ctx, entity: EntityType) -> dict[str, dict[str, Any]]:
    return {f.name: dict(f.options(ctx)) for f in entity.fields if f.kind == "choice"}


def _value(
    ctx: Ctx,
    entity: EntityType,
    column: Column,
    row: Any,
    value: Any,
    choices: Mapping[str, Mapping[str, Any]],
) -> Value:
    """One cell as a plain value; words in the reader's language."""
    if isinstance(value, Figure):
        value = value.value
    currency = getattr(row, "currency", "") or ""
    if column.kind == "money" and isinstance(value, tuple):
        value, currency = value[0], str(value[1] if len(value) > 1 else currency)
    elif isinstance(value, tuple):  # a badge with its tone, a bar with its label
        value = value[0]
    if value is None or value == "":
        return None
    if column.kind == "state":
        return str(entity.state(value).label)
    if column.name in choices and isinstance(value, str):
        return str(choices[column.name].get(value, value))
    if isinstance(value, bool):
        return str(T("yes")) if value else str(T("no"))
    if isinstance(value, int):
        return value
    if isinstance(value, Decimal):
        if column.kind == "money" and currency:
            return value.quantize(Decimal(1).scaleb(-decimals_of(ctx, currency)))
        return Decimal(audit.plain(value))
    if isinstance(value, datetime):
        return value.astimezone(ctx.zone).replace(tzinfo=None)
    if isinstance(value, date):
        return value
    if isinstance(value, str | Text):
        return str(value)
    return _named(value)


def _named(value: Any) -> str:
    code = str(getattr(value, "number", None) or getattr(value, "code", None) or value)
    name = pick(getattr(value, "names", None), str(getattr(value, "name", "") or ""))
    return f"{code} {name}" if name and name != code else code


def safe_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _csv_text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value) if isinstance(value, int) else safe_text(value)


def _csv_line(values: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(
        v.replace("\x00", "") for v in values
    )
    return out.getvalue().encode("utf-8", "replace")


def _text_cell(sheet: Any, text: str) -> Any:
    clean = ILLEGAL_CHARACTERS_RE.sub("", text).encode("utf-8", "replace").decode()[:32_000]
    cell = WriteOnlyCell(sheet, value="")
    cell.value = clean
    cell.data_type = "s"  # otherwise a text that begins with = becomes a formula
    return cell


def _cell(sheet: Any, value: Value) -> Any:
    if value is None:
        return None
    if isinstance(value, str):
        return _text_cell(sheet, value)
    if isinstance(value, Decimal | int):
        if len(Decimal(value).as_tuple().digits) > EXACT_DIGITS:
            return _text_cell(sheet, f"{value:f}")
        number: Any = value
        cell = WriteOnlyCell(sheet, value=number)
        places = max(0, -int(Decimal(value).as_tuple().exponent))
        cell.number_format = "#,##0" + ("." + "0" * places if places else "")
        return cell
    day: Any = value
    cell = WriteOnlyCell(sheet, value=day)
    cell.number_format = "yyyy-mm-dd hh:mm" if isinstance(value, datetime) else "yyyy-mm-dd"
    return cell


def _sheet_name(text: str) -> str:
    return "".join(c for c in text if c not in r"[]:*?/\'")[:31] or "List"
