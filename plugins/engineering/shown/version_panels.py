"""Versions of BOMs on the pages of styles and materials."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.api import Ctx, Panel, T
from plugins.catalog.api import FACTORY_PRICES, SUPPLIER_PRICES
from plugins.engineering.models import EngineeringBom
from plugins.engineering.words import BOM, MATERIAL, STYLE


def owner_panels(ctx: Ctx, entity: str, row: Any) -> list[Panel]:
    """Versions on the page of a style or material, with the way to what is asked of them."""
    if not ctx.can(f"{BOM}.view"):
        return []
    column = EngineeringBom.style_id if entity == STYLE else EngineeringBom.material_id
    found = ctx.session.scalars(
        select(EngineeringBom).where(column == row.id).order_by(EngineeringBom.version_no.desc()).limit(10)
    ).all()
    active = next((bom for bom in found if bom.state == "active"), None)
    changed = active if entity == STYLE and active and active.written_as != row.bom_version else None
    costs = ctx.can(SUPPLIER_PRICES) and ctx.can(FACTORY_PRICES)
    if entity == MATERIAL or found or row.bom_version:
        return [
            Panel(T("BOM versions"), "engineering/versions_panel.html",
                  {"boms": found, "owner": row, "of_style": entity == STYLE, "changed": changed,
                   "bom_entity": ctx.registry.get(BOM), "costs": costs}, order=30)
        ]  # fmt: skip
    return []
