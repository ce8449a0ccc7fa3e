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
from plugins.material_gate import entities, hookspecs, words
from plugins.material_gate.services import days, gated_documents, hold, overrides, summary
from plugins.material_gate.shown import columns, hub_page, panels
from plugins.stock.api import demands

manifest = Manifest(
    name="material_gate",
    title=T("Material gate"),
    version="0.1.0",
    summary=T(
        "Holds the start of production until its materials are in; a manager may override with a reason."
    ),
    requires=("catalog", "stock"),
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
def before_transition(
    ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]
) -> Sequence[Block] | None:
    """Work does not start while material is missing."""
    kind = gated_documents.kinds(ctx).get(entity)
    return hold.blocks(ctx, entity, row.id) if kind is not None and action == kind.start else None


@hookimpl
def after_override(
    ctx: Ctx, entity: str, row: Any, action: str, block: Block, code: str, reason: str
) -> None:
    """Keep who started work in spite of the gate, why, and without what."""
    hold.overridden(ctx, block, code, reason)


@hookimpl
def after_transition(ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]) -> None:
    """A start uses up the override that was given for it."""
    kind = gated_documents.kinds(ctx).get(entity)
    if kind is not None:
        hold.follow(ctx, kind, row, action)


@hookimpl(trylast=True)
def milestones_changed(ctx: Ctx, entity: str, ids: Sequence[int]) -> None:
    """Material, need or the document itself moved: overrides that are outgrown are void, and it is kept how gates stand now."""
    if entity in gated_documents.kinds(ctx):
        found = demands.ids_of(ctx, entity, ids).values()
        overrides.settle(ctx, found)
        summary.refresh(ctx, found)


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
    """Since when main material, sewing trims and packing material of documents are complete."""
    return days.of_documents(ctx, entity, ids) if entity in gated_documents.kinds(ctx) else None


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel] | None:
    """The gate on the page of a document."""
    return panels.of(ctx, entity, row) if entity in gated_documents.kinds(ctx) else None


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


@hookimpl
def dashboard_tiles(ctx: Ctx) -> Sequence[Tile]:
    """How many documents are held."""
    return hub_page.tiles(ctx)


@hookimpl
def alerts(ctx: Ctx) -> Sequence[Alert]:
    """Gates that will not open in time; material that went missing after the start."""
    return hub_page.alerts(ctx)


@hookimpl
def tasks(ctx: Ctx) -> Sequence[Task]:
    """Held documents for those who override, missing material for those who buy."""
    return hub_page.tasks(ctx)
