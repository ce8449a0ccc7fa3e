"""What stock at factories has to say when a factory order changes its state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from core.api import Block, Ctx, T, hookimpl
from plugins.factory_stock.models import GoodsIn, Issue
from plugins.factory_stock.services import dust
from plugins.factory_stock.words import FACTORY_ORDER

SETTLE = "factory_stock.settle.override"
NAMED = 5


@hookimpl(specname="before_transition")
def blocks(ctx: Ctx, entity: str, row: Any, action: str) -> list[Block]:
    """Reasons against an action on somebody else's document."""
    if entity != FACTORY_ORDER:
        return []
    if action == "withdraw":
        return _papers(ctx, row, (Issue, GoodsIn))
    if action == "cancel":
        return _papers(ctx, row, (GoodsIn,)) + _left(ctx, row, "")
    return _left(ctx, row, SETTLE) if action == "close" else []


def _papers(ctx: Ctx, order: Any, models: Sequence[type[Issue] | type[GoodsIn]]) -> list[Block]:
    """A factory order with posted documents is not withdrawn, one that goods came in for is not cancelled."""
    numbers: list[str] = []
    for model in models:
        numbers += ctx.session.scalars(
            select(model.number)
            .where(model.factory_order_id == order.id, model.state == "posted")
            .order_by(model.number)
        )
    if not numbers:
        return []
    return [
        Block(T("Material was issued or goods came in: {numbers}.", numbers=_few(numbers)), "factory_stock")
    ]


def _left(ctx: Ctx, order: Any, override: str) -> list[Block]:
    """Material that is still at the factory must come back, be counted or be written off before the order is closed or
    cancelled; what papers there were does not matter."""
    left = dust.rests(ctx, [order]).get(order.id, {})
    if not left:
        return []
    reason = T(
        "Material for {number} is still at the factory: {n} items. Return, count or write it off first.",
        number=order.number,
        n=len(left),
    )
    return [Block(reason, "factory_stock", override)]


def _few(numbers: list[str]) -> str:
    more = len(numbers) - NAMED
    return ", ".join(numbers[:NAMED]) + (f" +{more}" if more > 0 else "")
