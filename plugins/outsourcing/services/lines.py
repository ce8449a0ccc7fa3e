"""Lines of a draft: quantities, removal, and the choice when the customer cancelled the order behind a line."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from core.api import Ctx, Refused, T, note_changes, record_save
from core.db import flush_rows
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine, FactoryOrderPrice
from plugins.outsourcing.services import amounts, milestones, quantities, rows

CANCELLED, STOCK = "cancelled", "stock"


def set_quantities(
    ctx: Ctx, order: FactoryOrder, position: int, sizes: quantities.Rows, qty: int | None = None
) -> None:
    """Set pieces of a line and everything that follows from them; see :func:`quantities.set_quantities`."""
    line = rows.line_at(ctx, order, position)
    changes = quantities.set_quantities(ctx, order, line, sizes, qty)
    amounts.reprice(ctx, order, [line])
    rows.factory_order_changed(ctx, order)
    amounts.refresh(ctx, order)
    note_changes(ctx, order, *changes)


def remove(ctx: Ctx, order: FactoryOrder, position: int) -> None:
    """Take a line off a draft; its pieces are free again. The remaining lines are numbered anew."""
    line = rows.line_at(ctx, order, position)
    note_changes(ctx, order, (f"line {position}", f"{line.customer_po}: {line.qty}", None))
    style_id = line.style_id
    ctx.session.delete(line)
    flush_rows(ctx.session)
    left = rows.lines(ctx, order)
    for number, other in enumerate(left, 1):
        other.position = number
    if all(other.style_id != style_id for other in left):
        price = ctx.session.scalars(
            select(FactoryOrderPrice).where(
                FactoryOrderPrice.order_id == order.id, FactoryOrderPrice.style_id == style_id
            )
        ).one_or_none()
        if price is not None:
            ctx.session.delete(price)
    rows.factory_order_changed(ctx, order)
    amounts.refresh(ctx, order)


def keep_as_stock(ctx: Ctx, order: FactoryOrder, position: int) -> None:
    """The customer cancelled, the pieces are made for stock all the same."""
    line = rows.line_at(ctx, order, position)
    if line.flag != CANCELLED:
        raise Refused(T("The customer order of line {line} is not cancelled.", line=position), "line")
    line.flag = STOCK
    note_changes(ctx, order, (f"line {position}", CANCELLED, STOCK))


def flag_order(ctx: Ctx, customer_order_id: int, *, cancelled: bool) -> list[FactoryOrder]:
    """The customer cancelled an order (or it lives again): mark its lines on live factory orders for a decision.

    Returns the factory orders concerned; each gets an entry in its audit trail.
    """
    found = ctx.session.execute(
        select(FactoryOrderLine, FactoryOrder)
        .join(
            FactoryOrder,
            (FactoryOrder.id == FactoryOrderLine.order_id)
            & (FactoryOrder.tenant_id == FactoryOrderLine.tenant_id),
        )
        .where(
            FactoryOrderLine.customer_order_id == customer_order_id,
            FactoryOrder.state.in_(("draft", "issued", "in_production")),
        )
        .order_by(FactoryOrder.id, FactoryOrderLine.position)
    ).all()
    touched: dict[int, tuple[FactoryOrder, list[FactoryOrderLine]]] = {}
    for line, order in found:
        if (cancelled and not line.flag) or (not cancelled and line.flag == CANCELLED):
            touched.setdefault(order.id, (order, []))[1].append(line)
    for order, lines in touched.values():
        changes = [(f"line {line.position}", line.flag, CANCELLED if cancelled else "") for line in lines]
        for line in lines:
            line.flag = CANCELLED if cancelled else ""
        amounts.refresh(ctx, order)
        record_save(ctx, order, "flag", changes)
    milestones.moved(ctx, touched)
    return [order for order, _lines in touched.values()]


def undecided(lines: Iterable[FactoryOrderLine]) -> list[int]:
    """Numbers of the lines whose customer order was cancelled and about which nobody has decided."""
    return [line.position for line in lines if line.flag == CANCELLED]
