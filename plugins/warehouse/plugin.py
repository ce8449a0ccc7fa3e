"""Wiring of the warehouse plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Ctx, Field, Manifest, Registry, T, hookimpl, ledger
from plugins.warehouse import entities, hooks, labels, need, stores

manifest = Manifest(
    name="warehouse",
    title=T("Warehouse"),
    version="0.1.0",
    summary=T("Stores, and the material need of factory orders."),
    requires=("catalog", "orders", "outsourcing"),
    settings=(
        Field("overcut_pct", T("Over-cut"), "pct", default=0, min=0, max=50, places=2, suffix="%",
              help=T("Pieces cut above the order; they need material too.")),
        Field("yield_mode", T("Wastage is a share of what is cut"), "bool", default=False,
              help=T("On: net ÷ (1 − wastage). Off: net × (1 + wastage).")),
        Field("carton_material", T("Material code of export cartons"), default="CTN", max_length=40,
              help=T("Their need follows from the pieces per carton of each style, by destination. Empty: not counted.")),
    ),
)  # fmt: skip


@hookimpl
def register_hookspecs(registry: Registry) -> Any:
    """What this plugin asks of others."""
    return hooks


@hookimpl
def register(registry: Registry) -> None:
    """Declare entities and actions."""
    registry.permission(
        "warehouse.need.update", T("Update the material need of a factory order"), ("merch", "purch", "mgr")
    )
    entities.register(registry)


@hookimpl
def plugin_enabled(ctx: Ctx, plugin: str) -> None:
    """A tenant starts with one store."""
    if plugin == "warehouse":
        stores.seed(ctx)


@hookimpl
def after_transition(ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]) -> None:
    """Keep the material need of a factory order when it is issued or changes."""
    if entity == need.ENTITY:
        need.follow(ctx, row, action)


@hookimpl
def stock_names(
    ctx: Ctx, items: Sequence[ledger.Item], places: Sequence[ledger.Place]
) -> Sequence[ledger.Named]:
    """Materials, garments, stores and partners."""
    return labels.names(ctx, items, places)
