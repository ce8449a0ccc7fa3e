"""Cleared: an order closes by itself once nobody misses anything of it, goods and money alike; until then it says what, and
it opens again when something is missing again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from core.api import Ctx, Text, audit_history, follow
from core.db import among
from plugins.orders.models import CustomerOrder
from plugins.orders.services.milestones import ENTITY

CLEARED = "cleared"
UNCLEARED = "uncleared"
"""What the audit trail calls it, and what listeners hear."""


def missing(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, list[Text]]:
    """What orders miss until they are cleared; an empty list: nothing. Orders that nobody tells about are left out."""
    found: dict[int, list[Text]] = {}
    for answer in ctx.hooks.clearing(order_ids=order_ids) if order_ids else ():
        for order_id, sentences in (answer or {}).items():
            found.setdefault(order_id, []).extend(sentences)
    return found


def clear_orders(ctx: Ctx, order_ids: Iterable[int]) -> list[CustomerOrder]:
    """Close those of these confirmed orders that miss nothing any more; open those again that closed so and miss something
    since: a payment was reversed, goods come back to be replaced. Gives those whose state changed.

    Called in the transaction of whatever made it so. An order that nobody tells about stays as it is, and so does one that
    a person closed: nothing more is expected of it.
    """
    told = missing(ctx, sorted(set(order_ids)))
    found = ctx.session.scalars(
        select(CustomerOrder)
        .where(among(CustomerOrder.id, told), CustomerOrder.state.in_(("confirmed", "closed")))
        .order_by(CustomerOrder.id)
    ).all() if told else ()  # fmt: skip
    moved = []
    for order in found:
        if not told[order.id]:
            if follow(ctx, order, "closed", because=CLEARED):
                moved.append(order)
        elif order.state == "closed" and _by_itself(ctx, order):
            follow(
                ctx,
                order,
                "confirmed",
                because=UNCLEARED,
                reason=" ".join(str(each) for each in told[order.id]),
            )
            moved.append(order)
    return moved


def _by_itself(ctx: Ctx, order: CustomerOrder) -> bool:
    last = next((e for e in audit_history(ctx, ENTITY, order.id) if e.to_state is not None), None)
    return last is not None and last.action == CLEARED
