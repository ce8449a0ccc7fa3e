"""Demands: what documents want, kept for whoever supplies it. Their owners write them, nobody else.

An owner tells of its documents with :func:`follow` whenever one of them changes, and keeps what one wants with :func:`keep`
when that is decided. Everybody else reads, by the ids of demands.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, cast

from sqlalchemy import select

from core.api import Ctx, EntityRef
from core.db import among, flush_rows
from plugins.catalog.api import Key, Need
from plugins.stock.models import Demand, DemandLine
from plugins.stock.services import claims, groups

State = Literal["draft", "open", "closed", "cancelled"]
OVER = claims.OVER


@dataclass(frozen=True)
class Head:
    """A document that may want something, as its owner tells of it."""

    owner_id: int
    number: str
    due: date | None
    state: State
    priority: int = 0


@dataclass(frozen=True)
class Owner:
    """Whose demand it is, and how it stands."""

    id: int
    ref: EntityRef
    number: str
    due: date | None
    priority: int
    state: State


def follow_owner(ctx: Ctx, entity: str, heads: Iterable[Head]) -> None:
    """Bring the demands of these documents in line with them; those not known yet are made.

    What a demand that is over claimed serves those that share its lines: their owners' plans are told of it."""
    told = {head.owner_id: head for head in heads}
    if not told:
        return
    known = {
        row.owner_id: row
        for row in ctx.session.scalars(
            select(Demand).where(Demand.entity == entity, among(Demand.owner_id, told))
        )
    }
    fresh, dropped = [], []
    for owner_id, head in told.items():
        if owner_id not in known:
            fresh.append({"entity": entity, "owner_id": owner_id, "problem": "", **_values(head)})
            continue
        if (known[owner_id].state in OVER) != (head.state in OVER):
            dropped.append(known[owner_id].id)
        for name, value in _values(head).items():
            if getattr(known[owner_id], name) != value:
                setattr(known[owner_id], name, value)
    ctx.session.insert_many(Demand, fresh)
    flush_rows(ctx.session)
    if dropped:
        tell(ctx, claims.sharing(ctx, dropped))


def _values(head: Head) -> dict[str, Any]:
    return {"number": head.number, "due": head.due, "priority": head.priority, "state": head.state}


def ids_of(ctx: Ctx, entity: str, owner_ids: Iterable[int]) -> dict[int, int]:
    """Demand ids by the ids of their documents, of one kind; those never told of are left out. One query, once a page."""

    def fetch_ids(wanted: list[int]) -> dict[int, int]:
        found = ctx.session.execute(
            select(Demand.owner_id, Demand.id).where(Demand.entity == entity, among(Demand.owner_id, wanted))
        )
        return dict(found.all())

    return ctx.memo.each(("stock.demand_ids", entity), owner_ids, fetch_ids)


def of_documents(ctx: Ctx, documents: Iterable[EntityRef]) -> dict[EntityRef, int]:
    """Demand ids by document, of any kind; those never told of are left out. One query for each kind, once a page."""
    kinds: dict[str, set[int]] = {}
    for document in documents:
        kinds.setdefault(document.entity, set()).add(document.id)
    return {
        EntityRef(entity, owner_id): demand
        for entity, owner_ids in kinds.items()
        for owner_id, demand in ids_of(ctx, entity, owner_ids).items()
    }


def owners(ctx: Ctx, demand_ids: Iterable[int]) -> dict[int, Owner]:
    """The documents behind demands. One query, once a page."""

    def fetch_owners(wanted: list[int]) -> dict[int, Owner]:
        rows = ctx.session.execute(
            select(Demand.id, Demand.entity, Demand.owner_id, Demand.number, Demand.due, Demand.priority, Demand.state)
            .where(among(Demand.id, wanted))
        )  # fmt: skip
        return {
            id: Owner(id, EntityRef(entity, owner_id), number, due, priority, cast("State", state))
            for id, entity, owner_id, number, due, priority, state in rows
        }

    return ctx.memo.each("stock.owners", demand_ids, fetch_owners)


def last_first(ctx: Ctx, documents: Iterable[EntityRef]) -> dict[EntityRef, int]:
    """The order in which documents give back: the one served last first, the newest of those that are no demands before them.
    One query for each kind of document, and one."""
    wanted = set(documents)
    known = owners(ctx, of_documents(ctx, wanted).values()).values()
    served = {o.ref: (o.priority, -(o.due or claims.FAR).toordinal(), -o.id) for o in known}
    order = sorted(wanted, key=lambda ref: served.get(ref, (-sys.maxsize, 0, -ref.id)))
    return {ref: n for n, ref in enumerate(order)}


