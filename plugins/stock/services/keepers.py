"""What customer orders and factory orders still need of stock: limits for reservations, surplus and returns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import func, select

from core.api import Ctx, EntityRef, among, ledger
from plugins.factory_stock import need
from plugins.factory_stock.services import issuing
from plugins.inventory.models import StockDocument, StockLine
from plugins.inventory.services import items
from plugins.inventory.words import RETURN
from plugins.orders.models import CustomerOrder, OrderLine, OrderSize, OrderStyle
from plugins.outsourcing.models import FactoryOrder
from plugins.shipping.services import shipping_lines
from plugins.stock import groups
from plugins.stock.groups import garment

ZERO = Decimal(0)
CUSTOMER, FACTORY = "orders.order", "outsourcing.order"
LIVE = {CUSTOMER: ("draft", "confirmed"), FACTORY: ("draft", "issued", "in_production")}
"""States in which an order still needs something."""
Needs = dict[ledger.Item, Decimal]


def owner_of(row: StockDocument) -> tuple[str, CustomerOrder | FactoryOrder] | None:
    """The order that stock of this document is kept for, with its entity."""
    if row.customer_order is not None:
        return CUSTOMER, row.customer_order
    if row.factory_order is not None:
        return FACTORY, row.factory_order
    return None


def ordered(ctx: Ctx, order_ids: Iterable[int]) -> Needs:
    """Pieces on customer orders, by style, colour and size. One query."""
    size, line, style = OrderSize, OrderLine, OrderStyle
    rows = ctx.session.execute(
        select(style.style_id, line.color_id, size.size_id, func.sum(size.qty))
        .join(line, (line.id == size.line_id) & (line.tenant_id == size.tenant_id))
        .join(style, (style.id == line.order_style_id) & (style.tenant_id == line.tenant_id))
        .where(among(line.order_id, order_ids))
        .group_by(style.style_id, line.color_id, size.size_id)
    )
    return {garment(s, c, z): Decimal(int(qty)) for s, c, z, qty in rows}


def shipped(ctx: Ctx, order_ids: Iterable[int]) -> Needs:
    """Pieces of customer orders that went out, by style, colour and size. Two queries."""
    wanted = list(order_ids)
    gone = shipping_lines.shipped(ctx, wanted)
    lines = {
        line_id: (style, color)
        for line_id, style, color in ctx.session.execute(
            select(OrderLine.id, OrderStyle.style_id, OrderLine.color_id)
            .join(OrderStyle, (OrderStyle.id == OrderLine.order_style_id) & (OrderStyle.tenant_id == OrderLine.tenant_id))
            .where(among(OrderLine.order_id, wanted))
        )
    }  # fmt: skip
    found: Needs = defaultdict(lambda: ZERO)
    for (line_id, size_id), qty in gone.items():
        style, color = lines[line_id]
        found[garment(style, color, size_id)] += qty
    return dict(found)


def returned(ctx: Ctx, order_ids: Iterable[int], without: int = 0) -> Needs:
    """Pieces that customers sent back against these orders, by style, colour and size."""
    rows = ctx.session.scalars(
        select(StockLine)
        .join(StockDocument, (StockDocument.id == StockLine.document_id) & (StockDocument.tenant_id == StockLine.tenant_id))
        .where(StockDocument.kind == RETURN, StockDocument.state == "posted", StockDocument.id != without)
        .where(among(StockDocument.customer_order_id, order_ids))
    ).all()  # fmt: skip
    found: Needs = defaultdict(lambda: ZERO)
    for line, item in zip(rows, items.of_lines(ctx, rows), strict=True):
        found[garment(item.id, item.color_id, item.size_id)] += line.qty or ZERO
    return dict(found)


def still_needed(ctx: Ctx, entity: str, order: CustomerOrder | FactoryOrder) -> Needs:
    """What an order still takes from stock: pieces not yet shipped, or material required and not yet issued.

    Nothing for an order that is closed or cancelled. Items have no lot.
    """
    if order.state not in LIVE[entity]:
        return {}
    if entity == CUSTOMER:
        gone = shipped(ctx, [order.id])
        return {
            i: qty - gone.get(i, ZERO)
            for i, qty in ordered(ctx, [order.id]).items()
            if qty > gone.get(i, ZERO)
        }
    return material_demand(ctx, [order.id])


def material_demand(ctx: Ctx, order_ids: Iterable[int]) -> Needs:
    """Material that factory orders require and that was not issued yet. A handful of queries."""
    wanted = sorted(order_ids)
    if not wanted:
        return {}
    done = issuing.issued(ctx, wanted)
    open_ = {at: qty - done.get(at, ZERO) for at, qty in need.required(ctx, wanted).items()}
    sizes = groups.size_ids(ctx, {key.size for _o, key in open_ if key.size})
    found: Needs = defaultdict(lambda: ZERO)
    for (_order, key), qty in open_.items():
        if qty > 0:
            found[groups.item_of(key, sizes)] += qty
    return dict(found)


def reserved(
    ctx: Ctx, entity: str, order_id: int, store_id: int | None = None
) -> dict[tuple[ledger.Item, int], Decimal]:
    """What stores keep for an order: (item, store id) → quantity."""
    document = EntityRef(entity, order_id)
    return {
        (item, place.id): qty
        for (item, place), qty in ledger.balances(ctx, place_kinds=["reserved"]).items()
        if place.document == document and store_id in (None, place.id)
    }


def plain(item: ledger.Item) -> ledger.Item:
    """The item without its lot: what needs are counted by."""
    if not item.lot:
        return item
    return ledger.Item(item.kind, item.id, item.color_id, item.size_id, item.dest_id, owner_id=item.owner_id)


def by_plain(found: Iterable[tuple[ledger.Item, Decimal]]) -> Needs:
    """Sums over lots."""
    sums: Needs = defaultdict(lambda: ZERO)
    for item, qty in found:
        sums[plain(item)] += qty
    return dict(sums)
