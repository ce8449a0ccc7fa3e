"""What statistics hears of shipments: pieces that left for customers and that came back, at the price of the order line."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any

from core.api import Ctx, hookimpl
from kit.facts import Facts, fact_columns, month_of
from plugins.catalog.api import CUSTOMER_PRICES
from plugins.orders.api import CustomerOrder, OrderLine
from plugins.shipping.models import Shipment, ShipmentLine, ShipmentSize
from plugins.shipping.services.came_back import came_back, told_elsewhere
from plugins.shipping.words import GONE, SHIPMENT
from plugins.stock.api import CREDIT, DOCUMENT, StockDocument


@hookimpl(optionalhook=True)
def trade_facts(ctx: Ctx, figure: str, by: Set[str]) -> Sequence[Facts]:
    """Pieces of shipments that are gone by the day they left, less those that came back by the day they did; those that are
    paid back are wanted no more."""
    if figure == "shipped":
        told = (_left(by), _back(ctx, by, -1))
    elif figure == "settled":
        told = (None, _back(ctx, by, 1, StockDocument.settlement == CREDIT))
    else:
        return []
    return [facts for facts in told if facts is not None]


def _left(by: Set[str]) -> Facts | None:
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
    if rows is None:
        return None
    rows = (
        rows.select_from(size)
        .join(row, (row.id == size.line_id) & (row.tenant_id == size.tenant_id))
        .join(head, (head.id == row.shipment_id) & (head.tenant_id == row.tenant_id))
        .join(line, (line.id == row.order_line_id) & (line.tenant_id == row.tenant_id))
        .join(order, (order.id == head.customer_order_id) & (order.tenant_id == head.tenant_id))
    )
    return Facts(SHIPMENT, rows.where(head.state.in_(GONE)), CUSTOMER_PRICES)


def _back(ctx: Ctx, by: Set[str], sign: int, *only: Any) -> Facts | None:
    back, head, line, order = came_back(), StockDocument, OrderLine, CustomerOrder
    qty = back.c.qty * sign
    rows = fact_columns(
        by,
        {
            "style": back.c.style_id, "color": back.c.color_id, "size": back.c.size_id, "customer": order.customer_id,
            "destination": line.destination_id, "season": order.season, "month": month_of(head.day), "document": head.id,
            "ordered": line.id,
            "day": head.day, "currency": order.currency, "qty": qty, "value": line.price * qty,
        },
    )  # fmt: skip
    if rows is None:
        return None
    rows = (
        rows.select_from(back)
        .join(head, head.id == back.c.document_id)
        .join(line, line.id == back.c.line_id)
        .join(order, (order.id == line.order_id) & (order.tenant_id == line.tenant_id))
        .where(~told_elsewhere(ctx), *only)
    )
    return Facts(DOCUMENT, rows, CUSTOMER_PRICES)
