"""Wiring of the material_gate plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.api import Ctx, Declare, JobKind, Manifest, NavItem, T, hookimpl
from plugins.material_gate import entities, hookspecs, words
from plugins.material_gate.services import days, gated_documents, summary
from plugins.material_gate.services.days import needed_by, plan_needed_by
from plugins.material_gate.services.hold import after_transition, before_transition
from plugins.material_gate.services.hold import overridden as after_override
from plugins.material_gate.services.outlook import plan_events, plan_outlook
from plugins.material_gate.services.refreshing import milestones_changed, plugin_disabled, plugins_enabled
from plugins.material_gate.services.summary import rebuild as settings_changed
from plugins.material_gate.shown import columns, hub_page
from plugins.material_gate.shown.hub_page import alerts, tasks
from plugins.material_gate.shown.hub_page import tiles as dashboard_tiles
from plugins.material_gate.shown.panels import demand_marks, entity_panels
from plugins.material_gate.shown.readings import api_readings

manifest = Manifest(
    name="material_gate",
    title=T("Material gate"),
    version="0.1.0",
    summary=T(
        "Holds the start of production until its materials are in; a manager may override with a reason."
    ),
    category="materials",
    requires=("catalog", "stock"),
    extends=("rest",),
    settings=entities.SETTINGS,
)


@hookimpl
def register_hookspecs(registry: Declare) -> Any:
    """What this plugin asks of others."""
    return hookspecs


@hookimpl
def register(registry: Declare) -> None:
    """Declare overrides, reasons, events and the daily job."""
    registry.list(words.LIST)
    entities.register(registry)
    days.register(registry)
    registry.job(JobKind(summary.JOB, summary.run_daily, T("How every material gate stands"), daily=True))


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own."""
    from plugins.material_gate import screens

    screens.register(registry)


@hookimpl
def milestones(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Mapping[str, date]] | None:
    """Since when main material, sewing trims and packing material of documents are complete."""
    return days.of_documents(ctx, entity, ids) if entity in gated_documents.kinds(ctx) else None


@hookimpl
def nav_items(ctx: Ctx) -> Sequence[NavItem]:
    """Overview and overrides, under the heading of what is held."""
    if not ctx.can(words.VIEW):
        return []
    menu = hub_page.menu(ctx)
    return [
        NavItem(T("Material complete?"), columns.OVERVIEW, menu, 44),
        NavItem(T("Gate overrides"), "/material_gate/override/", menu, 45),
    ]


__all__ = [
    "after_override",
    "after_transition",
    "alerts",
    "api_readings",
    "before_transition",
    "dashboard_tiles",
    "demand_marks",
    "entity_panels",
    "manifest",
    "milestones_changed",
    "needed_by",
    "plan_events",
    "plan_needed_by",
    "plan_outlook",
    "plugin_disabled",
    "plugins_enabled",
    "settings_changed",
    "tasks",
]
