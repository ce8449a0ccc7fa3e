"""The gate on the page of a factory order: what is short, what is promised, and every override for ever."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.api import Ctx, Panel, T, list_choices
from plugins.material_gate import hold, shown, words
from plugins.material_gate.models import Override
from plugins.material_gate.services import promised
from plugins.material_gate.services.gate import gate_check


def of(ctx: Ctx, order: Any) -> list[Panel]:
    """The panel; nothing for those who may not see gates, and for an order the gate never had anything to say about."""
    if not ctx.can(words.VIEW):
        return []
    found = gate_check(ctx, [order.id])[order.id]
    given = list(
        ctx.session.scalars(
            select(Override).where(Override.factory_order_id == order.id).order_by(Override.id.desc())
        )
    )
    if found.state == "none" and not given:
        return []
    return [
        Panel(
            T("Material gate"), "material_gate/panel.html",
            {
                "gate": found, "badge": shown.badge(found), "promised": promised.of_gates(ctx, [found]),
                "sentence": hold.sentence(found), "overrides": given, "stages": words.STAGE_WORDS,
                "reasons": dict(list_choices(words.REASONS)(ctx)), "entity": ctx.registry.get(words.RIGHT),
                "gone": [str(g.name) for g in found.gone],
                "may_buy": ctx.can("purchasing.order.create") and bool(found.short), "order": order,
            },
            order=35,
        )
    ]  # fmt: skip
