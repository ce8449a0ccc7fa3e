"""Wiring of the tna plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.api import (
    Alert,
    Column,
    Ctx,
    Declare,
    JobKind,
    Manifest,
    Panel,
    ProcessStep,
    T,
    Task,
    Tile,
    hookimpl,
)
from plugins.tna import actions, entities, panels, printed
from plugins.tna.services import demo, events, follow, hub, templates

manifest = Manifest(
    name="tna",
    title=T("Timeline"),
    version="0.1.0",
    summary=T(
        "Production timelines of factory orders: milestones scheduled back from the ship date, early warning."
    ),
    menu=25,
    requires=("base_files", "catalog", "orders", "outsourcing"),
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare entities, actions, the daily job, and what lists of others show."""
    entities.register(registry)
    actions.register(registry)
    registry.job(JobKind("tna.daily", follow.run_daily, T("How every timeline stands today"), daily=True))
    registry.extend_columns(
        "outsourcing.order",
        Column("tna", T("Timeline"), "badge", load=hub.order_badges, sort=False, right=hub.RIGHT),
    )
    printed.register(registry)
    registry.step(ProcessStep("tna", "orders.order", T("Timeline"), hub.process_step, 60, hub.RIGHT))


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
    """Timelines follow the life of their factory orders."""
    if entity == "outsourcing.order":
        follow.after_transition(ctx, row, action)


@hookimpl
def milestones_changed(ctx: Ctx, entity: str, ids: Sequence[int]) -> None:
    """An event happened or was taken back, or a ship date moved: the timelines it touches are brought up to date."""
    follow.changed(ctx, events.touched(ctx, entity, ids))


@hookimpl
def dashboard_tiles(ctx: Ctx) -> Sequence[Tile]:
    """Late, at risk."""
    return hub.tiles(ctx)


@hookimpl
def dashboard_panels(ctx: Ctx) -> Sequence[Panel]:
    """The next factory orders to ship, over the tabs."""
    return panels.of_hub(ctx)


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """On a factory order: its timeline."""
    return panels.of_order(ctx, row) if entity == "outsourcing.order" else []


@hookimpl(optionalhook=True)
def planned_start(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[int, date]:
    """To whoever asks, such as a gate that must open by then: when production is planned to start."""
    return hub.planned_starts(ctx, order_ids)


@hookimpl
def alerts(ctx: Ctx) -> Sequence[Alert]:
    """The latest timelines, and dates that wait for an answer."""
    return hub.alerts(ctx)


@hookimpl
def tasks(ctx: Ctx) -> Sequence[Task]:
    """Milestones of this person's roles."""
    return hub.tasks(ctx)


@hookimpl(trylast=True)
def demo_data(ctx: Ctx, shift: int) -> None:
    """The demo tenant's timelines; last, when what happened by itself is there."""
    demo.load(ctx, shift)
