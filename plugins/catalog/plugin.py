"""Wiring of the catalog plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core import ledger
from core.api import Ctx, Declare, Field, Manifest, T, hookimpl
from plugins.catalog import entities, hookspecs, models  # noqa: F401  (models maps the tables)
from plugins.catalog.services import milestones as events
from plugins.catalog.shown.first_steps import first_steps  # noqa: F401 - a hook
from plugins.catalog.words import MATERIAL

manifest = Manifest(
    name="catalog",
    title=T("Catalog"),
    version="0.1.0",
    summary=T("Partners, styles, materials, consumption and price lists"),
    category="master",
    menu=80,
    requires=("base_files",),
    settings=(
        Field("calendar", T("Working calendar of the company"), "ref", ref="catalog.calendar",
              help=T("Empty: Saturday and Sunday are off.")),
    ),
)  # fmt: skip


ITEM_KINDS = (
    ledger.ItemKind("material", T("material"), frozenset({"color", "size", "dest", "lot", "owner"})),
    ledger.ItemKind("garment", T("garment"), frozenset({"color", "size", "dest", "lot", "owner"})),
)
"""Materials and styles, and what they are told apart by."""


@hookimpl
def register_hookspecs(registry: Declare) -> Any:
    """What there is and what is wanted, told to whoever plans."""
    return hookspecs


@hookimpl
def register(registry: Declare) -> None:
    """Declare entities, actions and events, and what of it stock counts."""
    entities.declare(registry)
    for kind in ITEM_KINDS:
        registry.item_kind(kind)
    for event in events.EVENTS:
        registry.event(event)
    registry.demo(_demo)


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own: styles and working calendars."""
    from plugins.catalog.screens.calendars import CalendarView
    from plugins.catalog.screens.styles import StyleView

    registry.screen("catalog.style", StyleView)
    registry.screen("catalog.calendar", CalendarView)


@hookimpl
def milestones(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Mapping[str, date]] | None:
    """Since when the consumption of styles stands."""
    return events.style_milestones(ctx, ids) if entity == events.ENTITY else None


@hookimpl(optionalhook=True)
def label_kinds(ctx: Ctx) -> tuple[str, ...]:
    """Materials, for where they lie."""
    return (MATERIAL,)


def _demo(ctx: Ctx, shift: int) -> None:
    from plugins.catalog.demo import loader  # nobody else needs what it reads

    loader.load(ctx, shift)
