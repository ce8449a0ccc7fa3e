"""The chain of a company: sums of its audit entries, remarks, files and overrides, each link holding the one before it.

Rows are written as ever and sealed a little later by the worker, in batches: nobody who works waits for the head of a chain.
What it is good for: a row that was sealed cannot be changed, taken away or put in between afterwards, by whatever way, without
this being found by :mod:`core.vault.trail`. Whoever may write everything can make the whole chain anew; then its end is
another one than was noted outside (:mod:`core.vault.heads`). What was changed before it was sealed is not seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import JSON, Table, Text, TypeDecorator, cast, func, select, type_coerce
from sqlalchemy.exc import IntegrityError

from core.data.among import among
from core.data.db import Base
from core.data.migrate import owner_of
from core.data.records import Seal
from core.kernel.context import Ctx, TenantInfo

if TYPE_CHECKING:
    from core.kernel.hub import Hub

BATCH = 500
"""Rows of one link."""
SETTLED = timedelta(hours=2)
"""Longer than any transaction lasts: after it no row can still come in below an id that was sealed."""
START = "0" * 64
"""What the first link follows."""


def sources(ctx: Ctx) -> list[Table]:
    """Tables whose rows go into the chain, of core and of every loaded plugin."""
    owners = {"core", *ctx.hub.plugin_names}
    return [t for t in Base.metadata.sorted_tables if t.info.get("sealed") and owner_of(t.name, owners)]


def row_sums(ctx: Ctx, table: Table, settled: Sequence[str], ids: Sequence[int]) -> dict[int, str]:
    """The sum of each of these rows that is there, over the columns ``settled``: the same on every engine."""
    picked = [_kept(table.c[name]) for name in settled]
    wanted = select(table.c.id, *picked).where(
        table.c.tenant_id == ctx.session.tenant_id, among(table.c.id, ids)
    )
    return {row[0]: _digest(list(row[1:])) for row in ctx.session.execute(wanted)}


def _kept(column: Any) -> Any:
    """A column as it is stored: JSON as its text, a decimal as its whole number, a time without zone."""
    kind = column.type
    while isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    return cast(type_coerce(column, kind), Text) if isinstance(kind, JSON) else type_coerce(column, kind)


def _digest(value: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(value)).hexdigest()


def digest_of(seal: Seal) -> str:
    """What the digest of a link has to be."""
    at = seal.at.astimezone(UTC).replace(tzinfo=None)
    return _digest([seal.seq, at, seal.source, seal.settled, seal.rows, seal.previous])


def last_link(ctx: Ctx) -> tuple[int, str]:
    """Number and digest of the newest link; (0, zeros) where there is none."""
    row = ctx.session.execute(select(Seal.seq, Seal.digest).order_by(Seal.seq.desc()).limit(1)).one_or_none()
    return (0, START) if row is None else (row[0], row[1])


def settled_up_to(ctx: Ctx, table: Table) -> int:
    """The highest id that was sealed so long ago that no row can still come in below it; 0 for none."""
    long_ago = select(func.max(Seal.last_id)).where(Seal.source == table.name, Seal.at < ctx.now() - SETTLED)
    return int(ctx.session.scalar(long_ago) or 0)


def unsealed(ctx: Ctx, table: Table) -> Iterator[list[int]]:
    """Ids of rows that are in no link yet, in batches, the oldest first."""
    after = settled_up_to(ctx, table)
    lately = select(Seal.rows).where(Seal.source == table.name, Seal.at >= ctx.now() - SETTLED)
    sealed = {row[0] for rows in ctx.session.scalars(lately) for row in rows}
    while True:
        ids = ctx.session.scalars(
            select(table.c.id)
            .where(table.c.tenant_id == ctx.session.tenant_id, table.c.id > after)
            .order_by(table.c.id)
            .limit(BATCH)
        ).all()
        if not ids:
            return
        after = ids[-1]
        if fresh := [i for i in ids if i not in sealed]:
            yield fresh


def add_link(ctx: Ctx, table: Table, ids: Sequence[int]) -> None:
    """Seal these rows; IntegrityError where another worker adds the same link."""
    settled = list(table.info["sealed"])
    sums = row_sums(ctx, table, settled, ids)
    number, previous = last_link(ctx)
    made = Seal(
        seq=number + 1, at=ctx.now(), source=str(table.name), settled=settled, rows=[[i, sums[i]] for i in ids if i in sums],
        last_id=max(ids), previous=previous,
    )  # fmt: skip
    made.digest = digest_of(made)
    ctx.session.add(made)
    ctx.session.flush()


def seal(hub: Hub, tenant: TenantInfo) -> int:
    """Seal what is not sealed yet; returns how many rows. Each link is a short transaction of its own."""
    done = 0
    with hub.context(tenant, write=False) as reading:
        for table in sources(reading):
            for ids in unsealed(reading, table):
                try:
                    with hub.context(tenant) as ctx:
                        add_link(ctx, table, ids)
                except IntegrityError:  # another worker is at it
                    return done
                done += len(ids)
    return done
