"""Orders found by a style in them (number and customer PO are found by core)."""

from __future__ import annotations

from sqlalchemy import func, select

from core.api import Ctx, EntityName, SearchHit
from core.db import among
from plugins.catalog.api import Style
from plugins.orders.models import CustomerOrder, OrderStyle

CUSTOMER_ORDER = EntityName("orders.order")

STYLES = 50
"""Styles looked for at most."""


def by_style(ctx: Ctx, query: str, limit: int) -> list[SearchHit]:
    """The newest orders with a style whose code starts with what was typed; two queries, served by indexes."""
    typed = query.strip()
    if not typed or not ctx.can("orders.order.view"):
        return []
    low, order = typed.upper(), CustomerOrder
    styles = dict(
        ctx.session.execute(
            select(Style.id, Style.code).where(Style.code.between(low, low + "\uffff")).limit(STYLES)
        ).all()
    )
    if not styles:
        return []
    rows = ctx.session.execute(
        select(order.id, order.number, order.customer_po, func.min(OrderStyle.style_id))
        .join(OrderStyle, (OrderStyle.order_id == order.id) & (OrderStyle.tenant_id == order.tenant_id))
        .where(among(OrderStyle.style_id, styles))
        .group_by(order.id, order.number, order.customer_po)
        .order_by(order.id.desc())
        .limit(limit)
    )
    return [
        SearchHit(
            CUSTOMER_ORDER,
            number,
            " · ".join(part for part in (customer_po, styles[style]) if part),
            f"/orders/order/{id_}",
            id_,
        )
        for id_, number, customer_po, style in rows
    ]
