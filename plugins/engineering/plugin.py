"""Wiring of engineering: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Block, Ctx, Declare, Manifest, Panel, T, hookimpl
from plugins.engineering import hookspecs
from plugins.engineering.demo import loader
from plugins.engineering.entities import boms, changes, substitutes
from plugins.engineering.services import vetoes
from plugins.engineering.services.confirmed_substitutes import stand_ins_of as stand_ins
from plugins.engineering.shown import version_panels
from plugins.engineering.words import MATERIAL, STYLE

manifest = Manifest(
    name="engineering",
    title=T("Engineering"),
    version="0.1.0",
    summary=T("BOMs of several levels in versions: where things are used, what they cost, what changes."),
    category="development",
    menu=23,
    requires=("catalog", "stock"),
    extends=("rest",),
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare versions, their actions, the source of materials, changes and substitutes."""
    boms.register(registry)
    changes.register(registry)
    substitutes.register(registry)
    registry.demo(loader.load)


@hookimpl
def register_hookspecs(registry: Declare) -> Any:
    """What a change asks of those who have documents and stock."""
    return hookspecs


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own."""
    from plugins.engineering import screens

    screens.register(registry)


@hookimpl(optionalhook=True)
def api_readings(ctx: Ctx) -> Sequence[Any]:
    """The queries of BOMs, for programs."""
    from plugins.engineering.services.readings import readings

    return readings(ctx)


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """Versions, on the page of what they make."""
    return version_panels.owner_panels(ctx, entity, row) if entity in (STYLE, MATERIAL) else ()


@hookimpl
def before_transition(
    ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]
) -> Sequence[Block]:
    """The consumption of a style with versions is changed by a version."""
    return vetoes.consumption(ctx, row) if entity == STYLE and action == "replace_bom" else ()


__all__ = ["manifest", "stand_ins"]
