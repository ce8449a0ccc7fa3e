"""Wiring of the bridge between factory orders and the material gate: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Ctx, Declare, Manifest, ProcessStep, T, Text, hookimpl
from plugins.factory_gate.demo import loader
from plugins.factory_gate.services import orders
from plugins.material_gate.api import VIEW, GateKind, declare

manifest = Manifest(
    name="factory_gate",
    title=T("Material gate of factory orders"),
    version="0.1.0",
    summary=T(
        "Production of a factory order is held until its material is in; customer orders show the worst gate."
    ),
    category="materials",
    requires=("outsourcing", "orders", "catalog", "factory_stock", "material_gate"),
    bridge=True,
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare what lists of factory orders and customer orders show, and the part of the demo company."""
    declare(registry, orders.KIND)
    registry.demo(loader.load, after=("receiving",))
    registry.step(ProcessStep("gate", "orders.order", T("Material gate"), orders.worst_of_sales, 50, VIEW))


@hookimpl
def gate_kinds(ctx: Ctx) -> Sequence[GateKind]:
    """Factory orders."""
    return [orders.KIND]


@hookimpl
def override_denied(ctx: Ctx, entity: str, owner_id: int) -> Text | None:
    """The four-eyes rule of factory orders."""
    return orders.four_eyes(ctx, owner_id) if entity == orders.ENTITY else None


@hookimpl
def work_places(ctx: Ctx, entity: str, owner_ids: Sequence[int]) -> Mapping[int, str] | None:
    """Factories."""
    return orders.factories(ctx, owner_ids) if entity == orders.ENTITY else None


@hookimpl
def after_transition(ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]) -> None:
    """Material that is sent to a factory is there."""
    if entity == orders.ISSUE and action in ("post", "reverse"):
        ctx.hooks.milestones_changed(entity=orders.ENTITY, ids=[row.factory_order_id])
