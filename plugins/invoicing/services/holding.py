"""Goods do not leave before what was agreed is paid: how much that is, what is missing, and the veto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.api import Block, Ctx, T, hookimpl
from core.db import among
from core.money import currency_decimals, round_half_up
from core.values import ZERO, decimal_text
from plugins.catalog.api import PaymentTerm
from plugins.invoicing.services import settled, targets, terms
from plugins.invoicing.services.sides import SALES
from plugins.invoicing.words import RELEASE, RELEASE_REASONS, SHIPMENT
from plugins.orders.api import CustomerOrder


@dataclass(frozen=True)
class Deposit:
    """What must be paid of an order before its goods leave: ``pct`` of ``worth``; ``paid`` is all that was paid of it."""

    order: CustomerOrder
    pct: Decimal
    wanted: Decimal
    paid: Decimal

    @property
    def missing(self) -> Decimal:
        """Still to be paid before goods leave."""
        return max(ZERO, self.wanted - self.paid)


@hookimpl
def deposit_rules(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[int, Decimal] | None:
    """What the payment terms of orders want in advance, where the company lets these hold goods. Three queries."""
    if not ctx.setting("invoicing.hold", False):
        return None
    query = select(CustomerOrder).where(among(CustomerOrder.id, order_ids))
    query = query.options(selectinload(CustomerOrder.terms).selectinload(PaymentTerm.lines))
    return {order.id: terms.upfront_pct(order.terms) for order in ctx.session.scalars(query)}


def deposits(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, Deposit]:
    """What is wanted in advance of these orders, by whichever rule wants most (hook ``deposit_rules``). Orders of which nothing
    is wanted are left out. A fixed number of queries."""
    orders = ctx.session.scalars(select(CustomerOrder).where(among(CustomerOrder.id, order_ids))).all()
    wanted = {order.id: ZERO for order in orders}
    for answer in ctx.hooks.deposit_rules(order_ids=order_ids):
        for order_id, pct in answer.items():
            wanted[order_id] = max(wanted.get(order_id, ZERO), pct)
    ids = [order.id for order in orders if wanted[order.id]]
    if not ids:
        return {}
    worth, money = targets.order_totals(ctx, SALES, ids), settled.of_orders(ctx, SALES, ids)
    return {
        order.id: Deposit(
            order,
            wanted[order.id],
            round_half_up(worth[order.id] * wanted[order.id] / 100, currency_decimals(ctx, order.currency)),
            round_half_up(money[order.id].paid, currency_decimals(ctx, order.currency)),
        )
        for order in orders
        if order.id in worth
    }


def leaving(ctx: Ctx, entity: str, row: Any, action: str) -> set[int]:
    """Customer orders whose goods leave by what is about to be done with a document."""
    if (entity, action) == (SHIPMENT, "ship"):
        return {row.customer_order_id}
    return set(ctx.hooks.each("goods_leave", entity=entity, row=row, action=action))


def blocks(ctx: Ctx, order_ids: Iterable[int]) -> list[Block]:
    """The veto for each of these orders that is not paid as far as was agreed; who has the right goes on with a reason."""
    ids = sorted(order_ids)
    found = deposits(ctx, ids) if ids else {}
    return [_block(each) for each in found.values() if each.missing]


def _block(found: Deposit) -> Block:
    order = found.order
    reason = T(
        "{number}: {pct} % ({wanted} {currency}) is to be paid before goods leave; {missing} is missing.",
        number=order.number,
        pct=decimal_text(found.pct),
        wanted=f"{found.wanted:,f}",
        currency=order.currency,
        missing=f"{found.missing:,f}",
    )
    detail = {"wanted": str(found.wanted), "paid": str(found.paid), "currency": order.currency}
    return Block(
        reason, "invoicing", override=RELEASE, detail=detail, reasons=RELEASE_REASONS.code, min_text=5
    )
