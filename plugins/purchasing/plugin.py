"""Wiring of the purchasing plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import Ctx, Declare, Field, Manifest, Panel, SearchHit, T, Task, Tile, hookimpl
from plugins.purchasing import hookspecs, words
from plugins.purchasing.demo import loader
from plugins.purchasing.documents import purchase_order
from plugins.purchasing.entities import actions, orders
from plugins.purchasing.services.planned import plan_supply  # noqa: F401 - a hook
from plugins.purchasing.services.quantities import DEFAULTS
from plugins.purchasing.shown import hub_page
from plugins.purchasing.shown import search as lookup
from plugins.purchasing.shown.hub_page import nav_items  # noqa: F401 - a hook
from plugins.purchasing.shown.statistics import trade_facts  # noqa: F401 - a hook


def _pct(name: str, label: Any) -> Field:
    return Field(name, label, "pct", default=DEFAULTS[name], min=0, max=100, places=2, suffix="%")


manifest = Manifest(
    name="purchasing",
    title=T("Purchasing"),
    version="0.1.0",
    summary=T(
        "Buy main materials, trims and finished goods: purchase orders, their lines, prices, revisions and dates."
    ),
    category="materials",
    menu=30,
    requires=("base_company", "catalog"),
    settings=(
        _pct("over_receipt_pct_main", T("Main material: allowed above the order")),
        _pct("over_receipt_pct_trim", T("Trims: allowed above the order")),
        _pct("over_receipt_pct_goods", T("Finished goods: allowed above the order")),
        _pct("under_close_pct_main", T("Main material: complete although short by")),
        _pct("under_close_pct_trim", T("Trims: complete although short by")),
        _pct("under_close_pct_goods", T("Finished goods: complete although short by")),
    ),
)


@hookimpl
def register_hookspecs(registry: Declare) -> Any:
    """What this plugin asks of others."""
    return hookspecs


@hookimpl
def register(registry: Declare) -> None:
    """Declare entities, actions, lists and documents."""
    for spec in words.LISTS:
        registry.list(spec)
    orders.register(registry)
    actions.register(registry)
    purchase_order.register(registry)
    registry.demo(loader.load, after=("outsourcing",))


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own."""
    from plugins.purchasing.screens import orders as screens

    screens.register(registry)


@hookimpl
def dashboard_tiles(ctx: Ctx) -> Sequence[Tile]:
    """Orders out, lines overdue, lines due soon."""
    return hub_page.tiles(ctx)


@hookimpl
def tasks(ctx: Ctx) -> Sequence[Task]:
    """Own drafts, deliveries to chase."""
    return hub_page.tasks(ctx)


@hookimpl
def dashboard_panels(ctx: Ctx) -> Sequence[Panel]:
    """A tab of the Hub page."""
    return hub_page.panels(ctx)


@hookimpl
def search(ctx: Ctx, query: str, limit: int) -> Sequence[SearchHit]:
    """Purchase orders by material."""
    return lookup.hits(ctx, query, limit)
