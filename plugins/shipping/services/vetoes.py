"""A customer order whose goods are with the customer is not cancelled; goods leave where nobody has anything against it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select

from core.api import Block, Ctx, T
from plugins.shipping.models import Shipment
from plugins.shipping.services import shipping_lines, wanted
from plugins.shipping.services.shipping_lines import ORDER
from plugins.stock.api import keepers

NAMED = 5


def blocks(ctx: Ctx, order: Any) -> list[Block]:
    """Reasons against cancelling a customer order: what went out and did not come back."""
    back = keepers.returned(ctx, ORDER.ref(order.id))
    gone = wanted.delivered(ctx, order.id).items
    if not any(qty > back.get(item, 0) for item, qty in gone.items()):
        return []
    numbers = list(
        ctx.session.scalars(
            select(Shipment.number)
            .where(Shipment.customer_order_id == order.id, Shipment.state.in_(("shipped", "closed")))
            .order_by(Shipment.number)
        )
    )
    return [Block(T("Goods were shipped: {numbers}.", numbers=_few(numbers)), "shipping")] if numbers else []


def leaving(ctx: Ctx, shipment: Shipment) -> list[Block]:
    """What other plugins have against sending a shipment (hook ``shipping_blocks``)."""
    pieces: dict[tuple[int, int], int] = defaultdict(int)
    pieces.update(shipping_lines.shipped(ctx, [shipment.customer_order_id], without=shipment.id))
    for line in shipment.lines:
        for size in line.sizes:
            pieces[line.order_line_id, size.size_id] += size.qty
    answers = ctx.hooks.shipping_blocks(order_id=shipment.customer_order_id, pieces=pieces)
    return [block for answer in answers for block in answer]


def _few(numbers: list[str]) -> str:
    more = len(numbers) - NAMED
    return ", ".join(numbers[:NAMED]) + (f" +{more}" if more > 0 else "")
