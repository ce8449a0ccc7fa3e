"""What statistics hears of fulfilment: pieces accepted from vendors, those that went straight to customers, what of both came
back, and what was closed without goods."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import date
from typing import Any

from sqlalchemy import Date, Select, SQLColumnExpression, func, null, select, type_coerce

from core.api import Ctx, hookimpl
from kit.facts import Facts, fact_columns, month_of
from plugins.catalog.api import CUSTOMER_PRICES, SUPPLIER_PRICES
from plugins.fulfilment.models import (
    Context,
    GoodsReturn,
    OrderContext,
    ReturnLine,
    ReturnSize,
    Settlement,
    SettlementLine,
    SettlementSize,
    Sheet,
    SheetLine,
    SheetSize,
)
from plugins.fulfilment.services.sums import COUNTING
from plugins.fulfilment.words import PURCHASE_ORDER, RETURN, SETTLEMENT, SHEET
from plugins.orders.api import CustomerOrder, OrderLine, OrderStyle
from plugins.purchasing.api import PurchaseLine, PurchaseOrder


@hookimpl(optionalhook=True)
def trade_facts(ctx: Ctx, figure: str, by: Set[str]) -> Sequence[Facts]:
    """Pieces of posted documents. What a vendor bears is taken off what was accepted from him, what customers gave back
    off what they have, by the day it came back; what of that is not replaced, and what was settled, is wanted no more."""
    told = {
        "accepted": (_accepted, _to_vendor),
        "shipped": (_straight, _from_customer),
        "settled": (_settled, _not_replaced),
    }.get(figure, ())
    return [facts for tell in told if (facts := tell(by)) is not None]


def _accepted(by: Set[str]) -> Facts | None:
    """What came of purchase lines, at the price of the line."""
    head, row, size, line, order = Sheet, SheetLine, SheetSize, PurchaseLine, PurchaseOrder
    qty = size.received - size.damaged
    rows = fact_columns(
        by,
        {
            "style": row.style_id, "color": row.color_id, "size": size.size_id, "vendor": order.supplier_id,
            "destination": row.destination_id, "month": month_of(head.day), "document": head.id, "line": line.id,
            "due": func.coalesce(line.required_date, order.required_date),
            "day": head.day, "currency": order.currency, "qty": qty, "value": line.price * qty,
        },
    )  # fmt: skip
    if rows is None:
        return None
    rows = (
        _came(rows)
        .join(line, (line.id == size.purchase_line_id) & (line.tenant_id == size.tenant_id))
        .join(order, (order.id == line.order_id) & (order.tenant_id == line.tenant_id))
    )
    return Facts(SHEET, rows, SUPPLIER_PRICES, PURCHASE_ORDER)


def _straight(by: Set[str]) -> Facts | None:
    """What went from vendors to customers, at the price of the order line; no shipment tells of it. Pieces that were accepted
    at the vendor's went where he ships what is sold in the business context."""
    head, row, size = Sheet, SheetLine, SheetSize
    rows = _ordered(by, head.day, head.id, size.size_id, size.received - size.damaged)
    if rows is None:
        return None
    own, context = OrderContext, Context
    sent = (
        select(own.row_id)
        .join(context, (context.id == own.business_context_id) & (context.tenant_id == own.tenant_id))
        .where(context.ships_via == "vendor")
    )
    gone = (head.place == "customer") | ((head.place == "vendor") & OrderLine.order_id.in_(sent))
    return Facts(SHEET, _of_order(_came(rows), row).where(gone), CUSTOMER_PRICES)


