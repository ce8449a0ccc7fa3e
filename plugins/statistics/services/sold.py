"""What customers ordered: lines of confirmed and closed orders, by the day of the order."""

from __future__ import annotations

from collections.abc import Set

from core.api import Ctx, hookimpl
from kit.facts import Facts, fact_columns, month_of
from plugins.catalog.api import CUSTOMER_PRICES
from plugins.orders.api import CustomerOrder, OrderLine, OrderSize, OrderStyle
from plugins.statistics.words import ORDER, SOLD

STATES = ("confirmed", "closed")


@hookimpl
def trade_facts(ctx: Ctx, figure: str, by: Set[str]) -> Facts | None:
    """Order lines; their sizes where somebody asks for sizes."""
    head, style, line, size = CustomerOrder, OrderStyle, OrderLine, OrderSize
    qty = size.qty if "size" in by else line.qty
    rows = fact_columns(
        by,
        {
            "style": style.style_id, "color": line.color_id, "size": size.size_id, "customer": head.customer_id,
            "destination": line.destination_id, "season": head.season, "month": month_of(head.order_date),
            "document": head.id, "ordered": line.id,
            "day": head.order_date, "currency": head.currency, "qty": qty, "value": line.price * qty,
        },
    )  # fmt: skip
    if figure != SOLD or rows is None:
        return None
    rows = rows.select_from(line).join(head, (head.id == line.order_id) & (head.tenant_id == line.tenant_id))
    if "style" in by:
        rows = rows.join(style, (style.id == line.order_style_id) & (style.tenant_id == line.tenant_id))
    if "size" in by:
        rows = rows.join(size, (size.line_id == line.id) & (size.tenant_id == line.tenant_id))
    return Facts(ORDER, rows.where(head.state.in_(STATES)), CUSTOMER_PRICES)
