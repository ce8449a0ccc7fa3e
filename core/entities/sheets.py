"""A list as plain values on their way into a file: figures exact, words translated, for whoever writes them down.

Rows are read in batches and forgotten again, so that a long list costs no more memory than a short one (but for the file).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core.declare.declarations import Column, EntityType
from core.declare.page_parts import Figure
from core.declare.sheet import CellValue, Sheet
from core.entities import audit, paging, query
from core.entities.columns import cell, choice_words, owner, visible_columns
from core.entities.money import currency_decimals
from core.text.i18n import T, Text, pick
from core.values.quantities import shown_in

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def sheet_of(
    ctx: Ctx, entity: EntityType, asked: query.ListQuery, columns: Sequence[Column] | None = None
) -> Sheet:
    """The list as it is filtered, with the chosen ``columns`` (None: those the person chose), without pictures.

    Raises Denied without the right to see it.
    """
    ctx.require(f"{entity.name}.view")
    chosen = columns if columns is not None else visible_columns(ctx, entity, asked.columns)
    written = [c for c in chosen if c.kind != "thumb"]
    missing: dict[str, str] = {}
    return Sheet(str(entity.plural), written, _rows(ctx, entity, asked, written, missing), missing)


def _rows(
    ctx: Ctx,
    entity: EntityType,
    asked: query.ListQuery,
    columns: Sequence[Column],
    missing: dict[str, str],
) -> Iterator[list[CellValue]]:
    choices = choice_words(ctx, entity, columns)
    for rows, values in paging.every(ctx, entity, asked, columns):
        missing |= {
            str(c.label): owner(entity, c) for c in columns if c.load is not None and c.name not in values
        }
        for row in rows:
            yield [_cell(ctx, entity, c, row, values, choices, missing) for c in columns]


def _cell(
    ctx: Ctx,
    entity: EntityType,
    column: Column,
    row: Any,
    values: Mapping[str, Mapping[int, Any]],
    choices: Mapping[str, Mapping[str, Any]],
    missing: dict[str, str],
) -> CellValue:
    """One cell; nothing where a column holds what it cannot hold, said once."""
    value = cell(entity, column, row, values)
    if column.load is None:
        return _value(ctx, entity, column, row, value, choices)
    try:
        return _value(ctx, entity, column, row, value, choices)
    except Exception as error:  # noqa: BLE001 - note() puts it into the log
        if str(column.label) not in missing:
            ctx.hooks.note(owner(entity, column), f"value of column {column.name} of {entity.name}", error)
        missing[str(column.label)] = owner(entity, column)
        return None


def _value(
    ctx: Ctx,
    entity: EntityType,
    column: Column,
    row: Any,
    value: Any,
    choices: Mapping[str, Mapping[str, Any]],
) -> CellValue:
    """One cell as a plain value; words in the reader's language."""
    if isinstance(value, Figure):
        value = value.value
    currency = getattr(row, "currency", "") or ""
    if column.kind == "money" and isinstance(value, tuple):
        value, currency = value[0], str(value[1] if len(value) > 1 else currency)
    elif column.kind == "qty" and isinstance(value, tuple):
        value = shown_in(*value)
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
            return value.quantize(Decimal(1).scaleb(-currency_decimals(ctx, currency)))
        return Decimal(audit.json_value(value))
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
