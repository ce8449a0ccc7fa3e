"""A customer order that goods were shipped for is not cancelled."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.api import Block, Ctx, T
from plugins.shipping.models import Shipment

NAMED = 5


def blocks(ctx: Ctx, order: Any) -> list[Block]:
    """Reasons against cancelling a customer order."""
    numbers = list(
        ctx.session.scalars(
            select(Shipment.number)
            .where(Shipment.customer_order_id == order.id, Shipment.state.in_(("shipped", "closed")))
            .order_by(Shipment.number)
        )
    )
    return [Block(T("Goods were shipped: {numbers}.", numbers=_few(numbers)), "shipping")] if numbers else []


def _few(numbers: list[str]) -> str:
    more = len(numbers) - NAMED
    return ", ".join(numbers[:NAMED]) + (f" +{more}" if more > 0 else "")
