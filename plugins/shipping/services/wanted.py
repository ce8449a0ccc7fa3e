"""What customer orders want of finished goods: pieces ordered and not shipped (or back to be replaced), and what went out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from core import ledger
from core.api import Ctx, hookimpl
from core.db import among
from core.values import ZERO
from plugins.orders.api import CustomerOrder, OrderLine, OrderSize, OrderStyle
from plugins.shipping.models import Shipment, ShipmentLine, ShipmentSize
from plugins.shipping.services.shipping_lines import ORDER, shipped, supplied
from plugins.shipping.words import GONE
from plugins.stock.api import Delivered, Keeper, garment

KEEPER = Keeper(ORDER, "garment", ("draft", "confirmed"), ("confirmed",), returns=True)
Pieces = dict[int, dict[ledger.Item, Decimal]]


@hookimpl
def stock_keepers(ctx: Ctx) -> Sequence[Keeper]:
    """Customer orders keep finished goods."""
    return [KEEPER]


def of_orders(ctx: Ctx, order_ids: Sequence[int]) -> Pieces:
    """Customer order → item → pieces ordered and not shipped, or back to be replaced. A handful of queries."""
    gone = _by_item(ctx, supplied(ctx, order_ids))
    found: Pieces = {}
    for order_id, pieces in _ordered(ctx, order_ids).items():
        left = {item: qty - gone.get(order_id, {}).get(item, ZERO) for item, qty in pieces.items()}
        found[order_id] = {item: qty for item, qty in left.items() if qty > 0}
    return found


def delivered(ctx: Ctx, order_id: int, without: int = 0) -> Delivered:
    """What was shipped for a customer order; ``without`` leaves one shipment out."""
    customer = ctx.session.scalars(
        select(CustomerOrder.customer_id).where(CustomerOrder.id == order_id)
    ).one()
    gone = _by_item(ctx, shipped(ctx, [order_id], without))
    return Delivered(ledger.Place("customer", customer), gone.get(order_id, {}))


@hookimpl(specname="shipped_pieces")
def by_day(ctx: Ctx, style_ids: Sequence[int]) -> dict[tuple[int, int], dict[date, int]]:
    """Pieces that left, of these styles of customer orders: (order style, destination) → day → pieces. One query."""
    head, row, size, line = Shipment, ShipmentLine, ShipmentSize, OrderLine
    found: dict[tuple[int, int], dict[date, int]] = defaultdict(dict)
    for style, place, day, qty in ctx.session.execute(
        select(line.order_style_id, head.destination_id, head.day, func.sum(size.qty))
        .join(row, (row.order_line_id == line.id) & (row.tenant_id == line.tenant_id))
        .join(head, (head.id == row.shipment_id) & (head.tenant_id == row.tenant_id))
        .join(size, (size.line_id == row.id) & (size.tenant_id == row.tenant_id))
        .where(among(line.order_style_id, style_ids), head.state.in_(GONE))
        .group_by(line.order_style_id, head.destination_id, head.day)
    ):
        found[style, place][day] = int(qty)
    return found


def _ordered(ctx: Ctx, order_ids: Iterable[int]) -> Pieces:
    size, line, style = OrderSize, OrderLine, OrderStyle
    rows = ctx.session.execute(
        select(line.order_id, style.style_id, line.color_id, size.size_id, func.sum(size.qty))
        .join(line, (line.id == size.line_id) & (line.tenant_id == size.tenant_id))
        .join(style, (style.id == line.order_style_id) & (style.tenant_id == line.tenant_id))
        .where(among(line.order_id, order_ids))
        .group_by(line.order_id, style.style_id, line.color_id, size.size_id)
    )
    found: Pieces = defaultdict(dict)
    for order_id, style_id, color, size_id, qty in rows:
        found[order_id][garment(style_id, color, size_id)] = Decimal(int(qty))
    return found


def _by_item(ctx: Ctx, pieces: Mapping[tuple[int, int], int]) -> Pieces:
    """Pieces by (order line, size) as customer order → item → pieces. One query."""
    line, style = OrderLine, OrderStyle
    lines = {
        line_id: (order_id, style_id, color)
        for line_id, order_id, style_id, color in ctx.session.execute(
            select(line.id, line.order_id, style.style_id, line.color_id)
            .join(style, (style.id == line.order_style_id) & (style.tenant_id == line.tenant_id))
            .where(among(line.id, {line_id for line_id, _size in pieces}))
        )
    }
    found: Pieces = defaultdict(lambda: defaultdict(lambda: ZERO))
    for (line_id, size_id), qty in pieces.items():
        order_id, style_id, color = lines[line_id]
        found[order_id][garment(style_id, color, size_id)] += qty
    return found
