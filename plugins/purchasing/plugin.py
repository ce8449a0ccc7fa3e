"""Wiring of the purchasing plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from core.api import (
    Block,
    Ctx,
    Field,
    Manifest,
    NavItem,
    Panel,
    Registry,
    SearchHit,
    T,
    Task,
    Tile,
    hookimpl,
)
from plugins.catalog.services import Key
from plugins.purchasing import actions, demo, documents, entities, hookspecs, words
from plugins.purchasing.services import hubpage, lookup, process
from plugins.purchasing.services import milestones as events
from plugins.purchasing.services.quantities import DEFAULTS
from plugins.stock.hookspecs import Expected


def _pct(name: str, label: Any, most: int = 100) -> Field:
    return Field(name, label, "pct", default=DEFAULTS[name], min=0, max=most, places=2, suffix="%")


manifest = Manifest(
    name="purchasing",
    title=T("Purchasing"),
    version="0.1.0",
    summary=T("Buy main materials and trims against the need of factory orders, receive them, return them."),
    menu=30,
    requires=("catalog", "orders", "outsourcing", "stock", "factory_stock"),
    settings=(
        _pct("over_receipt_pct_main", T("Main material: allowed above the order")),
        _pct("over_receipt_pct_trim", T("Trims: allowed above the order")),
        _pct("under_close_pct_main", T("Main material: complete although short by")),
        _pct("under_close_pct_trim", T("Trims: complete although short by")),
        _pct("need_excess_pct", T("Warn when more than the need is ordered by"), 1000),
    ),
)  # fmt: skip


@hookimpl
def register_hookspecs(registry: Registry) -> Any:
    """What this plugin asks of others."""
    return hookspecs


@hookimpl
def register(registry: Registry) -> None:
    """Declare entities, actions, lists, documents and events."""
    for event in events.EVENTS:
        registry.event(event)
    for spec in words.LISTS:
        registry.list(spec)
    entities.register(registry)
    actions.register(registry)
    documents.register(registry)
    process.register(registry)


@hookimpl
def register_screens(registry: Registry) -> None:
    """Pages of our own."""
    from plugins.purchasing import screens

    screens.register(registry)


@hookimpl
def nav_items(ctx: Ctx) -> Sequence[NavItem]:
    """Two lists."""
    found = []
    if ctx.can("purchasing.order.view"):
        found.append(
            NavItem(T("POs, main material"), "/purchasing/order/?material_class=main", "purchasing", 10)
        )
        found.append(NavItem(T("POs, trims"), "/purchasing/order/?material_class=trim", "purchasing", 20))
    return found


@hookimpl
def before_transition(
    ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]
) -> Sequence[Block] | None:
    """A factory order that material was ordered for is not withdrawn."""
    return lookup.veto(ctx, row, action) if entity == "outsourcing.order" else None


@hookimpl
def after_transition(ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]) -> None:
    """Tell of the factory orders whose material moved."""
    events.follow(ctx, entity, row, action)


@hookimpl
def milestones(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Mapping[str, date]] | None:
    """When material for factory orders was wholly ordered."""
    return events.of(ctx, ids) if entity == events.ENTITY else None


@hookimpl
def ordered_supply(ctx: Ctx, demand_ids: Sequence[int]) -> Mapping[tuple[int, Key], Decimal]:
    """What is on order or was, for factory orders."""
    return lookup.ordered(ctx, demand_ids)


@hookimpl
def expected_supply(
    ctx: Ctx, material_ids: Sequence[int] | None, demand_ids: Sequence[int] | None
) -> Sequence[Expected]:
    """What is on order."""
    return lookup.expected(ctx, material_ids, demand_ids)


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel] | None:
    """The material need on the page of a factory order."""
    return lookup.need_panel(ctx, row) if entity == "outsourcing.order" else None


@hookimpl
def dashboard_tiles(ctx: Ctx) -> Sequence[Tile]:
    """Orders out, lines overdue, lines due soon."""
    return hubpage.tiles(ctx)


@hookimpl
def tasks(ctx: Ctx) -> Sequence[Task]:
    """Own drafts, deliveries to chase."""
    return hubpage.tasks(ctx)


@hookimpl
def dashboard_panels(ctx: Ctx) -> Sequence[Panel]:
    """A tab of the Hub page."""
    return hubpage.panels(ctx)


@hookimpl
def search(ctx: Ctx, query: str, limit: int) -> Sequence[SearchHit]:
    """Purchase orders by material."""
    return lookup.hits(ctx, query, limit)


@hookimpl
def demo_data(ctx: Ctx, shift: int) -> None:
    """The demo tenant's purchase orders."""
    demo.load(ctx, shift)
