"""Many rows written with few statements: inserted as arrays where the database knows them, changed with one UPDATE for all that
come to say the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import ARRAY, CursorResult, Table, bindparam, column, func, insert, inspect, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from core.data.among import among

FEW = 20
"""Rows below which arrays gain nothing."""
PLAIN = (str, int, Decimal, date, type(None))
"""Values that are told apart by what they are; others (JSON, what the database is to work out) are the mapper's."""


def insert_of_arrays(table: Table, rows: Sequence[Mapping[str, Any]], into: Any = insert) -> Any:
    """``INSERT … SELECT FROM unnest``: a parameter for each column, not for each value. To send, parse and plan thousands of
    parameters takes PostgreSQL and its driver longer than to write the rows. All rows name the same columns. ``into`` makes
    the statement: the engine's own ``insert`` knows ``ON CONFLICT``."""
    columns = [table.c[name] for name in rows[0]]
    arrays = [
        bindparam(f"each_{each.name}", [row[each.name] for row in rows], ARRAY(each.type, dimensions=1))
        for each in columns
    ]
    there = (
        func.unnest(*arrays)
        .table_valued(*(column(each.name, each.type) for each in columns))
        .render_derived()
    )
    return into(table).from_select([each.name for each in columns], select(*there.c))


def write_versions(session: Session, rows: Iterable[Any]) -> list[Any]:
    """Write what was changed in these rows of versioned tables and let their versions rise: one UPDATE for all that come to
    say the same; the mapper would send one for each. Returns those that are left to it: rows that are not versioned, new
    ones, and those with changes that are no plain values. Raises StaleDataError where somebody else was quicker."""
    alike: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    left = []
    for row in rows:
        values = _changed(row)
        if values is None:
            left.append(row)
        else:
            alike[type(row), row.version, values].append(row)
    for (model, version, values), mine in alike.items():
        table, now = model.table(), (*values, ("version", version + 1))
        these = (
            table.c.tenant_id == session.info["tenant_id"],
            table.c.version == version,
            among(table.c.id, [row.id for row in mine]),
        )
        done = cast("CursorResult[Any]", session.execute(update(table).where(*these).values(dict(now))))
        if done.rowcount != len(mine):
            raise StaleDataError(f"{table.name}: {done.rowcount} of {len(mine)} rows are as they were read")
        for row in mine:
            for name, value in now:
                set_committed_value(row, name, value)
    return left


def _changed(row: Any) -> tuple[tuple[str, Any], ...] | None:
    """What is to be written of a row; None where the mapper does it."""
    state = inspect(row)
    mapper = state.mapper
    changed = set(mapper.attrs.keys()) - state.unmodified
    if mapper.version_id_col is None or not state.persistent or not changed.issubset(mapper.columns.keys()):
        return None
    values = tuple((name, getattr(row, name)) for name in sorted(changed))
    return values if "version" not in changed and all(isinstance(v, PLAIN) for _n, v in values) else None
