"""Wiring of the material_gate plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.api import (
    Alert,
    Block,
    Ctx,
    Declare,
    Field,
    JobKind,
    Manifest,
    NavItem,
    Panel,
    T,
    Task,
    Tile,
    enqueue_job,
    hookimpl,
)
from plugins.catalog.words import STAGES
from plugins.factory_stock.services import issuing
from plugins.material_gate import attention, demo, entities, hold, hookspecs, panels, shown, words
from plugins.material_gate.services import days, summary

manifest = Manifest(
    name="material_gate",
    title=T("Material gate"),
    version="0.1.0",
    summary=T(
        "Holds the start of production until its materials are in; a manager may override with a reason."
    ),
    requires=("catalog", "orders", "outsourcing", "stock", "factory_stock"),
    extends=("purchasing", "receiving"),
    settings=(
        Field("stages", T("Start waits for material of"), "choices", choices=STAGES, default=words.ALL_STAGES),
        Field("tolerance_pct", T("A group is complete although short by"), "pct", default=0, min=0, max=100, places=2,
              suffix="%"),
        Field("growth_pct", T("An override is void when the need grows by more than"), "pct",
              default=words.GROWTH, min=0, max=1000, places=2, suffix="%"),
        Field("min_text", T("An explanation has at least so many characters"), "int", default=words.MIN_WORDS, min=1,
              max=500),
    ),
)  # fmt: skip


@hookimpl
def register_hookspecs(registry: Declare) -> Any:
    """What this plugin asks of others."""
    return hookspecs


@hookimpl
def register(registry: Declare) -> None:
    """Declare overrides, reasons, events, the daily job, and what is added to the lists of orders."""
    registry.list(words.LIST)
    entities.register(registry)
    days.register(registry)
    shown.register(registry)
    registry.job(JobKind(summary.JOB, summary.run_daily, T("How every material gate stands"), daily=True))
    registry.demo(demo.load, after=("receiving",))


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own."""
    from plugins.material_gate import screens

    screens.register(registry)


@hookimpl
def before_transition(
    ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]
) -> Sequence[Block] | None:
    """Production does not start while material is missing."""
    return hold.blocks(ctx, row) if (entity, action) == (words.ORDER, words.START) else None


@hookimpl
def after_override(
    ctx: Ctx, entity: str, row: Any, action: str, block: Block, code: str, reason: str
) -> None:
    """Keep who started production in spite of the gate, why, and without what."""
    hold.overridden(ctx, row, block, code, reason)


@hookimpl
def after_transition(ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]) -> None:
    """Overrides follow their factory order; material that is sent to a factory is there."""
    if entity == words.ORDER:
        hold.follow(ctx, row, action)
    elif entity == issuing.ENTITY:
        ctx.hooks.milestones_changed(entity=words.ORDER, ids=[row.factory_order_id])


@hookimpl(trylast=True)
def milestones_changed(ctx: Ctx, entity: str, ids: Sequence[int]) -> None:
    """Material, need or the order itself moved: keep how these gates stand now."""
    if entity == words.ORDER:
        summary.refresh(ctx, ids)


@hookimpl(trylast=True)
def plugins_enabled(ctx: Ctx, plugins: Sequence[str]) -> None:
    """What moved while this plugin, or one that tells of material, was off."""
    summary.rebuild(ctx)


@hookimpl
def plugin_disabled(ctx: Ctx, plugin: str) -> None:
    """Without a plugin that tells of material other figures hold; until they are kept they are computed when read."""
    if plugin in summary.told_by(ctx):
        enqueue_job(ctx, summary.JOB, {})


@hookimpl
def settings_changed(ctx: Ctx, plugin: str) -> None:
    """Stages and tolerance decide what is short, and settings of others what counts as arrived."""
    summary.rebuild(ctx)


@hookimpl
def milestones(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Mapping[str, date]] | None:
    """Since when main material, sewing trims and packing material of factory orders are complete."""
    return days.of_orders(ctx, ids) if entity == words.ORDER else None


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel] | None:
    """The gate on the page of a factory order."""
    return panels.of(ctx, row) if entity == words.ORDER else None


@hookimpl
def nav_items(ctx: Ctx) -> Sequence[NavItem]:
    """The kit overview has no entity of its own."""
    if not ctx.can(words.VIEW):
        return []
    return [NavItem(T("Material complete?"), shown.OVERVIEW, "outsourcing", 44)]


@hookimpl
def dashboard_tiles(ctx: Ctx) -> Sequence[Tile]:
    """How many factory orders are held."""
    return attention.tiles(ctx)


@hookimpl
def alerts(ctx: Ctx) -> Sequence[Alert]:
    """Gates that will not open in time; material that went missing after the start."""
    return attention.alerts(ctx)


@hookimpl
def tasks(ctx: Ctx) -> Sequence[Task]:
    """Held factory orders for those who override, missing material for those who buy."""
    return attention.tasks(ctx)
