"""For migrations that change rows. Rows are behind the wall of their tenant, for the owner of the tables too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection, text

AUDIT = sa.table(
    "core_audit", sa.column("tenant_id"), sa.column("entity"), sa.column("entity_id"), sa.column("action"),
    sa.column("at", sa.DateTime()),
)  # fmt: skip


def tenants(connection: Connection) -> Iterator[int]:
    """Each tenant in turn; what is done before the next one is done inside its wall."""
    walls = connection.dialect.name == "postgresql"
    enter = text("SELECT set_config('app.tenant_id', :tenant, true)")
    for tenant in connection.execute(text("SELECT id FROM core_tenant ORDER BY id")).scalars().all():
        if walls:
            connection.execute(enter, {"tenant": str(tenant)})
        yield int(tenant)
    if walls:
        connection.execute(enter, {"tenant": ""})


def each_tenant(connection: Connection, *statements: str) -> None:
    """Run SQL once a tenant, bound to ``:tenant``."""
    for tenant in tenants(connection):
        for statement in statements:
            connection.execute(text(statement), {"tenant": tenant})


def keep_last_day(connection: Connection, entity: str, actions: Sequence[str], statement: str) -> None:
    """Run SQL for every document of ``entity`` on which one of ``actions`` was recorded, bound to ``:tenant``, ``:id`` and
    ``:day``, the day of the last time in the tenant's zone."""
    for tenant in tenants(connection):
        zone = ZoneInfo(
            connection.execute(
                text("SELECT timezone FROM core_tenant WHERE id = :id"), {"id": tenant}
            ).scalar_one()
        )
        found = connection.execute(
            sa.select(AUDIT.c.entity_id, sa.func.max(AUDIT.c.at))
            .where(AUDIT.c.tenant_id == tenant, AUDIT.c.entity == entity, AUDIT.c.action.in_(actions))
            .group_by(AUDIT.c.entity_id)
        ).all()
        if found:
            rows = [{"tenant": tenant, "id": id, "day": _day(at, zone)} for id, at in found]
            connection.execute(text(statement).bindparams(sa.bindparam("day", type_=sa.Date())), rows)


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.replace(tzinfo=UTC).astimezone(zone).date()
