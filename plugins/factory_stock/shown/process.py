"""What stock at factories tells the full-process table of customer orders: material need, goods in.

Pieces are counted by style, colour, destination and size, each capped at what was ordered: more of one size never hides
another that is short.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from urllib.parse import urlencode

from sqlalchemy import func, select

from core.api import Ctx, Declare, Figure, ProcessStep, T
from core.db import among
from core.money import percent_of
from plugins.factory_stock.models import GoodsIn, GoodsInLine, GoodsInSize
from plugins.factory_stock.services import need
from plugins.orders.api import Cells, ordered, shares
from plugins.outsourcing.api import FactoryOrderLine, process

CUSTOMER = process.CUSTOMER


def needs(ctx: Ctx, ids: Sequence[int]) -> Mapping[int, Figure]:
    """How many material groups the factory orders of each customer order need; why there is no need, where there is not."""
    makers = process.makers(ctx, ids)
    orders = {m.id for found in makers.values() for m in found}
    groups = {order_id: len(found) for order_id, found in need.of_orders(ctx, orders).items()}
    faulty = need.problems(ctx, orders)
    result = {}
    for customer_order, found in makers.items():
        href = process.behind(customer_order, found)
        if any(m.id in faulty for m in found):
            result[customer_order] = Figure(T("Unclear"), "badge", href, "bad")
            continue
        n = sum(groups[m.id] for m in found)
        label = T("{n} groups", n=n) if n else T("No need")
        result[customer_order] = Figure(label, "text", href)
    return result


def goods_in(ctx: Ctx, ids: Sequence[int]) -> Mapping[int, Figure]:
    """Accepted pieces of each customer order ÷ ordered. Three queries."""
    came, makers = accepted(ctx, ids), process.makers(ctx, ids)
    result = {}
    for customer_order, (done, wanted) in shares(ordered(ctx, ids), came, ids).items():
        query = [("factory_order", m.number) for m in makers.get(customer_order, ())]
        href = f"/factory_stock/goods_in/?{urlencode(query)}" if query else f"/orders/order/{customer_order}"
        result[customer_order] = Figure(percent_of(Decimal(done), Decimal(wanted)), "pct", href)
    return result


def accepted(ctx: Ctx, ids: Sequence[int]) -> Cells:
    """Pieces accepted from the factories for these customer orders. One query."""
    size, line, head, made = GoodsInSize, GoodsInLine, GoodsIn, FactoryOrderLine
    cell = (made.order_style_id, line.color_id, made.destination_id, size.size_id)
    found: dict[int, dict[tuple[int, ...], int]] = defaultdict(dict)
    for order, *values, qty in ctx.session.execute(
        select(made.customer_order_id, *cell, func.sum(size.received - size.rejected))
        .join(line, (line.id == size.line_id) & (line.tenant_id == size.tenant_id))
        .join(head, (head.id == line.goods_in_id) & (head.tenant_id == line.tenant_id))
        .join(made, (made.id == line.fo_line_id) & (made.tenant_id == line.tenant_id))
        .where(among(made.customer_order_id, ids), head.state == "posted", head.kind == "goods_in")
        .group_by(made.customer_order_id, *cell)
    ):
        found[order][tuple(values)] = int(qty)
    return found


def register(registry: Declare) -> None:
    """The two columns."""
    for step in (
        ProcessStep(
            "need", CUSTOMER, T("FO need"), needs, 10, "outsourcing.order.view",
            help=T("Material groups (material, colour, size, destination) that the factory orders of this customer order "
                   "need. A factory order is counted whole, whatever else it makes."),
        ),
        ProcessStep(
            "goods_in", CUSTOMER, T("Goods in"), goods_in, 70, "factory_stock.goods_in.view",
            help=T("Accepted pieces of this customer order, each style, colour, destination and size capped at what was "
                   "ordered, of the pieces ordered."),
        ),
    ):  # fmt: skip
        registry.step(step)
