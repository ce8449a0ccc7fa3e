"""Wiring of the inventory plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import (
    Alert,
    Ctx,
    JobKind,
    Manifest,
    NavItem,
    Panel,
    Registry,
    T,
    Task,
    Tile,
    hookimpl,
)
from plugins.inventory import demo, entities, overview
from plugins.inventory.services import ageing, periods

manifest = Manifest(
    name="inventory",
    title=T("Inventory"),
    version="0.1.0",
    summary=T(
        "Balances with the movements behind them, counts, transfers, reservations, ageing, closed periods."
    ),
    menu=50,
    requires=("catalog", "orders", "outsourcing", "stock", "factory_stock", "shipping"),
    extends=("purchasing", "receiving"),
    settings=ageing.SETTINGS,
)


@hookimpl
def register(registry: Registry) -> None:
    """Declare entities, actions and background work."""
    entities.register(registry)
    registry.job(JobKind(periods.JOB, periods.run_verify, T("Prove the stock figures"), daily=True))


@hookimpl
def register_screens(registry: Registry) -> None:
    """Pages of our own."""
    from plugins.inventory import screens

    screens.register(registry)


@hookimpl
def nav_items(ctx: Ctx) -> Sequence[NavItem]:
    """Views and documents in the menu."""
    return overview.nav(ctx)


@hookimpl
def alerts(ctx: Ctx) -> Sequence[Alert]:
    """What is short."""
    return overview.alerts(ctx)


@hookimpl
def dashboard_tiles(ctx: Ctx) -> Sequence[Tile]:
    """A figure for the Hub page."""
    return overview.tiles(ctx)


@hookimpl
def tasks(ctx: Ctx) -> Sequence[Task]:
    """Counts to finish."""
    return overview.tasks(ctx)


@hookimpl
def dashboard_panels(ctx: Ctx) -> Sequence[Panel]:
    """A tab of the Hub page."""
    return overview.tab(ctx)


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """Stock on the pages of materials, styles and orders."""
    return overview.panels(ctx, entity, row)


@hookimpl
def demo_data(ctx: Ctx, shift: int) -> None:
    """The demo tenant: a count that has begun."""
    demo.load(ctx, shift)
