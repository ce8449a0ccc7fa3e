"""Wiring of statistics: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import Ctx, Declare, Manifest, T, hookimpl
from plugins.statistics import entities, hookspecs
from plugins.statistics.services.sold import trade_facts
from plugins.statistics.shown import dashboard_tiles, nav_items

manifest = Manifest(
    name="statistics",
    title=T("Statistics"),
    version="0.1.0",
    summary=T(
        "What sells, what earns, what lies: figures of goods, customers and vendors with the documents behind them."
    ),
    category="sales",
    requires=("catalog", "orders"),
    extends=("rest",),
)


@hookimpl
def register_hookspecs(registry: Declare) -> Any:
    """What this plugin asks of others."""
    return hookspecs


@hookimpl
def register(registry: Declare) -> None:
    """Declare the right."""
    entities.register(registry)


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own."""
    from plugins.statistics import screens

    screens.register(registry)


@hookimpl(optionalhook=True)
def api_readings(ctx: Ctx) -> Sequence[Any]:
    """Every view, for programs."""
    from plugins.statistics.services import told

    return told.READINGS


__all__ = ["dashboard_tiles", "manifest", "nav_items", "trade_facts"]
