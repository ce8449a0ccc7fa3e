"""Wiring of the orders plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.api import Ctx, Declare, Manifest, SearchHit, T, Tile, hookimpl
from plugins.orders import hookspecs
from plugins.orders.demo import loader
from plugins.orders.entities import orders
from plugins.orders.services import milestones as events
from plugins.orders.services.planned import asked_pieces, plan_demand, promised_pieces  # noqa: F401 - hooks
from plugins.orders.services.rush import plan_rush  # noqa: F401 - a hook
from plugins.orders.shown import hub_page
from plugins.orders.shown.first_steps import first_steps  # noqa: F401 - a hook
from plugins.orders.shown.search import by_style

manifest = Manifest(
    name="orders",
    title=T("Customer orders"),
    version="0.1.0",
    summary=T(
        "What customers bought: styles, colours, sizes, destinations, ship dates; what is not yet given to a factory."
    ),
    category="sales",
    menu=10,
    requires=("catalog",),
)


@hookimpl
def register_hookspecs(registry: Declare) -> Any:
    """What others may implement."""
    return hookspecs


@hookimpl
def register(registry: Declare) -> None:
    """Declare entities and actions."""
    orders.register(registry)
    for event in events.EVENTS:
        registry.event(event)
    registry.demo(loader.load)


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own."""
    from plugins.orders.screens.orders import OrderView

    registry.screen("orders.order", OrderView)


@hookimpl
def milestones(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Mapping[str, date]] | None:
    """When customer orders were confirmed."""
    return events.customer_order_milestones(ctx, ids) if entity == events.ENTITY else None


@hookimpl
def after_transition(ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]) -> None:
    """Say that an order was confirmed, or no longer is."""
    if entity == events.ENTITY and action in events.MOVING:
        events.customer_order_changed(ctx, row.id)


@hookimpl
def dashboard_tiles(ctx: Ctx) -> Sequence[Tile]:
    """Figures for the Hub page."""
    return hub_page.tiles(ctx)


@hookimpl
def search(ctx: Ctx, query: str, limit: int) -> Sequence[SearchHit]:
    """Orders by the styles in them."""
    return by_style(ctx, query, limit)
