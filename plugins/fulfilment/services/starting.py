"""From a customer order straight to the document that is wanted: what came, what goes back, what settles the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from core.api import Ctx, EntityName, T, Text, run_action, save_row
from core.db import among, keyed_rows
from plugins.fulfilment.models import Allocation, OrderContext, Sheet
from plugins.fulfilment.services import allotting, rows, sheet_rows
from plugins.fulfilment.services.allocations import allocations
from plugins.fulfilment.words import RETURN, SETTLEMENT, SHEET
from plugins.orders.api import CustomerOrder, OrderLine
from plugins.purchasing.api import GOODS, NOTHING, PurchaseLine, PurchaseOrder, positions
from plugins.stock.api import stores

Address = str


def traded(ctx: Ctx, order: CustomerOrder) -> bool:
    """Is the order bought finished: is it sold in a business context, or is something of it on a purchase order?"""
    return bool(traded_of(ctx, [order.id]))


def traded_of(ctx: Ctx, order_ids: Iterable[int]) -> list[int]:
    """Those of these orders that are bought finished. Three queries, once a page."""
    known = ctx.memo.each("fulfilment.traded", order_ids, lambda ids: _traded(ctx, ids))
    return sorted(order_id for order_id in set(order_ids) if known[order_id])


def _traded(ctx: Ctx, ids: Sequence[int]) -> dict[int, bool]:
    of_context = select(OrderContext.row_id).where(
        among(OrderContext.row_id, ids), OrderContext.business_context_id.is_not(None)
    )
    on_sheets = sheet_rows.sheets_for(ids).with_only_columns(OrderLine.order_id).order_by(None)
    found = {*ctx.session.scalars(of_context), *ctx.session.scalars(on_sheets)}
    found |= {each.order_id for each in allocations(ctx, ids)}
    return {each: each in found for each in ids}


def expected(ctx: Ctx, order: CustomerOrder) -> bool:
    """Pieces are still to come of issued purchase orders."""
    if not traded(ctx, order):
        return False
    found = rows.of_orders(ctx, [order.id])
    return any(row.po_id and row.receivable and row.total("open") for row in found)


def sheet(ctx: Ctx, order: CustomerOrder) -> Address:
    """The page where pieces that came are typed, of a new draft or of the one that is there already."""
    return _draft(ctx, order, place_of(ctx, order))


def sheet_of_purchase(ctx: Ctx, po: PurchaseOrder) -> Address:
    """The same from a purchase order: of the one customer order that it buys for; where there are several, or none, of
    everything that is open."""
    line, bought, a = OrderLine, PurchaseLine, Allocation
    ids = ctx.session.scalars(
        select(line.order_id)
        .join(a, (a.order_line_id == line.id) & (a.tenant_id == line.tenant_id))
        .join(bought, (bought.id == a.purchase_line_id) & (bought.tenant_id == a.tenant_id))
        .where(bought.order_id == po.id)
        .distinct()
    ).all()
    free = any(qty > 0 for qty in allotting.free(ctx, po).values())
    if len(ids) == 1 and not free:
        (order,) = keyed_rows(ctx.session, CustomerOrder, ids).values()
        return sheet(ctx, order)
    return _draft(ctx, None, "ours")


def awaited(ctx: Ctx, po: PurchaseOrder) -> bool:
    """Are pieces still to come of a purchase order of finished goods?"""
    if po.material_class != GOODS:
        return False
    came = positions.of_lines(ctx, [line.id for line in po.lines])
    return any(positions.balance(line, came.get(line.id, NOTHING)) for line in po.lines)


def _draft(ctx: Ctx, order: CustomerOrder | None, place: str) -> Address:
    mine = (
        Sheet.customer_order_id == order.id
        if order is not None
        else (Sheet.customer_order_id.is_(None) & Sheet.customer_id.is_(None))
    )
    there = ctx.session.scalars(
        select(Sheet).where(mine, Sheet.state == "draft").order_by(Sheet.id.desc()).limit(1)
    ).one_or_none()
    if there is None:
        data = {"customer_order": order, "place": place, "store": stores.default(ctx), "day": ctx.today()}
        there = save_row(ctx, ctx.registry.get(SHEET), None, data)
    return address(SHEET, there.id)


def place_of(ctx: Ctx, order: CustomerOrder) -> str:
    """Where the goods of an order come: at the customer's where its vendors ship directly, else to us."""
    via = rows.ways(ctx, [order.id]).get(order.id, "own")
    return "customer" if via == "vendor" else "ours"


def address(entity: EntityName, row_id: int) -> Address:
    """The page of a document's lines."""
    return f"/{entity.replace('.', '/')}/{row_id}/lines"


def has_posted(ctx: Ctx, order: CustomerOrder) -> bool:
    """Is there a posted sheet with pieces for it that is not finalised?"""
    return bool(_posted(ctx, order))


def finalise_all(ctx: Ctx, order: CustomerOrder) -> Text:
    """Finalise every posted sheet of an order, in one go."""
    found = _posted(ctx, order)
    for each in found:
        run_action(ctx, ctx.registry.get(SHEET), each, "finalise")
    return T("{n} sheets finalised.", n=len(found))


def _posted(ctx: Ctx, order: CustomerOrder) -> list[Sheet]:
    return not_final(ctx, [order.id]).get(order.id, [])


def not_final(ctx: Ctx, order_ids: Iterable[int]) -> dict[int, list[Sheet]]:
    """Posted sheets with pieces for customer orders that are not finalised, by order. One query."""
    found: dict[int, dict[int, Sheet]] = {}
    for order_id, sheet in ctx.session.execute(
        sheet_rows.sheets_for(order_ids).where(Sheet.state == "posted")
    ):
        found.setdefault(order_id, {})[sheet.id] = sheet
    return {order_id: list(sheets.values()) for order_id, sheets in found.items()}


def new_return(order: CustomerOrder) -> Address:
    """The form of a return of this order: who bears it and what the customer gets is asked first."""
    return f"/{RETURN.replace('.', '/')}/new?customer_order={order.number}"


def settlement(ctx: Ctx, order: CustomerOrder) -> Address:
    """The page of pieces of a new settlement."""
    made = save_row(ctx, ctx.registry.get(SETTLEMENT), None, {"customer_order": order, "day": ctx.today()})
    return address(SETTLEMENT, made.id)
