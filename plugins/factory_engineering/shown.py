"""Substitutes on the page of a factory order: what is recommended, what was decided, by whom and why."""

from __future__ import annotations

from core.api import Ctx, Panel, T
from plugins.factory_engineering.entities import OPEN, RIGHT
from plugins.factory_engineering.services import substitutes
from plugins.outsourcing.api import FactoryOrder


def of_order(ctx: Ctx, order: FactoryOrder) -> list[Panel]:
    """The panel; nothing where there is nothing to say."""
    decided = substitutes.in_force(ctx, order)
    found = substitutes.recommended(ctx, order) if order.state in OPEN else []
    if not decided and not found:
        return []
    values = {"decided": decided, "recommended": found, "may": ctx.can(RIGHT) and bool(found), "order": order}
    return [Panel(T("Substitutes"), "factory_engineering/panel.html", values, order=43, within="material")]
