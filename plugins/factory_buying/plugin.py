"""Wiring of the bridge between factory orders and buying: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.api import Ctx, Declare, Manifest, T, hookimpl
from plugins.factory_buying import entities, shown
from plugins.factory_buying.services import milestones as events
from plugins.factory_buying.services import styles

manifest = Manifest(
    name="factory_buying",
    title=T("Buying for factory orders"),
    version="0.1.0",
    summary=T(
        "How far the material of factory orders is ordered and there: in their timeline and in the process table."
    ),
    category="materials",
    menu=30,
    requires=("outsourcing", "stock", "purchasing", "buying"),
    bridge=True,
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare events and columns."""
    for event in events.EVENTS:
        registry.event(event)
    shown.register(registry)
    entities.register(registry)


@hookimpl
def milestones(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Mapping[str, date]] | None:
    """When material for factory orders was wholly ordered."""
    return events.material_milestones(ctx, ids) if entity == events.ENTITY else None


@hookimpl
def after_transition(ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]) -> None:
    """Tell of those who share purchase lines with a factory order whose ship date moved."""
    if entity == events.ENTITY:
        events.shipping(ctx, row.id, action)


@hookimpl
def demand_styles(ctx: Ctx, demand_ids: Sequence[int]) -> Sequence[int]:
    """What factory orders make."""
    return styles.of_demands(ctx, demand_ids)
