"""Entities and actions of the catalog, in one place."""

from __future__ import annotations

from core.api import Action, Declare, T
from plugins.catalog.entities import bom
from plugins.catalog.entities.calendars import CALENDAR
from plugins.catalog.entities.materials import MATERIALS
from plugins.catalog.entities.partners import PARTNERS
from plugins.catalog.entities.styles import STYLES
from plugins.catalog.services import bom_entry
from plugins.catalog.words import PRICE_RIGHTS, SEERS

ACTIONS = (
    Action(
        "catalog.style", "bom", T("Consumption (BOM)"), link="bom", permission="catalog.style.view", order=20
    ),
    Action(
        "catalog.style", "replace_bom", T("Consumption (BOM)"), run=bom_entry.run, check=bom_entry.check,
        permission="catalog.style.edit",
        order=30, confirm=T("This replaces the whole consumption of the style."), edits=True,
        button=False,  # on screen there is the matrix, which also takes a pasted table
        tables=(bom.TABLE,),
    ),
)  # fmt: skip


def declare(registry: Declare) -> None:
    """Declare every entity and action of this plugin, and who sees prices."""
    for right, label, before in PRICE_RIGHTS:
        registry.permission(right, label, SEERS, before=before)
    for entity in (CALENDAR, *PARTNERS, *STYLES, *MATERIALS):
        registry.entity(entity)
    for action in ACTIONS:
        registry.action(action)
