"""Wiring of planning: manifest and hook implementations, nothing else."""

from __future__ import annotations

from typing import Any

from core.api import Declare, Field, Manifest, T, hookimpl
from plugins.planning import entities, hookspecs, models  # noqa: F401  (models maps the tables)
from plugins.planning.demo import load
from plugins.planning.services.forecasts import plan_demand
from plugins.planning.services.world import MAKING_DAYS
from plugins.planning.shown.menu import nav_items
from plugins.planning.shown.panels import of_document as entity_panels
from plugins.planning.shown.readings import api_readings

manifest = Manifest(
    name="planning",
    title=T("Planning"),
    version="0.1.0",
    summary=T("What can be made, from what and by when: kits, promise dates, shortages, forecasts."),
    category="production",
    menu=24,
    requires=("catalog", "engineering"),
    extends=("orders", "rest"),
    settings=(
        Field(
            "making_days",
            T("Days that garments take from material to store"),
            "int",
            default=MAKING_DAYS,
            min=0,
            max=365,
        ),
    ),
)


DEMO_BEFORE = (
    "purchasing", "receiving", "factory_stock", "shipping", "material_gate", "engineering", "factory_engineering",
    "factory_gate", "factory_timeline", "inventory", "proforma", "claims", "fulfilment", "invoicing",
)  # fmt: skip
"""Whose part of the demo company a plan is made from: it would be older than the data else."""


@hookimpl
def register(registry: Declare) -> None:
    """Declare entities and the part of the demo company."""
    entities.declare(registry)
    registry.demo(load, after=DEMO_BEFORE)


@hookimpl
def register_hookspecs(registry: Declare) -> Any:
    """What this plugin asks of others."""
    return hookspecs


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own."""
    from plugins.planning import screens

    screens.register(registry)


__all__ = ["api_readings", "entity_panels", "manifest", "nav_items", "plan_demand"]
