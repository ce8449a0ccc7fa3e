"""The factory order behind a document: locked, and in a state that lets it move."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.api import Ctx, Refused
from plugins.outsourcing.api import FactoryOrder


def lock_order(ctx: Ctx, order_id: int) -> FactoryOrder:
    """The factory order, locked until the end: limits per order are checked one after the other."""
    return ctx.session.scalars(
        select(FactoryOrder)
        .where(FactoryOrder.id == order_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def in_state(order: FactoryOrder, states: tuple[str, ...], reason: Any) -> None:
    """Refused with ``reason`` unless the factory order is in one of ``states``."""
    if order.state not in states:
        raise Refused(reason, "factory_order")
