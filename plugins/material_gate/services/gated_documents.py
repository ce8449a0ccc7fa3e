"""Documents whose work waits for material, of whatever kind: known by their demands, and by name through the registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from sqlalchemy import Select, select

from core.api import Ctx, EntityRef
from core.db import among
from plugins.material_gate.hookspecs import GateKind
from plugins.stock.api import Demand, demands

Phase = Literal["waits", "started", "over"]
"""Its work is still to start, has started, or is done for good; a draft or a dead document is in none."""


class Document(NamedTuple):
    """A document with its demand, as lists show it."""

    demand_id: int
    ref: EntityRef
    number: str
    due: date | None
    phase: Phase

    @property
    def href(self) -> str:
        """Its gate, on its page."""
        return f"{address(self.ref)}#gate"


def address(ref: EntityRef) -> str:
    """Where a document is."""
    return f"/{ref.entity.replace('.', '/')}/{ref.id}"


def kinds(ctx: Ctx) -> dict[str, GateKind]:
    """Kinds of documents that have a gate, by entity; once a page."""
    return ctx.memo.once(
        "material_gate.kinds", lambda: {kind.entity: kind for kind in ctx.hooks.each("gate_kinds")}
    )


def demand_of(ctx: Ctx, entity: str, owner_id: int) -> int | None:
    """The demand of a document; None where it wants nothing."""
    return demands.ids_of(ctx, entity, [owner_id]).get(owner_id)


def phases(ctx: Ctx, demand_ids: Iterable[int]) -> dict[int, Phase]:
    """How far these documents are, by demand; those the gate has nothing to say of are left out. One query, and one for each
    kind."""
    mine: dict[str, dict[int, demands.Owner]] = {}
    for owner in demands.owners(ctx, demand_ids).values():
        mine.setdefault(owner.ref.entity, {})[owner.ref.id] = owner
    found: dict[int, Phase] = {}
    for entity, by_id in mine.items():
        kind = kinds(ctx).get(entity)
        if kind is None:
            continue
        row: Any = ctx.registry.get(entity).model
        for id, state in ctx.session.execute(select(row.id, row.state).where(among(row.id, by_id))):
            phase = _phase(kind, state, by_id[id].state)
            if phase is not None:
                found[by_id[id].id] = phase
    return found


def _phase(kind: GateKind, state: str, demand: str) -> Phase | None:
    if state in kind.waits:
        return "waits"
    if state in kind.started:
        return "started"
    return "over" if demand == "closed" else None


def live(ctx: Ctx) -> list[int]:
    """Demands of all documents whose work waits or has started."""
    found: list[int] = []
    for kind in kinds(ctx).values():
        found += ctx.session.scalars(
            _of_kind(ctx, kind, (*kind.waits, *kind.started)).with_only_columns(Demand.id)
        )
    return found


def next_due(ctx: Ctx, wanted: Mapping[str, Sequence[str]], limit: int) -> list[Document]:
    """Documents in these states (entity → states), the next due first; at most ``limit``. One query for each kind."""
    found: list[Document] = []
    for entity, states in wanted.items():
        kind = kinds(ctx)[entity]
        statement = _of_kind(ctx, kind, states).order_by(Demand.due, Demand.id).limit(limit)
        for id, owner_id, number, due, demand, state in ctx.session.execute(statement):
            phase = _phase(kind, state, demand)
            assert phase is not None
            found.append(Document(id, EntityRef(entity, owner_id), number, due, phase))
    return sorted(found, key=lambda d: (d.due or date.max, d.demand_id))[:limit]


def _of_kind(ctx: Ctx, kind: GateKind, states: Sequence[str]) -> Select[Any]:
    row: Any = ctx.registry.get(kind.entity).model
    return (
        select(Demand.id, Demand.owner_id, Demand.number, Demand.due, Demand.state, row.state)
        .join(row, (row.id == Demand.owner_id) & (row.tenant_id == Demand.tenant_id))
        .where(Demand.entity == kind.entity, row.state.in_(states))
    )
