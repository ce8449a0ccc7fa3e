"""Entities and actions of the catalog, in one place."""

from __future__ import annotations

from core.api import Action, Declare, T
from plugins.catalog import bom_payload, bom_save
from plugins.catalog.entities_calendars import CALENDAR
from plugins.catalog.entities_materials import MATERIALS
from plugins.catalog.entities_partners import PARTNERS
from plugins.catalog.entities_styles import STYLES

ACTIONS = (
    Action(
        "catalog.style", "bom", T("Consumption (BOM)"), link="bom", permission="catalog.style.view", order=20
    ),
    Action(
        "catalog.style", "replace_bom", T("Consumption (BOM)"), run=bom_save.run, check=bom_save.check,
        permission="catalog.style.edit",
        order=30, confirm=T("This replaces the whole consumption of the style."), edits=True,
        button=False,  # on screen there is the matrix, which also takes a pasted table
        tables=(bom_payload.TABLE,),
    ),
)  # fmt: skip


def declare(registry: Declare) -> None:
    """Declare every entity and action of this plugin."""
    for entity in (CALENDAR, *PARTNERS, *STYLES, *MATERIALS):
        registry.entity(entity)
    for action in ACTIONS:
        registry.action(action)
