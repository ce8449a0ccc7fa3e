"""What the Hub page says of the trade: orders that differ from their purchase orders, and those whose dear goods are late.

The database names those in question, which are then looked at exactly, a few of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from core.api import Alert, Ctx, T, Task, hookimpl
from core.db import among
from core.values import ZERO
from kit.progress import GAP_WARNING
from plugins.catalog.api import CUSTOMER_PRICES
from plugins.fulfilment.models import Allocation, Context, OrderContext, Sheet, SheetLine, SheetSize
from plugins.fulfilment.services import additions, differences, progress, rows
from plugins.fulfilment.services.sums import COUNTING
from plugins.fulfilment.words import CUSTOMER_ORDER, PURCHASE_ORDER, SHEET
from plugins.orders.api import CustomerOrder, OrderLine, OrderSize, OrderStyle
from plugins.purchasing.api import PurchaseLine, PurchaseOrder

LOOKED_AT, SHOWN = 20, 5


@hookimpl
def tasks(ctx: Ctx) -> Iterator[Task]:
    """Orders whose purchase orders are to be brought in line, for those who may."""
    if not (ctx.can(f"{PURCHASE_ORDER}.edit") and ctx.can(f"{CUSTOMER_ORDER}.view")):
        return
    ids = sorted({*ctx.session.scalars(_unequal()), *ctx.session.scalars(_unasked())})[:LOOKED_AT]
    ids = sorted(ctx.scope.visible(ctx.registry.get(CUSTOMER_ORDER), ids)) if ids else []
    bound = additions.bound_orders(ctx, ids) if ids else {}
    wrong = [
        each
        for each in (differences.of_orders(ctx, ids) if ids else ())
        if each.asks
        # what others want more may be bought anywhere
        and (each.kind != "grown" or each.at.order_id in bound)
    ]
    for order_id, number in list(dict.fromkeys((d.at.order_id, d.at.order) for d in wrong))[:SHOWN]:
        yield Task(
            T("Bring purchase orders in line"), number, f"/orders/order/{order_id}", tone="warn", source="fulfilment"
        )  # fmt: skip


def _unequal() -> Select[int]:
    """Orders of which a size is bought more or less than ordered, or a purchase line will not come or buys other goods. What
    factories make of them is not looked at."""
    a, line, style, size, order = Allocation, OrderLine, OrderStyle, OrderSize, CustomerOrder
    bought, po = PurchaseLine, PurchaseOrder
    wanted = case((order.state == "confirmed", func.coalesce(size.qty, 0)), else_=0)
    gone = or_(
        bought.short_closed,
        bought.availability == "never",
        bought.style_id != style.style_id,
        bought.color_id != line.color_id,
        bought.destination_id != line.destination_id,
    )
    return (
        select(line.order_id)
        .join(a, (a.order_line_id == line.id) & (a.tenant_id == line.tenant_id))
        .join(style, (style.id == line.order_style_id) & (style.tenant_id == line.tenant_id))
        .join(order, (order.id == line.order_id) & (order.tenant_id == line.tenant_id))
        .join(bought, (bought.id == a.purchase_line_id) & (bought.tenant_id == a.tenant_id))
        .join(po, (po.id == bought.order_id) & (po.tenant_id == bought.tenant_id))
        .outerjoin(
            size,
            (size.line_id == a.order_line_id) & (size.size_id == a.size_id) & (size.tenant_id == a.tenant_id),
        )
        .where(order.state.in_(("confirmed", "cancelled")), po.state != "cancelled")
        .group_by(line.order_id, line.id, a.size_id, order.state, size.qty)
        .having(or_(func.sum(a.qty) != wanted, func.max(case((gone, 1), else_=0)) == 1))
        .order_by(line.order_id)
        .limit(LOOKED_AT)
    )


def _unasked() -> Select[int]:
    """Orders that are bound to their purchase orders, with sizes that are on none of them."""
    a, line, size, order, own, context = (
        Allocation,
        OrderLine,
        OrderSize,
        CustomerOrder,
        OrderContext,
        Context,
    )
    other, held = aliased(OrderLine), aliased(Allocation)
    some = (
        select(held.id)
        .join(other, (other.id == held.order_line_id) & (other.tenant_id == held.tenant_id))
        .where(other.order_id == order.id, other.tenant_id == order.tenant_id)
        .correlate(order)
    )
    return (
        select(order.id)
        .join(own, (own.row_id == order.id) & (own.tenant_id == order.tenant_id))
        .join(context, (context.id == own.business_context_id) & (context.tenant_id == own.tenant_id))
        .join(line, (line.order_id == order.id) & (line.tenant_id == order.tenant_id))
        .join(size, (size.line_id == line.id) & (size.tenant_id == line.tenant_id))
        .outerjoin(a, (a.order_line_id == line.id) & (a.size_id == size.size_id) & (a.tenant_id == line.tenant_id))
        .where(
            order.state == "confirmed", size.qty > 0, a.id.is_(None), some.exists(),
            or_(context.reference == "required", context.ships_via == "vendor"),
        )
        .distinct()
        .order_by(order.id)
        .limit(LOOKED_AT)
    )  # fmt: skip


@hookimpl
def alerts(ctx: Ctx) -> Sequence[Alert]:
    """Orders of which much came by quantity and little by value."""
    if not (ctx.can(f"{SHEET}.view") and ctx.can(f"{CUSTOMER_ORDER}.view") and ctx.can(CUSTOMER_PRICES)):
        return []
    ids = _gaping(ctx)
    seen = sorted(ctx.scope.visible(ctx.registry.get(CUSTOMER_ORDER), ids)) if ids else []
    found = (
        [each for each in progress.by_order(rows.of_orders(ctx, seen)) if each.rates.warns] if seen else []
    )
    return [
        Alert(
            T("{number}: the dear goods are late, {qty} % came by quantity and {value} % by value", number=each.label,
              qty=str(progress.points(each.rates.qty)), value=str(progress.points(each.rates.value))),
            f"/fulfilment/progress/{each.key}", "warn", 40,
        )
        for each in found[:SHOWN]
    ]  # fmt: skip


def _gaping(ctx: Ctx) -> list[int]:
    """Confirmed orders whose lines seem to be so, the largest gap first. Two queries."""
    head, at, size, line, order = Sheet, SheetLine, SheetSize, OrderLine, CustomerOrder
    came = (
        select(at.order_line_id, func.sum(size.received - size.damaged).label("qty"))
        .join(size, and_(size.line_id == at.id, size.tenant_id == at.tenant_id))
        .join(head, and_(head.id == at.sheet_id, head.tenant_id == at.tenant_id))
        .join(line, and_(line.id == at.order_line_id, line.tenant_id == at.tenant_id))
        .join(order, and_(order.id == line.order_id, order.tenant_id == line.tenant_id))
        .where(head.state.in_(COUNTING), order.state == "confirmed")
        .group_by(at.order_line_id)
    )
    by_line = {line_id: int(qty) for line_id, qty in ctx.session.execute(came) if line_id is not None}
    if not by_line:
        return []
    orders = select(line.order_id).where(among(line.id, by_line)).distinct()
    ids = list(ctx.session.scalars(orders))
    lines = ctx.session.execute(
        select(line.id, line.order_id, line.qty, line.price).where(among(line.order_id, ids))
    )
    return _largest(
        (order_id, qty, min(qty, by_line.get(row, 0)), price or ZERO) for row, order_id, qty, price in lines
    )


def _largest(lines: Iterable[tuple[int, int, int, Decimal]]) -> list[int]:
    sums: dict[int, list[Decimal]] = {}
    for order_id, qty, came, price in lines:
        at = sums.setdefault(order_id, [ZERO] * 4)
        for i, each in enumerate((Decimal(qty), Decimal(came), qty * price, came * price)):
            at[i] += each
    gaps = {
        order_id: came / qty * 100 - value / worth * 100
        for order_id, (qty, came, worth, value) in sums.items()
        if qty and worth
    }
    near = [order_id for order_id, gap in gaps.items() if gap >= GAP_WARNING - 5]
    return sorted(near, key=lambda order_id: -gaps[order_id])[:LOOKED_AT]
