"""Lists walked through page by page from where one stopped, so that rows that come and go meanwhile shift nothing."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, or_

from core.data.columns import Scaled
from core.declare.declarations import Column, EntityType
from core.entities.audit import json_value
from core.entities.columns import loaded, visible_columns
from core.entities.query import ListQuery, sort_column, statement, with_refs
from core.errors import Refused
from core.text.i18n import T

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from core.kernel.context import Ctx


@dataclass
class Stretch:
    """Rows of a list, the values of columns that load them, and the cursor of what comes after (empty: nothing)."""

    rows: list[Any]
    values: dict[str, Mapping[int, Any]]
    after: str


def fetch_stretch(
    ctx: Ctx, entity: EntityType, query: ListQuery, columns: Sequence[Column], cursor: str = ""
) -> Stretch:
    """At most ``query.size`` rows behind ``cursor`` in the order of the list; rows without the value that orders come last.

    Refused for a cursor that none of these lists gave.
    """
    column, down = sort_column(ctx, entity, query.sort)
    found = statement(ctx, entity, query)
    if cursor:
        found = _behind(found, entity, column, down, *_parsed(cursor, column))
    order = [column.desc() if down else column, entity.model.id.desc() if down else entity.model.id]
    if _may_be_empty(column):
        order.insert(0, column.is_(None))
    wanted = with_refs(entity, columns, found.add_columns(column).order_by(*order))
    pairs = ctx.session.execute(wanted.limit(query.size + 1)).unique().all()
    rows = [row for row, _value in pairs[: query.size]]
    more = len(pairs) > query.size
    after = _cursor(pairs[query.size - 1][1], rows[-1].id) if more else ""
    return Stretch(rows, loaded(ctx, entity, columns, rows), after)


def every(
    ctx: Ctx,
    entity: EntityType,
    query: ListQuery,
    columns: Sequence[Column] | None = None,
    batch: int = 1000,
) -> Iterator[tuple[list[Any], dict[str, Mapping[int, Any]]]]:
    """All rows that match, ``batch`` at a time with their column values (:func:`loaded`): what an export writes.

    Each batch starts behind the last row of the one before, and what was read for that one is forgotten: rows that come and go
    meanwhile shift nothing, and the last batch costs what the first did.
    """
    columns = columns if columns is not None else visible_columns(ctx, entity, query.columns)
    asked, cursor = replace(query, size=batch), ""
    while True:
        found = fetch_stretch(ctx, entity, asked, columns, cursor)
        if found.rows:
            yield found.rows, found.values
        cursor = found.after
        if not cursor:
            return
        del found
        ctx.memo.clear()


def _may_be_empty(column: Any) -> bool:
    """May a row be without the value that orders? Without the question an index serves the order."""
    return bool(getattr(column, "nullable", True))


def _behind(
    found: Select[Any], entity: EntityType, column: Any, down: bool, value: Any, last: int
) -> Select[Any]:
    model_id = entity.model.id
    later = model_id < last if down else model_id > last
    if value is None:
        return found.where(column.is_(None), later)
    beyond = column < value if down else column > value
    rest = and_(column <= value if down else column >= value, or_(beyond, later))
    return found.where(or_(rest, column.is_(None)) if _may_be_empty(column) else rest)


def _cursor(value: Any, last: int) -> str:
    packed = json.dumps([json_value(value), last], ensure_ascii=False)
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def _parsed(cursor: str, column: Any) -> tuple[Any, int]:
    try:
        raw = base64.b64decode(cursor.encode() + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        value, last = json.loads(raw)
        if not isinstance(last, int) or isinstance(last, bool) or not 0 <= last < 2**63:
            raise ValueError(cursor)
        return _typed(value, column.type), last
    except (ValueError, TypeError, ArithmeticError, binascii.Error, RecursionError) as error:
        raise Refused(T("This cursor was not given for this list."), "cursor") from error


def _typed(value: Any, column: Any) -> Any:
    """What JSON kept of a value that orders a list, as the column has it. ValueError for anything else."""
    if value is None:
        return None
    if isinstance(column, Scaled):
        exact = Decimal(value)
        column.process_bind_param(exact, None)
        return exact
    kind = column.python_type
    if kind is bool and isinstance(value, bool):
        return value
    if kind is int and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    if isinstance(value, str) and "\0" not in value:
        if kind in (date, datetime):
            return kind.fromisoformat(value)
        if kind is str:
            return value
    raise ValueError(value)
