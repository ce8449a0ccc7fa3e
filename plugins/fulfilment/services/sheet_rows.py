"""Which rows a fulfilment sheet has: of its order, of the orders of its customer, or of everything that is open."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Select, select

from core.api import Ctx
from core.db import among
from plugins.fulfilment.models import Sheet, SheetLine
from plugins.fulfilment.services import open_rows, rows
from plugins.fulfilment.services.rows import Row
from plugins.orders.api import OrderLine

MOST_ORDERS = 200
"""So many open orders stand on one sheet; a customer or an order narrows it."""
Key = tuple[int, int, int, int, int, bool]
"""Order line, purchase order, style, colour, destination (the last three of goods bought for stock only), replacement."""


def key_of_row(row: Row, replacement: bool) -> Key:
    """How a row is told from others."""
    if row.line_id:
        return row.line_id, row.po_id, 0, 0, 0, replacement
    return 0, row.po_id, row.style_id, row.color_id, row.destination_id, replacement


def key_of_line(line: SheetLine) -> Key:
    """The same of a saved line."""
    if line.order_line_id:
        return line.order_line_id, line.purchase_order_id or 0, 0, 0, 0, line.replacement
    return (
        0,
        line.purchase_order_id or 0,
        line.style_id,
        line.color_id,
        line.destination_id or 0,
        line.replacement,
    )


def of_sheet(ctx: Ctx, sheet: Sheet) -> dict[Key, Row]:
    """Rows that pieces may be typed for, goods and replacements apart, and those that the sheet has already."""
    mine = {key_of_line(line) for line in sheet.lines}
    found: dict[Key, Row] = {}
    for row in _rows(ctx, sheet):
        for again in (False, True):
            key = key_of_row(row, again)
            if key in mine or _offered(sheet, row, again):
                found[key] = row
    return found


def scope(ctx: Ctx, sheet: Sheet) -> set[int]:
    """Ids of the customer orders that pieces may be typed for, and of those that are on the sheet."""
    if sheet.customer_order_id is not None:
        return {sheet.customer_order_id}
    return set(open_rows.open_orders(ctx, sheet.customer_id, MOST_ORDERS)) | orders_on(ctx, sheet)


def _rows(ctx: Ctx, sheet: Sheet) -> list[Row]:
    found = rows.of_orders(ctx, scope(ctx, sheet))
    narrow = sheet.customer_order_id is not None or sheet.customer_id is not None
    return found if narrow else [*found, *open_rows.bought_for_stock(ctx)]


def _offered(sheet: Sheet, row: Row, again: bool) -> bool:
    if not row.receivable or (not row.po_id and sheet.place != "customer"):
        return False
    if again:
        return row.total("to_replace") > 0
    return row.total("ordered") > 0 if sheet.customer_order_id is not None else row.total("balance") > 0


def orders_on(ctx: Ctx, sheet: Sheet) -> set[int]:
    """Ids of the customer orders that lines of a sheet are for."""
    return orders_of_lines(ctx, (line.order_line_id for line in sheet.lines if line.order_line_id))


def orders_of_lines(ctx: Ctx, line_ids: Iterable[int]) -> set[int]:
    """Ids of the customer orders with these lines; no query for none."""
    ids = set(line_ids)
    if not ids:
        return set()
    return set(ctx.session.scalars(select(OrderLine.order_id).where(among(OrderLine.id, ids)).distinct()))


def sheets_for(order_ids: Iterable[int]) -> Select[int, Sheet]:
    """(customer order id, sheet) for each sheet with pieces for these orders, to be narrowed."""
    return (
        select(OrderLine.order_id, Sheet)
        .join(SheetLine, (SheetLine.sheet_id == Sheet.id) & (SheetLine.tenant_id == Sheet.tenant_id))
        .join(
            OrderLine,
            (OrderLine.id == SheetLine.order_line_id) & (OrderLine.tenant_id == SheetLine.tenant_id),
        )
        .where(among(OrderLine.order_id, order_ids))
        .distinct()
        .order_by(Sheet.id)
    )
