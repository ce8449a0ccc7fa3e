"""The action on a factory order that takes its material need anew."""

from __future__ import annotations

from typing import Any

from core.api import Action, Ctx, Declare, T
from plugins.factory_stock.services import need


def _differs(ctx: Ctx, order: Any) -> bool:
    return need.stale(ctx, order.id)


def register(registry: Declare) -> None:
    """Declare them."""
    registry.action(
        Action(
            "outsourcing.order", "update_need", T("Update material need"), need.update_action,
            ("issued", "in_production"), permission="factory_stock.need.update", visible=_differs, reason=True, order=35,
        )
    )  # fmt: skip
