"""Many rows in few statements. PostgreSQL gets columns as arrays (it would plan every row anew), SQLite rows one by one.

These are statements on tables, not on models, and made once: the tenant is named in each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Date,
    String,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.sql.type_api import TypeEngine

from core.data.among import among
from core.data.tenancy import TenantSession
from core.ledger.tables import Balance, Movement

COLUMNS: Mapping[str, TypeEngine[Any]] = {
    "posting_id": BigInteger(), "kind": String(), "item_id": BigInteger(), "source_id": BigInteger(),
    "target_id": BigInteger(), "qty": BigInteger(), "day": Date(), "line_id": BigInteger(), "reverses_id": BigInteger(),
    "value": BigInteger(), "currency": String(),
}  # fmt: skip
"""What a movement is inserted with, in this order; quantities and values in their smallest unit."""
CHANGED: Mapping[str, TypeEngine[Any]] = {"row": BigInteger(), "delta": BigInteger(), "newest": Date()}
NEW_BALANCE: Mapping[str, TypeEngine[Any]] = {
    "item_id": BigInteger(),
    "place_id": BigInteger(),
    "inside": Boolean(),
    "qty": BigInteger(),
    "latest": Date(),
}
_movement, _balance = Movement.table(), Balance.table()
_INSERT = insert(_movement).values(
    {
        "tenant_id": bindparam("tenant", type_=BigInteger()),
        **{name: type_coerce(bindparam(f"new_{name}", type_=kind), kind) for name, kind in COLUMNS.items()},
    }
)
_IDS = (
    select(_movement.c.id)
    .where(_movement.c.tenant_id == bindparam("tenant"), _movement.c.posting_id == bindparam("posting"))
    .order_by(_movement.c.id)
)
_ADD = insert(_balance).values(
    {
        "tenant_id": bindparam("tenant", type_=BigInteger()),
        **{
            name: type_coerce(bindparam(f"new_{name}", type_=kind), kind)
            for name, kind in NEW_BALANCE.items()
        },
    }
)
_UNITS = type_coerce(_balance.c.qty, BigInteger())
_CHANGE = (
    update(_balance)
    .where(_balance.c.tenant_id == bindparam("tenant"), _balance.c.id == bindparam("row"))
    .where(or_(~_balance.c.inside, _UNITS + bindparam("delta", type_=BigInteger()) >= 0))
    .values(
        qty=type_coerce(_UNITS + bindparam("delta", type_=BigInteger()), BigInteger()),
        latest=bindparam("newest", type_=Date()),
    )
)


def _given(columns: Mapping[str, TypeEngine[Any]]) -> Any:
    """Rows given as one array parameter a column (named ``given_…``)."""
    arrays = [bindparam(f"given_{name}", type_=ARRAY(kind)) for name, kind in columns.items()]
    return func.unnest(*arrays).table_valued(*columns, name="given").render_derived()


def _columns(columns: Mapping[str, TypeEngine[Any]], rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    return {
        f"given_{name}": list(cells) for name, cells in zip(columns, zip(*rows, strict=True), strict=True)
    }


@lru_cache
def _insert_many() -> Any:
    given = _given(COLUMNS)
    source = select(bindparam("tenant", type_=BigInteger()), *(given.c[name] for name in COLUMNS))
    statement = insert(_movement).from_select(["tenant_id", *COLUMNS], source, include_defaults=False)
    return statement.returning(_movement.c.id)


@lru_cache
def _change_many() -> Any:
    given = _given(CHANGED)
    return (
        update(_balance)
        .where(_balance.c.tenant_id == bindparam("tenant", type_=BigInteger()), _balance.c.id == given.c.row)
        .where(or_(~_balance.c.inside, _UNITS + given.c.delta >= 0))
        .values(qty=type_coerce(_UNITS + given.c.delta, BigInteger()), latest=given.c.newest)
    )


@lru_cache
def _add_missing() -> Any:
    given, tenant = _given(NEW_BALANCE), bindparam("tenant", type_=BigInteger())
    there = exists().where(
        _balance.c.tenant_id == tenant,
        _balance.c.item_id == given.c.item_id,
        _balance.c.place_id == given.c.place_id,
    )
    source = (
        select(tenant, *(given.c[name] for name in NEW_BALANCE))
        .where(~there)
        .order_by(given.c.item_id, given.c.place_id)
    )  # fmt: skip
    statement = pg_insert(_balance).from_select(["tenant_id", *NEW_BALANCE], source, include_defaults=False)
    statement = statement.on_conflict_do_nothing(index_elements=["tenant_id", "item_id", "place_id"])
    return statement.returning(_balance.c.item_id, _balance.c.place_id)


def insert_movements(session: TenantSession, posting: int, rows: Sequence[Sequence[Any]]) -> list[int]:
    """Insert movements (cells as in COLUMNS) of one posting; their ids in the order of ``rows``."""
    connection, tenant = session.connection(), session.tenant_id
    if connection.dialect.name == "postgresql":
        made = connection.execute(_insert_many(), {"tenant": tenant, **_columns(COLUMNS, rows)})
        return sorted(made.scalars().all())
    names = [f"new_{name}" for name in COLUMNS]
    connection.execute(_INSERT, [{"tenant": tenant, **dict(zip(names, row, strict=True))} for row in rows])
    return list(connection.execute(_IDS, {"tenant": tenant, "posting": posting}).scalars())


def change_balances(session: TenantSession, changes: Sequence[tuple[int, int, date]]) -> int:
    """Add to balance rows (id, micro-units, newest date), never leaving an inside one below zero; how many were changed."""
    connection, tenant = session.connection(), session.tenant_id
    if connection.dialect.name == "postgresql":
        changed = connection.execute(_change_many(), {"tenant": tenant, **_columns(CHANGED, changes)})
        done: int = changed.rowcount
        return done
    rows = [
        {"tenant": tenant, "row": row, "delta": delta, "newest": newest} for row, delta, newest in changes
    ]
    changed_rows: int = connection.execute(_CHANGE, rows).rowcount
    return changed_rows


def add_missing_balances(
    session: TenantSession, rows: Sequence[tuple[int, int, bool, int, date]]
) -> set[tuple[int, int]]:
    """Balance rows (item, place, inside, micro-units, newest date), in key order, where there is none yet; the keys of those
    that were made. On SQLite, which has one writer, the caller knows that there is none."""
    connection, tenant = session.connection(), session.tenant_id
    if connection.dialect.name == "postgresql":
        made = connection.execute(_add_missing(), {"tenant": tenant, **_columns(NEW_BALANCE, rows)})
        return {(item, place) for item, place in made}
    names = [f"new_{name}" for name in NEW_BALANCE]
    connection.execute(_ADD, [{"tenant": tenant, **dict(zip(names, row, strict=True))} for row in rows])
    return {(row[0], row[1]) for row in rows}


def drop_balances(session: TenantSession, ids: Iterable[int]) -> None:
    """Take balance rows away that this posting made."""
    session.connection().execute(
        delete(_balance).where(_balance.c.tenant_id == session.tenant_id, among(_balance.c.id, ids))
    )
