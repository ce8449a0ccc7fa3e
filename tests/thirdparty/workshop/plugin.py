"""A plugin of somebody else with work of its own: work orders that are demands, held by the gate, with timelines.

It knows catalog, stock, gate and timeline; nobody of them knows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from core.api import (
    Ctx,
    Declare,
    Manifest,
    SaveChange,
    T,
    hookimpl,
)
from core.db import among
from plugins.catalog.api import Need
from plugins.material_gate.api import GateKind
from plugins.tna.api import Course, TimelineKind
from tests.thirdparty.workshop import entities
from tests.thirdparty.workshop.models import WorkOrder
from tests.thirdparty.workshop.services import tell, wanted
from tests.thirdparty.workshop.words import ENTITY, GATE, STARTED, TIMELINE

manifest = Manifest(
    name="workshop",
    title=T("Workshop"),
    version="1.0",
    summary=T("Work orders made in the house."),
    category="development",
    requires=("catalog", "stock", "material_gate", "tna"),
    default_on=False,
)


@hookimpl
def register(registry: Declare) -> None:
    entities.register(registry)


@hookimpl
def after_save(ctx: Ctx, entity: str, row: Any, change: SaveChange) -> None:
    if entity == ENTITY:
        tell(ctx, row)


@hookimpl(tryfirst=True)
def after_transition(ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]) -> None:
    if entity == ENTITY:
        tell(ctx, row)


@hookimpl
def demand_kinds(ctx: Ctx) -> Sequence[str]:
    return [ENTITY]


@hookimpl
def planned_needs(ctx: Ctx, entity: str, owner_ids: Sequence[int]) -> Mapping[int, Sequence[Need]] | None:
    if entity != ENTITY:
        return None
    rows = ctx.session.scalars(select(WorkOrder).where(among(WorkOrder.id, owner_ids)))
    return {row.id: wanted(row) for row in rows}


@hookimpl
def gate_kinds(ctx: Ctx) -> Sequence[GateKind]:
    return [GATE]


@hookimpl
def timeline_kinds(ctx: Ctx) -> Sequence[TimelineKind]:
    return [TIMELINE]


@hookimpl
def timeline_courses(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Course] | None:
    if entity != ENTITY:
        return None
    row = WorkOrder
    found = ctx.session.execute(select(row.id, row.number, row.due).where(among(row.id, ids)))
    return {id: Course(number, due) for id, number, due in found}


@hookimpl
def milestones(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Mapping[str, date]] | None:
    if entity != ENTITY:
        return None
    row = WorkOrder
    found = ctx.session.execute(
        select(row.id, row.started_on).where(among(row.id, ids), row.started_on.is_not(None))
    )
    return {id: {STARTED: day} for id, day in found}
