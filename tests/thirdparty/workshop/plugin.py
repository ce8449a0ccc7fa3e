"""A plugin of somebody else with work of its own: work orders that are demands, held by the gate, with timelines.

It knows catalog, stock, gate and timeline; nobody of them knows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from core.api import (
    Action,
    ChildTable,
    Column,
    Ctx,
    Declare,
    EntityName,
    EntityType,
    Event,
    Field,
    Manifest,
    SaveChange,
    State,
    T,
    hookimpl,
)
from core.db import among
from plugins.catalog.api import Key, Need
from plugins.material_gate.api import GateKind
from plugins.material_gate.api import declare as declare_gate
from plugins.stock.api import demands
from plugins.tna.api import Course, TimelineKind
from plugins.tna.api import declare as declare_timeline
from tests.thirdparty.workshop.models import WorkLine, WorkOrder

manifest = Manifest(
    name="workshop",
    title=T("Workshop"),
    version="1.0",
    summary=T("Work orders made in the house."),
    category="development",
    requires=("catalog", "stock", "material_gate", "tna"),
    default_on=False,
)

ENTITY = EntityName("workshop.order")
STARTED = "workshop.started"
GATE = GateKind(ENTITY, "start", ("released",), ("started",), "workshop")
TIMELINE = TimelineKind(ENTITY, "release", ("draft", "released"), STARTED)
STATES: Mapping[str, demands.State] = {"draft": "draft", "done": "closed", "cancelled": "cancelled"}


def start(ctx: Ctx, row: WorkOrder, data: Mapping[str, Any]) -> None:
    """Work begins today."""
    row.started_on = ctx.today()


def nothing(ctx: Ctx, row: WorkOrder, data: Mapping[str, Any]) -> None:
    """The state says it all."""


def tell(ctx: Ctx, row: WorkOrder) -> None:
    """Bring its demand in line with it; what it wants is kept from its release on."""
    head = demands.Head(row.id, row.number, row.due, STATES.get(row.state, "open"))
    demands.follow(ctx, ENTITY, [head])
    demand = demands.demand_of(ctx, ENTITY, row.id)
    if demand is not None and row.state == "released":
        demands.keep(ctx, demand, wanted(row))
    ctx.hooks.milestones_changed(entity=ENTITY, ids=[row.id])


def wanted(row: WorkOrder) -> list[Need]:
    """Its lines as a need."""
    return [
        Need(
            Key(line.material_id, line.color_id, None, None),
            line.qty,
            line.qty,
            line.qty,
            line.material.gate_stage,
        )
        for line in row.lines
    ]


@hookimpl
def register(registry: Declare) -> None:
    registry.entity(
        EntityType(
            name=ENTITY, model=WorkOrder, label=T("Work order"), plural=T("Work orders"), key="number", title="",
            series="workshop.order", pattern="WO-{YYYY}-{0000}",
            states=(
                State("draft", T("Draft")),
                State("released", T("Released"), "info"),
                State("started", T("Started"), "warn"),
                State("done", T("Done"), "done", closed=True),
                State("cancelled", T("Cancelled"), "bad", closed=True),
            ),
            fields=(Field("due", T("Due"), "date"), Field("started_on", T("Started on"), "date", readonly=True)),
            children=(
                ChildTable(
                    "lines", T("Material"), WorkLine,
                    (
                        Field("material", T("Material"), "ref", ref="catalog.material", required=True),
                        Field("color", T("Colour"), "ref", ref="catalog.color"),
                        Field("qty", T("Quantity"), "qty", required=True, min=0),
                    ),
                ),
            ),
            columns=(Column("number", T("Number"), "text", attr="number"), "due", "started_on"),
            search=("number",), edit_states=("draft",), edit_roles=("prod", "mgr"), menu=("workshop", 10),
        )
    )  # fmt: skip
    for action in (
        Action(ENTITY, "release", T("Release"), nothing, ("draft",), "released", roles=("prod", "mgr")),
        Action(ENTITY, "start", T("Start"), start, ("released",), "started", roles=("prod", "mgr")),
        Action(ENTITY, "finish", T("Finish"), nothing, ("started",), "done", roles=("prod", "mgr")),
        Action(
            ENTITY,
            "cancel",
            T("Cancel"),
            nothing,
            ("draft", "released"),
            "cancelled",
            roles=("mgr",),
            reason=True,
        ),
    ):
        registry.action(action)
    registry.event(Event(STARTED, T("Work started"), ENTITY))
    declare_gate(registry, GATE)
    declare_timeline(registry, TIMELINE)


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