def _to_vendor(by: Set[str]) -> Facts | None:
    """What vendors bear, to be replaced or credited. It came back: neither late nor in time."""
    head, size, line, order = GoodsReturn, ReturnSize, PurchaseLine, PurchaseOrder
    rows = fact_columns(
        by,
        {
            "style": line.style_id, "color": line.color_id, "size": size.size_id, "vendor": order.supplier_id,
            "destination": line.destination_id, "month": month_of(head.day), "document": head.id, "line": line.id,
            "due": type_coerce(null(), Date),
            "day": head.day, "currency": order.currency, "qty": -size.qty, "value": line.price * -size.qty,
        },
    )  # fmt: skip
    if rows is None:
        return None
    rows = (
        _returned(rows)
        .join(line, (line.id == size.purchase_line_id) & (line.tenant_id == size.tenant_id))
        .join(order, (order.id == line.order_id) & (order.tenant_id == line.tenant_id))
    )
    return Facts(RETURN, rows.where(head.bearer == "vendor"), SUPPLIER_PRICES, PURCHASE_ORDER)


def _from_customer(by: Set[str]) -> Facts | None:
    """What customers gave back, at the price of the order line."""
    head, size = GoodsReturn, ReturnSize
    rows = _ordered(by, head.day, head.id, size.size_id, -size.qty)
    if rows is None:
        return None
    return Facts(
        RETURN, _of_order(_returned(rows), ReturnLine).where(head.source == "customer"), CUSTOMER_PRICES
    )


def _not_replaced(by: Set[str]) -> Facts | None:
    head, size = GoodsReturn, ReturnSize
    rows = _ordered(by, head.day, head.id, size.size_id, size.qty)
    if rows is None:
        return None
    return Facts(
        RETURN, _of_order(_returned(rows), ReturnLine).where(head.remedy != "replacement"), CUSTOMER_PRICES
    )


def _settled(by: Set[str]) -> Facts | None:
    head, row, size = Settlement, SettlementLine, SettlementSize
    rows = _ordered(by, head.day, head.id, size.size_id, size.qty)
    if rows is None:
        return None
    rows = (
        rows.select_from(size)
        .join(row, (row.id == size.line_id) & (row.tenant_id == size.tenant_id))
        .join(head, (head.id == row.settlement_id) & (head.tenant_id == row.tenant_id))
    )
    return Facts(SETTLEMENT, _of_order(rows, row).where(head.state == "posted"), CUSTOMER_PRICES)


def _ordered(
    by: Set[str], day: SQLColumnExpression[date], document: Any, size: Any, qty: SQLColumnExpression[int]
) -> Select[Any] | None:
    """Pieces of a line of a customer order, as it calls them."""
    style, line, order = OrderStyle, OrderLine, CustomerOrder
    return fact_columns(
        by,
        {
            "style": style.style_id, "color": line.color_id, "size": size, "customer": order.customer_id,
            "destination": line.destination_id, "season": order.season, "month": month_of(day), "document": document,
            "ordered": line.id,
            "day": day, "currency": order.currency, "qty": qty, "value": line.price * qty,
        },
    )  # fmt: skip


def _of_order(rows: Select[Any], row: Any) -> Select[Any]:
    style, line, order = OrderStyle, OrderLine, CustomerOrder
    return (
        rows.join(line, (line.id == row.order_line_id) & (line.tenant_id == row.tenant_id))
        .join(style, (style.id == line.order_style_id) & (style.tenant_id == line.tenant_id))
        .join(order, (order.id == line.order_id) & (order.tenant_id == line.tenant_id))
    )


def _came(rows: Select[Any]) -> Select[Any]:
    """Pieces of sheets that count."""
    head, row, size = Sheet, SheetLine, SheetSize
    return (
        rows.select_from(size)
        .join(row, (row.id == size.line_id) & (row.tenant_id == size.tenant_id))
        .join(head, (head.id == row.sheet_id) & (head.tenant_id == row.tenant_id))
        .where(head.state.in_(COUNTING))
    )


def _returned(rows: Select[Any]) -> Select[Any]:
    """Pieces of posted returns."""
    head, row, size = GoodsReturn, ReturnLine, ReturnSize
    return (
        rows.select_from(size)
        .join(row, (row.id == size.line_id) & (row.tenant_id == size.tenant_id))
        .join(head, (head.id == row.return_id) & (head.tenant_id == row.tenant_id))
        .where(head.state == "posted")
    )
