"""What makes gates be looked at again: material or documents that moved, plugins switched on or off."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Ctx, enqueue_job, hookimpl
from plugins.material_gate.services import gated_documents, overrides, summary
from plugins.stock.api import demands


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
