"""The material need on pages: of a document that wants it, and of a purchase order for all that it is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Ctx, Panel, T
from plugins.buying.services import needs, proposals, purposes
from plugins.buying.services.allocation import SUPPLY
from plugins.catalog.api import MATERIAL_CLASSES, STAGES, Key
from plugins.purchasing.api import PurchaseOrder
from plugins.stock.api import DemandMark, claims, demands

TEMPLATE, PROPOSALS = "buying/need_panel.html", "buying/proposals.html"


def of_document(ctx: Ctx, entity: str, row: Any) -> list[Panel]:
    """On a document that is a demand: its need, and what is ordered and there."""
    if not ctx.can("purchasing.order.view") or not any(entity in kinds for kinds in ctx.hooks.demand_kinds()):
        return []
    wanted = list(demands.ids_of(ctx, entity, [row.id]).values())
    rows = needs.panel(ctx, wanted)
    marks: Mapping[Key, DemandMark] = next(
        (said for demand in wanted for said in ctx.hooks.demand_marks(demand_id=demand) if said), {}
    )
    return [Panel(T("Material"), TEMPLATE, _values(rows, marks), order=40, topic="material")] if rows else []


def _values(rows: Sequence[needs.NeedRow], marks: Mapping[Key, DemandMark]) -> dict[str, Any]:
    """What the table shows; a group is open that is short, in the word of the plugin that marks it where one does."""
    short = {r.key for r in rows if (marks[r.key].short if r.key in marks else r.short)}
    return {
        "rows": rows,
        "marks": marks,
        "stages": dict(STAGES),
        "open": [r for r in rows if r.key in short],
        "there": [r for r in rows if r.key not in short],
    }


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
    title = T("Material need of the factory orders")
    return [Panel(title, TEMPLATE, _values(rows, {}), order=30)] if rows else []
