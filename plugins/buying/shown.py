"""The material need on pages: of a document that wants it, and of a purchase order for all that it is for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import Ctx, Panel, T
from plugins.buying.services import needs, proposals, purposes
from plugins.buying.services.allocation import SUPPLY
from plugins.catalog.api import MATERIAL_CLASSES
from plugins.purchasing.api import PurchaseOrder
from plugins.stock.api import claims, demands

TEMPLATE, PROPOSALS = "buying/need_panel.html", "buying/proposals.html"


def of_document(ctx: Ctx, entity: str, row: Any) -> list[Panel]:
    """On a document that is a demand: its need, and what is ordered and there."""
    if not ctx.can("purchasing.order.view") or not any(entity in kinds for kinds in ctx.hooks.demand_kinds()):
        return []
    rows = needs.panel(ctx, list(demands.ids_of(ctx, entity, [row.id]).values()))
    return [Panel(T("Material"), TEMPLATE, {"rows": rows}, order=40, topic="material")] if rows else []


def of_proposals(ctx: Ctx, demand_ids: Sequence[int]) -> list[Panel]:
    """What *Buy* would order for these demands."""
    found = proposals.proposed(ctx, demand_ids)
    return [Panel(T("What it would order"), PROPOSALS, {"found": found, "classes": dict(MATERIAL_CLASSES)})]


def of_order(ctx: Ctx, order: PurchaseOrder) -> list[Panel]:
    """On a purchase order: the need of all that it buys for, of its class of material."""
    wanted = set(claims.owners(ctx, SUPPLY, of=[order.id]))
    if order.purpose is not None:
        wanted.update(purposes.demand_ids(ctx, [order.purpose]))
    rows = needs.panel(ctx, sorted(wanted), order.material_class) if wanted else []
    return (
        [Panel(T("Material need of the factory orders"), TEMPLATE, {"rows": rows}, order=30)] if rows else []
    )
