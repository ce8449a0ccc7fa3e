"""足缺料 on the page of a document that makes something: what is enough, short now, short by the day; bought in one click."""

from __future__ import annotations

from typing import Any

from core.api import Ctx, EntityName, EntityRef, Panel, T
from plugins.planning.services import shortages


def of_maker(ctx: Ctx, entity: str, row: Any) -> list[Panel]:
    """The panel, while the document is not closed: drawn when somebody comes to it; nothing of others."""
    kinds = {kind for answer in ctx.hooks.demand_kinds() for kind in answer or ()}
    if entity not in kinds or ctx.registry.get(EntityName(entity)).state(row.state).closed:
        return []
    ref, number = (
        EntityRef(EntityName(entity), row.id),
        str(getattr(row, ctx.registry.get(EntityName(entity)).key)),
    )
    return [
        Panel(
            T("Shortages"), "planning/shortage_panel.html", lambda: _values(ctx, ref, number, row.state), order=46,
            within="material", later=True, folded=True,
        )
    ]  # fmt: skip


def _values(ctx: Ctx, ref: EntityRef, number: str, state: str) -> dict[str, Any]:
    rows = shortages.shortages(ctx, ref, None, by_due=True)
    lacking = [each for each in rows if each.state != "enough"]
    return {
        "rows": lacking,
        "all": len(rows),
        "today": ctx.today(),
        "names": shortages.names(ctx, lacking),
        "number": number,
        "buy": buying_address(ctx, ref, state) if lacking else "",
    }


def buying_address(ctx: Ctx, document: EntityRef, state: str = "") -> str:
    """Where what it lacks is bought in one click (merged into a draft for each supplier), where somebody offers that now."""
    offered = ctx.registry.actions[document.entity].all_standing(ctx.enabled)
    if any(
        action.name == "buy" and ctx.can(action.right) and (not state or state in action.from_states)
        for action in offered
    ):
        return f"/{document.entity.replace('.', '/')}/{document.id}/do/buy"
    return ""
