"""Changes of BOMs that wait for the next factory order with one of their styles."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from core.api import Ctx
from core.db import among
from plugins.engineering.api import change_orders
from plugins.outsourcing.api import FactoryOrder, FactoryOrderLine


def follow_orders(ctx: Ctx, order_ids: Sequence[int]) -> None:
    """Apply the changes that wait for styles which drafts among these factory orders take, where the draft was made after the
    change was approved: one that was there before is not the next one. One statement where nothing waits."""
    if not change_orders.is_any_waiting(ctx):
        return
    order, line = FactoryOrder, FactoryOrderLine
    rows = ctx.session.execute(
        select(line.style_id, order.created_at)
        .join(order, (order.id == line.order_id) & (order.tenant_id == line.tenant_id))
        .where(among(order.id, order_ids), order.state == "draft")
        .distinct()
    ).all()
    if rows:
        change_orders.apply_for_styles(ctx, [(style, at) for style, at in rows])
