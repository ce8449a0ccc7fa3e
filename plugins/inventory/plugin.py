"""Wiring of the inventory plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core import ledger
from core.api import Alert, Ctx, Declare, JobKind, Manifest, NavItem, Panel, T, Tile, hookimpl
from plugins.inventory import demo, entities, shown
from plugins.inventory.services import ageing, periods

manifest = Manifest(
    name="inventory",
    title=T("Inventory"),
    version="0.1.0",
    summary=T(
        "Balances with the movements behind them, what is short, ageing, closed periods, proof of the figures."
    ),
    category="materials",
    menu=50,
    requires=("catalog", "stock"),
    extends=("rest",),
    settings=ageing.SETTINGS,
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare rights and background work."""
    entities.register(registry)
    registry.job(JobKind(periods.JOB, periods.run_verify, T("Prove the stock figures"), daily=True))
    registry.demo(demo.load, after=("receiving",))


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own."""
    from plugins.inventory import screens

    screens.register(registry)


@hookimpl
def nav_items(ctx: Ctx) -> Sequence[NavItem]:
    """Views in the menu."""
    return shown.nav(ctx)


@hookimpl
def alerts(ctx: Ctx) -> Sequence[Alert]:
    """What is short."""
    return shown.alerts(ctx)


@hookimpl
def dashboard_tiles(ctx: Ctx) -> Sequence[Tile]:
    """A figure for the Hub page."""
    return shown.tiles(ctx)


@hookimpl
def dashboard_panels(ctx: Ctx) -> Sequence[Panel]:
    """A tab of the Hub page."""
    return shown.tab(ctx)


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """Stock on the pages of materials and styles."""
    return shown.panels(ctx, entity, row)


@hookimpl
def item_pages(ctx: Ctx, items: Sequence[ledger.Item], figure: str) -> Mapping[ledger.Item, str]:
    """Stock cards."""
    return {item: shown.card_url(item, figure) for item in items} if ctx.can(shown.VIEW) else {}


@hookimpl(optionalhook=True)
def api_readings(ctx: Ctx) -> Sequence[Any]:
    """Balances as of a day, ageing and what is on order, for programs."""
    from plugins.inventory.services import told

    return [told.BALANCES, told.AGEING, told.ON_ORDER]
