"""What the warehouse tells the full-process table of customer orders: material need, goods in, shipped.

Pieces are counted by style, colour, destination and size, each capped at what was ordered: more of one size never hides
another that is short.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from urllib.parse import urlencode

from sqlalchemy import func, select

from core.api import Ctx, Figure, ProcessStep, Registry, T, among, money
from plugins.orders.models import CustomerOrder, OrderLine, OrderSize
from plugins.outsourcing.models import FactoryOrderLine
from plugins.outsourcing.services import process
from plugins.warehouse import need
from plugins.warehouse.models import GoodsIn, GoodsInLine, GoodsInSize
from plugins.warehouse.services import shipping_lines

CUSTOMER = process.CUSTOMER
Cells = Mapping[int, Mapping[tuple[int, ...], int]]
"""Customer order → cell (style of the order, colour, destination, size; or line and size) → pieces."""


def share(ordered: Cells, done: Cells, customer_order: int) -> tuple[int, int]:
    """(pieces done, each cell capped at its order; pieces ordered) of a customer order."""
    mine = ordered.get(customer_order, {})
    there = done.get(customer_order, {})
    return sum(min(there.get(cell, 0), qty) for cell, qty in mine.items()), sum(mine.values())


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
    for customer_order, (done, wanted) in _shares(ordered(ctx, ids), came, ids).items():
        query = [("factory_order", m.number) for m in makers.get(customer_order, ())]
        href = f"/warehouse/goods_in/?{urlencode(query)}" if query else f"/orders/order/{customer_order}"
        result[customer_order] = Figure(money.percent(Decimal(done), Decimal(wanted)), "pct", href)
    return result


def shipped(ctx: Ctx, ids: Sequence[int]) -> Mapping[int, Figure]:
    """Shipped pieces of each customer order ÷ ordered. Two queries, and the one of :func:`ordered`."""
    bought: Cells = {
        order: {(line, size): qty for (line, size, *_cell), qty in cells.items()}
        for order, cells in _cells(ctx, ids).items()
    }
    of_line = {line: order for order, cells in bought.items() for line, _size in cells}
    gone: dict[int, dict[tuple[int, ...], int]] = defaultdict(dict)
    for cell, qty in shipping_lines.shipped(ctx, ids).items():
        if cell[0] in of_line:
            gone[of_line[cell[0]]][cell] = qty
    order = CustomerOrder
    numbers = dict(ctx.session.execute(select(order.id, order.number).where(among(order.id, ids))).all())
    return {
        customer_order: Figure(
            money.percent(Decimal(done), Decimal(wanted)), "pct",
            f"/warehouse/shipment/?{urlencode({'customer_order': numbers[customer_order]})}",
        )
        for customer_order, (done, wanted) in _shares(bought, gone, ids).items()
    }  # fmt: skip


def _shares(ordered: Cells, done: Cells, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    return {each: found for each in ids if (found := share(ordered, done, each))[1]}


def ordered(ctx: Ctx, ids: Sequence[int]) -> Cells:
    """Pieces customers ordered by style, colour, destination and size, whatever the ship date."""
    found: dict[int, dict[tuple[int, ...], int]] = defaultdict(lambda: defaultdict(int))
    for order, cells in _cells(ctx, ids).items():
        for (_line, size, *cell), qty in cells.items():
            found[order][*cell, size] += qty
    return found


def _cells(ctx: Ctx, ids: Sequence[int]) -> Cells:
    """Pieces customers ordered by (order line, size, style of the order, colour, destination); read once for all the columns
    of a page that follow from it."""
    return ctx.memo.each("warehouse.ordered", ids, lambda new: _read_cells(ctx, new))


def _read_cells(ctx: Ctx, ids: Sequence[int]) -> Cells:
    line, size = OrderLine, OrderSize
    found: dict[int, dict[tuple[int, ...], int]] = defaultdict(dict)
    for order, *cell, qty in ctx.session.execute(
        select(line.order_id, line.id, size.size_id, line.order_style_id, line.color_id, line.destination_id, size.qty)
        .join(size, (size.line_id == line.id) & (size.tenant_id == line.tenant_id))
        .where(among(line.order_id, ids))
    ):  # fmt: skip
        found[order][tuple(cell)] = qty
    return found


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


def register(registry: Registry) -> None:
    """The three columns."""
    for step in (
        ProcessStep(
            "need", CUSTOMER, T("Need"), needs, 10, "outsourcing.order.view",
            help=T("Material groups (material, colour, size, destination) that the factory orders of this customer order "
                   "need. A factory order is counted whole, whatever else it makes."),
        ),
        ProcessStep(
            "goods_in", CUSTOMER, T("Goods in"), goods_in, 70, "warehouse.goods_in.view",
            help=T("Accepted pieces of this customer order, each style, colour, destination and size capped at what was "
                   "ordered, of the pieces ordered."),
        ),
        ProcessStep(
            "shipped", CUSTOMER, T("Shipped"), shipped, 80, "warehouse.shipment.view",
            help=T("Shipped pieces of this customer order, each line and size capped at what was ordered, of the pieces "
                   "ordered."),
        ),
    ):  # fmt: skip
        registry.step(step)
