"""What statistics hears of purchase orders: pieces of finished goods that were bought."""

from __future__ import annotations

from collections.abc import Set

from sqlalchemy import BigInteger, func, type_coerce

from core.api import Ctx, hookimpl
from kit.facts import Facts, fact_columns, month_of
from plugins.catalog.api import SUPPLIER_PRICES, Style
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.words import PURCHASE_ORDER

BOUGHT = ("issued", "closed")
UNITS = 1_000_000
"""A quantity is kept in millionths; pieces are whole."""


@hookimpl(optionalhook=True)
def trade_facts(ctx: Ctx, figure: str, by: Set[str]) -> Facts | None:
    """Lines of finished goods of issued orders, by the day of the order; the season is that of the style."""
    head, line = PurchaseOrder, PurchaseLine
    qty = type_coerce(line.qty, BigInteger) // UNITS
    rows = fact_columns(
        by,
        {
            "style": line.style_id, "color": line.color_id, "size": line.size_id, "vendor": head.supplier_id,
            "destination": line.destination_id, "season": Style.season, "month": month_of(head.order_date),
            "document": head.id, "line": line.id, "due": func.coalesce(line.required_date, head.required_date),
            "day": head.order_date, "currency": head.currency, "qty": qty, "value": line.price * qty,
        },
    )  # fmt: skip
    if figure != "bought" or rows is None:
        return None
    rows = rows.select_from(line).join(head, (head.id == line.order_id) & (head.tenant_id == line.tenant_id))
    if "season" in by:
        rows = rows.join(Style, (Style.id == line.style_id) & (Style.tenant_id == line.tenant_id))
    return Facts(
        PURCHASE_ORDER, rows.where(line.style_id.is_not(None), head.state.in_(BOUGHT)), SUPPLIER_PRICES
    )
