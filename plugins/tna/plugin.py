"""Wiring of the tna plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.api import Ctx, Declare, EntityRef, JobKind, Manifest, Panel, T, Text, hookimpl
from plugins.tna import hookspecs
from plugins.tna.documents import timeline
from plugins.tna.entities import actions, timelines
from plugins.tna.services import follow, owners, templates
from plugins.tna.services.outlook import of_documents as plan_outlook
from plugins.tna.shown import hub_page, panels
from plugins.tna.shown.hub_page import alerts, planned_days, tasks
from plugins.tna.shown.hub_page import tiles as dashboard_tiles
from plugins.tna.shown.panels import of_hub as dashboard_panels

manifest = Manifest(
    name="tna",
    title=T("Timeline"),
    version="0.1.0",
    summary=T("Production timelines: milestones scheduled back from the ship date, early warning."),
    category="production",
    menu=25,
    requires=("base_files", "catalog"),
)


@hookimpl
def register_hookspecs(registry: Declare) -> Any:
    """What this plugin asks of those whose documents have timelines."""
    return hookspecs


@hookimpl
def register(registry: Declare) -> None:
    """Declare entities, actions, the document and the daily job."""
    timelines.register(registry)
    actions.register(registry)
    registry.job(JobKind("tna.daily", follow.run_daily, T("How every timeline stands today"), daily=True))
    timeline.register(registry)


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own."""
    from plugins.tna import screens

    screens.register(registry)


@hookimpl
def plugins_enabled(ctx: Ctx, plugins: Sequence[str]) -> None:
    """A tenant starts with three templates."""
    if "tna" in plugins:
        templates.seed(ctx)


@hookimpl
def after_transition(ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]) -> None:
    """Timelines follow the life of their documents."""
    if entity in owners.kinds(ctx):
        follow.after_transition(ctx, entity, row, action)


@hookimpl
def milestones_changed(ctx: Ctx, entity: str, ids: Sequence[int]) -> None:
    """An event happened or was taken back, or a ship date moved: the timelines it touches are brought up to date."""
    follow.owners_changed(ctx, owners.touched(ctx, entity, ids))


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """On a document that has one: its timeline."""
    return panels.of_document(ctx, EntityRef(entity, row.id)) if entity in owners.kinds(ctx) else []


@hookimpl(optionalhook=True)
def document_timelines(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, tuple[Text, str]] | None:
    """How timelines stand, for whoever shows documents beside each other."""
    return panels.standing_of(ctx, entity, ids) if entity in owners.kinds(ctx) else None


@hookimpl(optionalhook=True)
def planned_start(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, date]:
    """To whoever asks, such as a gate that must open by then: when production is planned to start."""
    return hub_page.planned_starts(ctx, entity, ids)


__all__ = [
    "alerts",
    "dashboard_panels",
    "dashboard_tiles",
    "manifest",
    "plan_outlook",
    "planned_days",
    "tasks",
]
