"""What the Hub page shows of customer orders: those that still wait for a factory order."""

from __future__ import annotations

from sqlalchemy import func, select

from core.api import Ctx, T, Tile
from plugins.orders.models import CustomerOrder

LIST = "/orders/order/"


def tiles(ctx: Ctx) -> list[Tile]:
    """Counts of drafts and of confirmed orders."""
    if not ctx.can("orders.order.view"):
        return []
    rows = ctx.session.execute(
        select(CustomerOrder.state, func.count())
        .where(CustomerOrder.state.in_(("draft", "confirmed")))
        .group_by(CustomerOrder.state)
    ).all()
    counts: dict[str, int] = {row[0]: row[1] for row in rows}
    return [
        Tile(T("Customer orders in draft"), counts.get("draft", 0), f"{LIST}?state=draft", "neutral", 20),
        Tile(
            T("Confirmed customer orders"), counts.get("confirmed", 0), f"{LIST}?state=confirmed", "info", 21
        ),
    ]
