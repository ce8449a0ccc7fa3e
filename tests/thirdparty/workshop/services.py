"""What work orders want, and who is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import (
    Ctx,
)
from plugins.catalog.api import Key, Need
from plugins.stock.api import demands
from tests.thirdparty.workshop.models import WorkOrder
from tests.thirdparty.workshop.words import ENTITY, STATES


def start(ctx: Ctx, row: WorkOrder, data: Mapping[str, Any]) -> None:
    """Work begins today."""
    row.started_on = ctx.today()


def nothing(ctx: Ctx, row: WorkOrder, data: Mapping[str, Any]) -> None:
    """The state says it all."""


def tell(ctx: Ctx, row: WorkOrder) -> None:
    """Bring its demand in line with it; what it wants is kept from its release on."""
    head = demands.Head(row.id, row.number, row.due, STATES.get(row.state, "open"))
    demands.follow_owner(ctx, ENTITY, [head])
    demand = demands.demand_of(ctx, ENTITY, row.id)
    if demand is not None and row.state == "released":
        demands.keep_demand(ctx, demand, wanted(row))
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
