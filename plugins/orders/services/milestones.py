"""Events in the life of customer orders, for those who plan by them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from core.api import Ctx, EntityName, Event, T
from core.db import among
from plugins.orders.models import CustomerOrder

ENTITY = EntityName("orders.order")
CONFIRMED = "orders.confirmed"
EVENTS = (Event(CONFIRMED, T("Customer order confirmed"), ENTITY),)
MOVING = ("confirm", "confirm_free", "to_draft", "cancel", "reopen", "close")
"""Actions that change what others know of an order."""


def customer_order_milestones(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, dict[str, date]]:
    """When each of these orders was confirmed; not those that are (back) in draft. One query."""
    found = ctx.session.execute(
        select(CustomerOrder.id, CustomerOrder.confirmed_on).where(
            among(CustomerOrder.id, order_ids), CustomerOrder.confirmed_on.is_not(None)
        )
    )
    return {id: {CONFIRMED: day} for id, day in found if day is not None}


def customer_order_changed(ctx: Ctx, order_id: int) -> None:
    """Tell whoever plans by this order that something of it is different."""
    ctx.hooks.milestones_changed(entity=ENTITY, ids=[order_id])
