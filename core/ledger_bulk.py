"""Many rows in few statements. PostgreSQL gets columns as arrays (it would plan every row anew), SQLite rows one by one.

These are statements on tables, not on models: the tenant is named in each of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Date,
    String,
    bindparam,
    func,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.sql.type_api import TypeEngine

from core.stock_models import Balance, Movement
from core.tenancy import TenantSession

COLUMNS: Mapping[str, TypeEngine[Any]] = {
    "posting_id": BigInteger(), "kind": String(), "item_id": BigInteger(), "source_id": BigInteger(),
    "target_id": BigInteger(), "qty": BigInteger(), "day": Date(), "line_id": BigInteger(), "reverses_id": BigInteger(),
    "value": BigInteger(), "currency": String(),
}  # fmt: skip
"""What a movement is inserted with, in this order; quantities and values in their smallest unit."""
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


def _arrays(columns: Mapping[str, tuple[TypeEngine[Any], Sequence[Any]]]) -> Any:
    values = [literal(list(cells), ARRAY(kind)) for kind, cells in columns.values()]
    return func.unnest(*values).table_valued(*columns, name="given").render_derived()


def insert_movements(session: TenantSession, posting: int, rows: Sequence[Sequence[Any]]) -> list[int]:
    """Insert movements (cells as in COLUMNS) of one posting; their ids in the order of ``rows``."""
    connection, tenant = session.connection(), session.tenant_id
    if connection.dialect.name == "postgresql":
        given = _arrays(
            {
                name: (kind, cells)
                for (name, kind), cells in zip(COLUMNS.items(), zip(*rows, strict=True), strict=True)
            }
        )
        source = select(literal(tenant, BigInteger()), *(given.c[name] for name in COLUMNS))
        statement = insert(_movement).from_select(["tenant_id", *COLUMNS], source, include_defaults=False)
        return sorted(connection.execute(statement.returning(_movement.c.id)).scalars())
    names = [f"new_{name}" for name in COLUMNS]
    connection.execute(_INSERT, [{"tenant": tenant, **dict(zip(names, row, strict=True))} for row in rows])
    return list(connection.execute(_IDS, {"tenant": tenant, "posting": posting}).scalars())


def change_balances(session: TenantSession, changes: Sequence[tuple[int, int, date]]) -> int:
    """Add to balance rows (id, micro-units, newest date), never leaving an inside one below zero; how many were changed."""
    connection, tenant = session.connection(), session.tenant_id
    if connection.dialect.name == "postgresql":
        row, delta, newest = zip(*changes, strict=True)
        given = _arrays(
            {"row": (BigInteger(), row), "delta": (BigInteger(), delta), "newest": (Date(), newest)}
        )
        statement = (
            update(_balance)
            .where(_balance.c.tenant_id == literal(tenant, BigInteger()), _balance.c.id == given.c.row)
            .where(or_(~_balance.c.inside, _UNITS + given.c.delta >= 0))
            .values(qty=type_coerce(_UNITS + given.c.delta, BigInteger()), latest=given.c.newest)
        )
        done: int = connection.execute(statement).rowcount
        return done
    rows = [
        {"tenant": tenant, "row": row, "delta": delta, "newest": newest} for row, delta, newest in changes
    ]
    changed: int = connection.execute(_CHANGE, rows).rowcount
    return changed
