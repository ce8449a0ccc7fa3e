"""What statistics hears of factory orders: pieces bought, at the price in force; released pieces are not made any more."""

from __future__ import annotations

from collections.abc import Set

from core.api import Ctx, hookimpl
from kit.facts import Facts, fact_columns, month_of
from plugins.catalog.api import FACTORY_PRICES
from plugins.orders.api import CustomerOrder
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine, FactoryOrderSize
from plugins.outsourcing.services.milestones import ENTITY

BOUGHT = ("issued", "in_production", "completed", "closed")


@hookimpl(optionalhook=True)
def trade_facts(ctx: Ctx, figure: str, by: Set[str]) -> Facts | None:
    """Pieces of factory orders that were issued, by the day of the order."""
    head, line, size, order = FactoryOrder, FactoryOrderLine, FactoryOrderSize, CustomerOrder
    qty = size.qty - size.released
    rows = fact_columns(
        by,
        {
            "style": line.style_id, "color": size.color_id, "size": size.size_id, "customer": order.customer_id,
            "vendor": head.factory_id, "destination": line.destination_id, "season": order.season,
            "month": month_of(head.order_date), "document": head.id, "line": line.id, "due": line.ship_date,
            "day": head.order_date, "currency": head.currency, "qty": qty, "value": line.price * qty,
        },
    )  # fmt: skip
    if figure != "bought" or rows is None:
        return None
    rows = (
        rows.select_from(size)
        .join(line, (line.id == size.line_id) & (line.tenant_id == size.tenant_id))
        .join(head, (head.id == line.order_id) & (head.tenant_id == line.tenant_id))
    )
    if by & {"customer", "season"}:
        rows = rows.join(order, (order.id == line.customer_order_id) & (order.tenant_id == line.tenant_id))
    return Facts(ENTITY, rows.where(head.state.in_(BOUGHT)), FACTORY_PRICES)
