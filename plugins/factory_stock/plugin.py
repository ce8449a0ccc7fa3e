"""Wiring of stock at factories, a bridge between outsourcing and stock: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Ctx, Declare, Manifest, NavItem, T, hookimpl
from plugins.factory_stock.demo import loader
from plugins.factory_stock.documents import issue_slip
from plugins.factory_stock.entities import actions, documents, settings
from plugins.factory_stock.entities import need as need_action
from plugins.factory_stock.services import dust, labels, need
from plugins.factory_stock.services import milestones as events
from plugins.factory_stock.services.labels import factory_place_names as stock_names
from plugins.factory_stock.services.milestones import milestones, payment_triggers
from plugins.factory_stock.services.need import (
    demand_kinds,
    factory_orders_changed,
    planned_needs,
    plugins_enabled,
    stock_keepers,
)
from plugins.factory_stock.services.usage import accepted as goods_in
from plugins.factory_stock.services.vetoes import blocks as before_transition
from plugins.factory_stock.shown import process
from plugins.factory_stock.shown.panels import factory_stock_panels as entity_panels
from plugins.factory_stock.shown.statistics import trade_facts  # noqa: F401 - a hook
from plugins.factory_stock.shown.tasks import tasks
from plugins.outsourcing.api import milestones as factory

manifest = Manifest(
    name="factory_stock",
    title=T("Stock at factories"),
    version="0.1.0",
    summary=T("Material need of factory orders, material to and from factories, goods in, the statement of each."),
    category="production",
    requires=("base_company", "outsourcing", "stock"),
    bridge=True,
    settings=settings.SETTINGS,
)  # fmt: skip


@hookimpl
def register(registry: Declare) -> None:
    """Declare entities, actions and events."""
    for event in events.EVENTS:
        registry.event(event)
    labels.register(registry)
    documents.register(registry)
    need_action.register(registry)
    actions.register(registry)
    process.register(registry)
    issue_slip.register(registry)
    registry.demo(loader.load, after=("receiving", "inventory"))


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own."""
    from plugins.factory_stock.screens import documents as screens
    from plugins.factory_stock.screens import statement

    screens.register(registry)
    statement.register(registry)


@hookimpl
def after_transition(ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]) -> None:
    """Keep the material need of a factory order when it is issued or changes; tell of goods that came in."""
    if entity == need.ENTITY:
        need.follow_factory_order(ctx, row, action)
        if action in dust.DONE:
            dust.write_off(ctx, row)
    elif entity == events.GOODS_IN and action in ("post", "reverse"):
        factory.factory_orders_changed(ctx, [row.factory_order_id])


@hookimpl
def nav_items(ctx: Ctx) -> Sequence[NavItem]:
    """The statements of factories have no entity of their own."""
    found = NavItem(T("Statements of factories"), "/factory_stock/statement/", "stock", 40)
    return [found] if ctx.can("factory_stock.statement.view") else []


__all__ = [
    "before_transition",
    "demand_kinds",
    "entity_panels",
    "factory_orders_changed",
    "goods_in",
    "manifest",
    "milestones",
    "payment_triggers",
    "planned_needs",
    "plugins_enabled",
    "stock_keepers",
    "stock_names",
    "tasks",
]
