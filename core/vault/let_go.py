"""Which rows were taken out on purpose, as the audit trail says of each purge: ids as runs, ``"4-9,12"``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import Connection

from core.data.db import Base
from core.data.records import AuditEntry
from core.kernel import enablement
from core.kernel.context import Ctx
from core.vault import tables
from core.vault.tables import TENANT

if TYPE_CHECKING:
    from core.vault.belongings import Share

Run = tuple[int, int]


def runs(ids: Iterable[int]) -> str:
    """Ids in order as runs."""
    found: list[list[int]] = []
    for each in sorted(ids):
        if found and each == found[-1][1] + 1:
            found[-1][1] = each
        else:
            found.append([each, each])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in found)


def ids_of(connection: Connection, share: Share, company: int) -> str:
    """The rows that go: every id up to the last one where the whole table is the plugin's, each one where others' rows lie
    beside them and are sealed."""
    table = tables.table_of(share.shape)
    own = share.of(company)
    if share.where is None:
        last = connection.scalar(sa.select(sa.func.max(sa.column("id"))).select_from(table).where(*own))
        return "" if last is None else f"1-{last}"
    known = Base.metadata.tables.get(share.shape.name)
    if known is None or not known.info.get("sealed"):
        return ""
    return runs(connection.scalars(sa.select(table.c.id).where(table.c[TENANT] == company, *own)))


def released(ctx: Ctx) -> dict[str, list[Run]]:
    """Rows that were taken out of the company's tables by purges, by table."""
    entries = sa.select(AuditEntry.changes).where(
        AuditEntry.entity == enablement.ENTITY, AuditEntry.action == "purge"
    )
    found: dict[str, list[Run]] = {}
    for changes in ctx.session.scalars(entries):
        for table, said, _ in changes or ():
            for run in filter(None, str(said).split(",")):
                first, _dash, last = run.partition("-")
                found.setdefault(table, []).append((int(first), int(last or first)))
    return found


def is_in(row_id: int, found: Iterable[Run]) -> bool:
    """Is the row one of these?"""
    return any(first <= row_id <= last for first, last in found)
