"""Payment ratios of orders and vendors, and what customer orders miss, in money, until they are cleared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select

from core.api import Ctx, T, Text
from core.db import among
from core.money import currency_decimals, round_half_up
from core.values import ZERO
from plugins.invoicing.services import invoiceable, settled, targets
from plugins.invoicing.services.sides import SALES, Side
from plugins.orders.api import CustomerOrder


def clearing(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[int, Sequence[Text]]:
    """What these orders miss: pieces to be invoiced, money to be paid or paid back. A fixed number of queries."""
    orders = ctx.session.scalars(select(CustomerOrder).where(among(CustomerOrder.id, order_ids))).all()
    money = settled.of_orders(ctx, SALES, [order.id for order in orders])
    pieces = invoiceable.pieces_missing(ctx, orders)
    worth = targets.order_totals(ctx, SALES, [order.id for order in orders])
    return {
        order.id: _missing(ctx, order, money[order.id], pieces.get(order.id, ZERO), worth[order.id])
        for order in orders
    }


def _missing(
    ctx: Ctx, order: CustomerOrder, money: settled.OrderMoney, pieces: Decimal, worth: Decimal
) -> list[Text]:
    found: list[Text] = []
    places = currency_decimals(ctx, order.currency)
    if pieces > 0 and (money.invoiced < worth or not worth):
        found.append(T("{n} pieces are not invoiced.", n=f"{pieces.normalize():,f}"))
    elif not money.invoiced and worth and not money.paid:
        found.append(T("Nothing is invoiced."))
    left = round_half_up(money.open, places)
    if left > 0:
        found.append(
            T("{paid} of {invoiced} {currency} is paid.", paid=f"{round_half_up(money.paid, places):,f}",
              invoiced=f"{round_half_up(money.invoiced, places):,f}", currency=order.currency)
        )  # fmt: skip
    elif left < 0:
        found.append(
            T("{more} {currency} more is paid than invoiced.", more=f"{-left:,f}", currency=order.currency)
        )
    return found


def ratio(money: settled.OrderMoney) -> Decimal | None:
    """Paid ÷ invoiced in percent with two decimals; None where nothing is invoiced."""
    return None if money.ratio is None else round_half_up(money.ratio, 2)


def of_partner(ctx: Ctx, side: Side, partner_id: int) -> dict[str, settled.OrderMoney]:
    """What was invoiced to a customer or billed by a vendor and what was paid of it, by currency. A fixed number of queries."""
    head = side.document
    rows = ctx.session.execute(
        select(head.id, head.currency).where(
            head.partner_id == partner_id, head.state == "issued", head.kind != side.against
        )
    ).all()
    stands = settled.of_documents(ctx, side, [row.id for row in rows])
    found: dict[str, settled.OrderMoney] = {}
    for row in rows:
        stand, before = stands[row.id], found.get(row.currency, settled.OrderMoney())
        found[row.currency] = settled.OrderMoney(before.invoiced + stand.due, before.paid + stand.settled)
    return found
