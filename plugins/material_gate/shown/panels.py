"""The gate on the page of a document: what is short, what is promised, and every override for ever."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.api import Ctx, Panel, T, list_choices
from plugins.material_gate import words
from plugins.material_gate.models import Override
from plugins.material_gate.services import gated_documents, hold, promises
from plugins.material_gate.services.gate import gate_check
from plugins.material_gate.shown import columns
from plugins.stock.api import demands


def gate_panels(ctx: Ctx, entity: str, row: Any) -> list[Panel]:
    """The panel; nothing for those who may not see gates, and for a document the gate never had anything to say about."""
    demand = gated_documents.demand_of(ctx, entity, row.id) if ctx.can(words.VIEW) else None
    if demand is None:
        return []
    found = gate_check(ctx, [demand])[demand]
    given = list(
        ctx.session.scalars(select(Override).where(Override.demand_id == demand).order_by(Override.id.desc()))
    )
    if found.state == "none" and not given:
        return []
    return [
        Panel(
            T("Material gate"), "material_gate/panel.html",
            {
                "gate": found, "badge": columns.badge(found), "promised": promises.of_gates(ctx, [found]),
                "sentence": hold.sentence(found), "overrides": given, "stages": words.STAGE_WORDS,
                "reasons": dict(list_choices(words.REASONS)(ctx)), "entity": ctx.registry.get(words.RIGHT),
                "gone": [str(g.name) for g in found.gone],
                "may_buy": ctx.can("purchasing.order.create") and bool(found.short),
                "number": demands.owners(ctx, [demand])[demand].number,
            },
            order=35, topic="gate",
        )
    ]  # fmt: skip
