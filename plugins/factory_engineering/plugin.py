"""Wiring of the bridge between factory orders and engineering: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from core.api import Ctx, Declare, Manifest, Panel, T, hookimpl
from plugins.engineering.api import ChangeImpact
from plugins.factory_engineering import entities, shown
from plugins.factory_engineering.demo import loader
from plugins.factory_engineering.services import impacts, next_order
from plugins.factory_engineering.services.substitutes import ORDER

manifest = Manifest(
    name="factory_engineering",
    title=T("Engineering of factory orders"),
    version="0.1.0",
    summary=T("Substitutes on factory orders; what a change of BOMs reaches in orders, purchases and stock."),
    category="production",
    menu=23,
    requires=("engineering", "orders", "outsourcing", "stock"),
    bridge=True,
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare the actions on factory orders."""
    entities.register(registry)
    registry.demo(loader.load, after=("engineering", "receiving", "factory_stock"))


@hookimpl
def action_tables(ctx: Ctx, entity: str) -> Sequence[Any]:
    """The tables in which substitutes are chosen and taken back."""
    from plugins.factory_engineering.screens import TABLES

    return TABLES if entity == ORDER else []


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """Substitutes on the page of a factory order."""
    return shown.of_order(ctx, row) if entity == ORDER else []


@hookimpl
def factory_orders_changed(ctx: Ctx, order_ids: Sequence[int]) -> None:
    """A new factory order takes styles whose change waits for the next one."""
    next_order.follow_orders(ctx, order_ids)


@hookimpl
def change_impacts(
    ctx: Ctx, material_ids: Collection[int], style_ids: Collection[int]
) -> Sequence[ChangeImpact]:
    """Open orders, factory orders, purchases, stock here and at factories."""
    return impacts.of_change(ctx, material_ids, style_ids)