def demand_of(ctx: Ctx, entity: str, owner_id: int) -> Demand | None:
    """The demand of one document; None where it was never told of."""
    return ctx.session.scalars(
        select(Demand).where(Demand.entity == entity, Demand.owner_id == owner_id)
    ).one_or_none()


def keep_demand(
    ctx: Ctx,
    demand: Demand,
    needs: Sequence[Need],
    *,
    basis: Mapping[str, Any] | None = None,
    problem: str = "",
) -> None:
    """Keep what a demand wants (of materials), in place of what was kept. Lines of groups that stay keep their ids."""
    sizes = groups.size_ids(ctx, {n.key.size for n in needs if n.key.size})
    before = {
        (line.material_id, line.color_id, line.size_id, line.destination_id): line for line in demand.lines
    }
    lines = []
    for position, n in enumerate(needs):
        size = sizes[n.key.size] if n.key.size else None
        key = (n.key.material, n.key.color, size, n.key.destination)
        line = before.get(key) or DemandLine(
            material_id=key[0], color_id=key[1], size_id=size, destination_id=key[3]
        )
        line.position, line.stage = position, n.stage
        line.net, line.gross, line.required = n.net, n.gross, n.required
        lines.append(line)
    demand.lines = lines
    demand.taken_at, demand.basis, demand.problem = ctx.now(), dict(basis or {}), problem
    flush_rows(ctx.session)


def forget(ctx: Ctx, demand: Demand) -> None:
    """What it wants is not decided any more: it is computed afresh from now on."""
    demand.lines, demand.taken_at, demand.basis, demand.problem = [], None, None, ""
    flush_rows(ctx.session)


def needs(ctx: Ctx, demand_ids: Iterable[int]) -> dict[int, list[Need]]:
    """What demands want of materials: as kept, else as their owners say now (hook ``planned_needs``). A fixed number of
    queries, once a page."""
    return ctx.memo.each("stock.needs", demand_ids, lambda ids: _needs(ctx, ids))


def _needs(ctx: Ctx, wanted: Sequence[int]) -> dict[int, list[Need]]:
    found: dict[int, list[Need]] = {demand_id: [] for demand_id in wanted}
    drafts: dict[str, dict[int, int]] = {}
    line = DemandLine
    rows = ctx.session.execute(
        select(Demand.id, Demand.entity, Demand.owner_id, Demand.taken_at, line.material_id, line.color_id, line.size_id,
               line.destination_id, line.net, line.gross, line.required, line.stage)
        .outerjoin(line, (line.demand_id == Demand.id) & (line.tenant_id == Demand.tenant_id)
                   & line.material_id.is_not(None))
        .where(among(Demand.id, wanted))
        .order_by(Demand.id, line.position)
    ).all()  # fmt: skip
    codes = groups.size_codes(ctx, {row.size_id for row in rows if row.size_id})
    for row in rows:
        if row.taken_at is None:
            drafts.setdefault(row.entity, {})[row.owner_id] = row.id
        elif row.material_id is not None:
            key = Key(row.material_id, row.color_id, codes.get(row.size_id or 0), row.destination_id)
            found[row.id].append(Need(key, row.net, row.gross, row.required, row.stage))
    for entity, mine in drafts.items():
        for answer in ctx.hooks.planned_needs(entity=entity, owner_ids=list(mine)):
            for owner_id, lines in (answer or {}).items():
                found[mine[owner_id]] = list(lines)
    return found


def required(ctx: Ctx, demand_ids: Iterable[int]) -> dict[tuple[int, Key], Decimal]:
    """Required stock units by (demand, group)."""
    return {(demand, n.key): n.required for demand, lines in needs(ctx, demand_ids).items() for n in lines}


def problems(ctx: Ctx, demand_ids: Iterable[int]) -> dict[int, str]:
    """Why what these demands want could not be computed when it was last kept; one query."""
    rows = ctx.session.execute(
        select(Demand.id, Demand.problem).where(among(Demand.id, demand_ids), Demand.problem != "")
    )
    return dict(rows.all())


def tell(ctx: Ctx, refs: Iterable[EntityRef]) -> None:
    """What there is for these documents may be different now: whoever plans by them hears it, once for each kind."""
    kinds: dict[str, set[int]] = {}
    for ref in refs:
        kinds.setdefault(ref.entity, set()).add(ref.id)
    for entity, ids in sorted(kinds.items()):
        ctx.hooks.milestones_changed(entity=entity, ids=sorted(ids))
