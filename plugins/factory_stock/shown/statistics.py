"""What statistics hears of goods in: pieces accepted from factories, at the price of the factory order."""

from __future__ import annotations

from collections.abc import Set

from core.api import Ctx, hookimpl
from kit.facts import Facts, fact_columns, month_of
from plugins.catalog.api import FACTORY_PRICES
from plugins.factory_stock.models import GoodsIn, GoodsInLine, GoodsInSize
from plugins.factory_stock.services.milestones import GOODS_IN
from plugins.outsourcing.api import FactoryOrder, FactoryOrderLine, milestones


@hookimpl(optionalhook=True)
def trade_facts(ctx: Ctx, figure: str, by: Set[str]) -> Facts | None:
    """Pieces of posted goods in, less the rejected ones, by the day they came."""
    head, row, size, line, order = GoodsIn, GoodsInLine, GoodsInSize, FactoryOrderLine, FactoryOrder
    qty = size.received - size.rejected
    rows = fact_columns(
        by,
        {
            "style": line.style_id, "color": row.color_id, "size": size.size_id, "vendor": head.factory_id,
            "destination": line.destination_id, "month": month_of(head.day), "document": head.id,
            "line": row.fo_line_id, "due": line.ship_date,
            "day": head.day, "currency": order.currency, "qty": qty, "value": line.price * qty,
        },
    )  # fmt: skip
    if figure != "accepted" or rows is None:
        return None
    rows = (
        rows.select_from(size)
        .join(row, (row.id == size.line_id) & (row.tenant_id == size.tenant_id))
        .join(head, (head.id == row.goods_in_id) & (head.tenant_id == row.tenant_id))
        .join(line, (line.id == row.fo_line_id) & (line.tenant_id == row.tenant_id))
        .join(order, (order.id == head.factory_order_id) & (order.tenant_id == head.tenant_id))
    )
    rows = rows.where(head.state == "posted", head.kind == "goods_in")
    return Facts(GOODS_IN, rows, FACTORY_PRICES, milestones.ENTITY)
