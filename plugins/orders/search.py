"""Orders found by a style in them (number and customer PO are found by core)."""

from __future__ import annotations

from sqlalchemy import select

from core.api import Ctx, SearchHit
from plugins.catalog.models import Style
from plugins.orders.models import CustomerOrder, OrderStyle


def by_style(ctx: Ctx, query: str, limit: int) -> list[SearchHit]:
    """The newest orders with a style whose code starts with what was typed; one query."""
    typed = query.strip()
    if not typed or not ctx.can("orders.order.view"):
        return []
    low, order = typed.upper(), CustomerOrder
    rows = ctx.session.execute(
        select(order.id, order.number, order.customer_po, Style.code)
        .join(OrderStyle, (OrderStyle.order_id == order.id) & (OrderStyle.tenant_id == order.tenant_id))
        .join(Style, (Style.id == OrderStyle.style_id) & (Style.tenant_id == OrderStyle.tenant_id))
        .where(Style.code.between(low, low + "\uffff"))
        .order_by(order.id.desc())
        .limit(limit)
    )
    return [
        SearchHit(
            "orders.order",
            number,
            " · ".join(part for part in (customer_po, code) if part),
            f"/orders/order/{id_}",
        )
        for id_, number, customer_po, code in rows
    ]
