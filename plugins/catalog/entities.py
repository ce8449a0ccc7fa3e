"""Entities and actions of the catalog, in one place."""

from __future__ import annotations

from core.api import Action, Declare, Field, T
from plugins.catalog.bom_save import paste_bom
from plugins.catalog.entities_calendars import CALENDAR
from plugins.catalog.entities_materials import MATERIALS
from plugins.catalog.entities_partners import PARTNERS
from plugins.catalog.entities_styles import STYLES

ACTIONS = (
    Action(
        "catalog.style", "bom", T("Consumption (BOM)"), link="bom", permission="catalog.style.view", order=20
    ),
    Action(
        "catalog.style", "paste_bom", T("Paste consumption"), run=paste_bom, permission="catalog.style.edit", order=30,
        confirm=T("This replaces the whole consumption of the style."),
        button=False,  # on screen the matrix takes a pasted table
        fields=(
            Field(
                "grid", T("Table from a spreadsheet"), "long", required=True, max_length=200_000, wide=True,
                help=T("With headings: material, unit, wastage, colour rule, size rule, and the sizes."),
            ),
        ),
    ),
)  # fmt: skip


def declare(registry: Declare) -> None:
    """Declare every entity and action of this plugin."""
    for entity in (CALENDAR, *PARTNERS, *STYLES, *MATERIALS):
        registry.entity(entity)
    for action in ACTIONS:
        registry.action(action)
