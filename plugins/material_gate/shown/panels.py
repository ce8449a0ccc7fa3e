"""The gate on the page of a document: what is short, what is promised, and every override for ever."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from core.api import Ctx, Panel, T, hookimpl, list_choices
from core.values import ZERO
from plugins.catalog.api import Key
from plugins.material_gate import words
from plugins.material_gate.models import Override
from plugins.material_gate.services import gated_documents, hold, promises
from plugins.material_gate.services.gate import Gate, gate_check
from plugins.material_gate.shown import columns
from plugins.stock.api import DemandMark, demands


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> list[Panel]:
    """The panel; nothing for those who may not see gates, and for a document the gate never had anything to say about."""
    gated = ctx.can(words.VIEW) and entity in gated_documents.kinds(ctx)
    demand = gated_documents.demand_of(ctx, entity, row.id) if gated else None
    if demand is None:
        return []
    found = _of_page(ctx, demand)
    given = list(
        ctx.session.scalars(select(Override).where(Override.demand_id == demand).order_by(Override.id.desc()))
    )
    if found.state == "none" and not given:
        return []
    return [
        Panel(
            T("Material gate"), "material_gate/panel.html",
            {
                "gate": found, "badge": columns.badge(found), "promised": lambda: promises.of_gates(ctx, [found]),
                "sentence": hold.sentence(found), "overrides": given, "stages": words.STAGE_WORDS,
                "reasons": dict(list_choices(words.REASONS)(ctx)), "entity": ctx.registry.get(words.RIGHT),
                "gone": [str(g.name) for g in found.gone],
                "may_buy": ctx.can("purchasing.order.create") and bool(found.short),
                "number": demands.owners(ctx, [demand])[demand].number,
            },
            order=35, within="material",
        )
    ]  # fmt: skip


@hookimpl
def demand_marks(ctx: Ctx, demand_id: int) -> Mapping[Key, DemandMark] | None:
    """Each group as the gate counts it; nothing for those who may not see gates, and where the gate has nothing to say."""
    found = _of_page(ctx, demand_id) if ctx.can(words.VIEW) else None
    if found is None or found.state == "none":
        return None
    return {group.key: DemandMark(ZERO if group.ok else group.short, group.gated) for group in found.groups}


def _of_page(ctx: Ctx, demand: int) -> Gate:
    """What the gate says of it, asked once however many parts of a page want it."""
    return ctx.memo.once(("material_gate.page", demand), lambda: gate_check(ctx, [demand])[demand])
