"""What fulfilment has to say when an order or a purchase order changes its state."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.api import Block, Ctx, T, hookimpl
from plugins.fulfilment.models import Sheet, SheetLine
from plugins.fulfilment.services import rows, sheet_rows
from plugins.fulfilment.words import CUSTOMER_ORDER, PURCHASE_ORDER, SHEET
from plugins.stock.api import DOCUMENT

LIVE = ("draft", "posted", "finalised")


@hookimpl(specname="before_transition")
def blocks(ctx: Ctx, entity: str, row: Any, action: str) -> list[Block]:
    """An order or a purchase order that pieces came of is not cancelled, and none goes back to draft; what came back to a store
    stays where it was replaced meanwhile."""
    if (entity, action) in ((CUSTOMER_ORDER, "cancel"), (CUSTOMER_ORDER, "to_draft")):
        found = sheet_rows.sheets_for([row.id]).with_only_columns(Sheet.number, Sheet.id)
    elif (entity, action) == (PURCHASE_ORDER, "cancel"):
        found = (
            select(Sheet.number, Sheet.id)
            .join(SheetLine, (SheetLine.sheet_id == Sheet.id) & (SheetLine.tenant_id == Sheet.tenant_id))
            .where(SheetLine.purchase_order_id == row.id)
            .distinct()
        )
    elif (entity, action) == (DOCUMENT, "reverse") and row.owner_entity == CUSTOMER_ORDER:
        return _replaced(ctx, row)
    else:
        return []
    numbers = [number for number, _id in ctx.session.execute(found.where(Sheet.state.in_(LIVE)))]
    if not numbers:
        return []
    return [Block(T("Goods came in: {numbers}.", numbers=", ".join(numbers[:5])), "fulfilment")]


@hookimpl(optionalhook=True)
def goods_leave(ctx: Ctx, entity: str, row: Any, action: str) -> set[int] | None:
    """A sheet that says for good that vendors sent goods to customers: its orders wait for their deposits."""
    if (entity, action) != (SHEET, "finalise") or row.place == "ours":
        return None
    orders = sheet_rows.orders_on(ctx, row)
    if row.place == "customer":
        return orders
    return {order_id for order_id, via in rows.ways(ctx, orders).items() if via == "vendor"}


def _replaced(ctx: Ctx, row: Any) -> list[Block]:
    for back in rows.through_stock(ctx, [row.owner_id]):
        cell = back.row.cells[back.size_id]
        if back.of.document_id == row.id and back.again and cell.resent > cell.owed - back.qty:
            what = f"{back.row.style} {back.row.color}"
            said = T("{what}: replaced or settled meanwhile. Take that back first.", what=what)
            return [Block(said, "fulfilment")]
    return []
