"""Events in the life of styles, for those who plan by them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from core.api import Ctx, EntityName, Event, T
from core.db import among
from plugins.catalog.models import Style

ENTITY = EntityName("catalog.style")
RELEASED = "catalog.bom_released"
EVENTS = (Event(RELEASED, T("Consumption (BOM) released"), ENTITY),)


def style_milestones(ctx: Ctx, style_ids: Sequence[int]) -> dict[int, dict[str, date]]:
    """The day from which the present consumption of each of these styles stands; not those without any. One query."""
    found = ctx.session.execute(
        select(Style.id, Style.bom_since).where(among(Style.id, style_ids), Style.bom_since.is_not(None))
    )
    return {id: {RELEASED: day} for id, day in found if day is not None}


def style_changed(ctx: Ctx, style_id: int) -> None:
    """Tell whoever plans by this style that its consumption is different."""
    ctx.hooks.milestones_changed(entity=ENTITY, ids=[style_id])
