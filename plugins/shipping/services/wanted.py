"""What customer orders want of finished goods: pieces ordered and not shipped, and what went out for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import func, select

from core import ledger
from core.api import Ctx
from core.db import among
from plugins.orders.models import CustomerOrder, OrderLine, OrderSize, OrderStyle
from plugins.shipping.services.shipping_lines import ORDER, shipped
from plugins.stock.api import Delivered, Keeper
from plugins.stock.services.groups import garment

KEEPER = Keeper(ORDER, "garment", ("draft", "confirmed"), ("confirmed",), returns=True)
ZERO = Decimal(0)
Pieces = dict[int, dict[ledger.Item, Decimal]]


def of_orders(ctx: Ctx, order_ids: Sequence[int]) -> Pieces:
    """Customer order → item → pieces ordered and not shipped. Three queries."""
    gone = _gone(ctx, order_ids)
    found: Pieces = {}
    for order_id, pieces in _ordered(ctx, order_ids).items():
        left = {item: qty - gone.get(order_id, {}).get(item, ZERO) for item, qty in pieces.items()}
        found[order_id] = {item: qty for item, qty in left.items() if qty > 0}
    return found


def delivered(ctx: Ctx, order_id: int) -> Delivered:
    """What was shipped for a customer order."""
    customer = ctx.session.scalars(
        select(CustomerOrder.customer_id).where(CustomerOrder.id == order_id)
    ).one()
    return Delivered(ledger.Place("customer", customer), _gone(ctx, [order_id]).get(order_id, {}))


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


def _gone(ctx: Ctx, order_ids: Sequence[int]) -> Pieces:
    line, style = OrderLine, OrderStyle
    pieces = shipped(ctx, order_ids)
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
