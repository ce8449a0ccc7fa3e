"""Walking the chain of a company: is every row that was sealed still there, and as it was?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Table, func, select

from core.data.records import Seal
from core.kernel.context import Ctx
from core.vault import chain, let_go

LINKS = 20
"""Links that are in memory at once."""
MOST = 50
"""Sentences of one verdict; more say no more."""


@dataclass
class Verdict:
    """What the walk found: sealed rows, the end of the chain, a sentence for each fault, tables nobody could look at."""

    rows: int = 0
    head: tuple[int, str] = (0, chain.START)
    faults: list[str] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)


def verify(ctx: Ctx, noted: Sequence[tuple[str, int, str]] = ()) -> Verdict:
    """Walk the whole chain. ``noted`` are ends of it that were written down outside, as (day, number, digest)."""
    found, sealed, gone = Verdict(), Counter[str](), Counter[str]()
    known = {table.name: table for table in chain.sources(ctx)}
    settled = {name: chain.settled_up_to(ctx, table) for name, table in known.items()}
    released = let_go.released(ctx)
    ends = {number: (day, digest) for day, number, digest in noted}
    for link in _links(ctx):
        number, digest = found.head
        if link.seq != number + 1:
            found.faults.append(f"links {number + 1} to {link.seq - 1} of the chain are gone")
        elif link.previous != digest:
            found.faults.append(f"link {link.seq} does not follow from the one before it")
        if link.digest != chain.digest_of(link):
            found.faults.append(f"link {link.seq} was changed")
        found.head = (link.seq, link.digest)
        if link.seq in ends and ends[link.seq][1] != link.digest:
            found.faults.append(f"link {link.seq} is not the one that was noted on {ends[link.seq][0]}")
        found.rows += len(link.rows)
        if link.source not in known:
            found.unknown.add(link.source)
            continue
        lost = _compare(ctx, known[link.source], link, found.faults, released.get(link.source, ()))
        gone[link.source] += sum(row_id <= settled[link.source] for row_id in lost)
        sealed[link.source] += sum(row_id <= settled[link.source] for row_id, _ in link.rows)
    if ends and max(ends) > found.head[0]:
        day = ends[max(ends)][0]
        found.faults.append(
            f"the chain ends at link {found.head[0]}, and on {day} it had {max(ends)}: its end is gone"
        )
    for name, table in known.items():
        if _present(ctx, table, settled[name]) != sealed[name] - gone[name]:
            found.faults += _put_in(ctx, table, settled[name])
    if len(found.faults) > MOST:
        found.faults[MOST:] = [f"… and {len(found.faults) - MOST} more"]
    return found


def _links(ctx: Ctx) -> Iterator[Seal]:
    after = 0
    while True:
        links = ctx.session.scalars(
            select(Seal).where(Seal.seq > after).order_by(Seal.seq).limit(LINKS)
        ).all()
        if not links:
            return
        yield from links
        after = links[-1].seq
        ctx.session.expunge_all()


def _compare(
    ctx: Ctx, table: Table, link: Seal, faults: list[str], released: Sequence[let_go.Run]
) -> list[int]:
    """Say which rows of a link were changed or are gone, but for those that a purge took out; returns all that are gone."""
    if lost := sorted(set(link.settled) - set(table.c.keys())):
        faults.append(f"{table.name} has no {', '.join(lost)} any more: link {link.seq} cannot be compared")
        return []
    sums = chain.row_sums(ctx, table, link.settled, [row_id for row_id, _ in link.rows])
    for row_id, digest in link.rows:
        if row_id not in sums:
            if not let_go.is_in(row_id, released):
                faults.append(f"{table.name} {row_id} is gone")
        elif sums[row_id] != digest:
            faults.append(f"{table.name} {row_id} was changed")
    return [row_id for row_id, _ in link.rows if row_id not in sums]


def _present(ctx: Ctx, table: Table, settled: int) -> int:
    own = table.c.tenant_id == ctx.session.tenant_id
    counted = select(func.count()).select_from(table).where(own, table.c.id <= settled)
    return int(ctx.session.scalar(counted) or 0)


def _put_in(ctx: Ctx, table: Table, settled: int) -> list[str]:
    """Rows that no link knows although later ones were sealed long ago."""
    sealed = {row_id for link in _links(ctx) if link.source == table.name for row_id, _ in link.rows}
    own = table.c.tenant_id == ctx.session.tenant_id
    ids = ctx.session.scalars(select(table.c.id).where(own, table.c.id <= settled).order_by(table.c.id))
    return [f"{table.name} {row_id} was put in afterwards" for row_id in ids if row_id not in sealed]
