"""What statistics hears of shipments: pieces that left for customers, at the price of the order line."""

from __future__ import annotations

from collections.abc import Set

from core.api import Ctx, hookimpl
from kit.facts import Facts, fact_columns, month_of
from plugins.catalog.api import CUSTOMER_PRICES
from plugins.orders.api import CustomerOrder, OrderLine
from plugins.shipping.models import Shipment, ShipmentLine, ShipmentSize
from plugins.shipping.services.shipping_lines import GONE
from plugins.shipping.words import SHIPMENT


@hookimpl(optionalhook=True)
def trade_facts(ctx: Ctx, figure: str, by: Set[str]) -> Facts | None:
    """Pieces of shipments that are gone, by the day they left."""
    head, row, size, line, order = Shipment, ShipmentLine, ShipmentSize, OrderLine, CustomerOrder
    rows = fact_columns(
        by,
        {
            "style": row.style_id, "color": row.color_id, "size": size.size_id, "customer": order.customer_id,
            "destination": head.destination_id, "season": order.season, "month": month_of(head.day), "document": head.id,
            "ordered": row.order_line_id,
            "day": head.day, "currency": order.currency, "qty": size.qty, "value": line.price * size.qty,
        },
    )  # fmt: skip
    if figure != "shipped" or rows is None:
        return None
    rows = (
        rows.select_from(size)
        .join(row, (row.id == size.line_id) & (row.tenant_id == size.tenant_id))
        .join(head, (head.id == row.shipment_id) & (head.tenant_id == row.tenant_id))
        .join(line, (line.id == row.order_line_id) & (line.tenant_id == row.tenant_id))
        .join(order, (order.id == head.customer_order_id) & (order.tenant_id == head.tenant_id))
    )
    return Facts(SHIPMENT, rows.where(head.state.in_(GONE)), CUSTOMER_PRICES)
