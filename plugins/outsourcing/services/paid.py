"""Payment figures of factory orders: paid, payable, balance, progress. Two queries for any number of orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from sqlalchemy import case, func, select

from core.api import Ctx
from core.db import among
from core.money import percent_of
from core.values import ZERO
from plugins.outsourcing.models import Adjustment, Payment, PaymentSplit


@dataclass(frozen=True)
class PaidFigures:
    """In contract currency. ``paid``: applied of posted payments, refunds negative; ``credits`` ≥ 0, ``deductions`` ≤ 0:
    agreed adjustments."""

    total: Decimal
    paid: Decimal = ZERO
    credits: Decimal = ZERO
    deductions: Decimal = ZERO
    cancelled: bool = False

    @property
    def adjustments(self) -> Decimal:
        """Σ agreed adjustments, debit notes negative."""
        return self.credits + self.deductions

    @property
    def payable(self) -> Decimal:
        """Contract total and agreed adjustments; nothing once the factory order is cancelled."""
        return ZERO if self.cancelled else self.total + self.adjustments

    @property
    def balance(self) -> Decimal:
        """What is still to be paid; negative: paid too much."""
        return self.payable - self.paid

    @property
    def progress(self) -> Decimal | None:
        """paid ÷ contract total in percent, 2 decimals from unrounded values; None (shown "–") without a total."""
        return percent_of(self.paid, self.total)

    @property
    def overpaid(self) -> Decimal:
        """What was paid beyond payable; 0 where nothing was."""
        return max(ZERO, -self.balance) if not self.cancelled else ZERO

    @property
    def refundable(self) -> Decimal:
        """What a factory holds of ours for a cancelled factory order."""
        return max(ZERO, self.paid) if self.cancelled else ZERO

    @property
    def bar(self) -> tuple[Decimal, Decimal]:
        """Segments of the progress bar in percent of the contract total: paid (capped at 100) and deductions."""
        done = min(max(self.progress or ZERO, ZERO), Decimal(100))
        off = percent_of(-self.deductions, self.total) or ZERO
        return done, min(off, 100 - done)


def signed(kind: str, applied: Decimal) -> Decimal:
    """What a payment adds to "paid": refunds count negative."""
    return -applied if kind == "refund" else applied


class Owed(Protocol):
    """What payment figures follow from: a factory order, or these three values of one."""

    @property
    def id(self) -> int:
        """Of the factory order."""

    @property
    def state(self) -> str:
        """Of the factory order."""

    @property
    def total(self) -> Decimal:
        """Contract total."""


def of_orders(ctx: Ctx, orders: Sequence[Owed]) -> dict[int, PaidFigures]:
    """Figures by factory order id. Two queries, once a page."""
    by_id = {order.id: order for order in orders}
    return ctx.memo.each("outsourcing.paid", by_id, lambda ids: _of(ctx, [by_id[each] for each in ids]))


def _of(ctx: Ctx, orders: Sequence[Owed]) -> dict[int, PaidFigures]:
    ids = [order.id for order in orders]
    sums = paid_sums(ctx, ids)
    adjusted = {
        order: (plus, minus)
        for order, plus, minus in ctx.session.execute(
            select(
                Adjustment.order_id,
                func.sum(
                    case((Adjustment.amount > 0, Adjustment.amount), else_=0), type_=Adjustment.amount.type
                ),
                func.sum(
                    case((Adjustment.amount < 0, Adjustment.amount), else_=0), type_=Adjustment.amount.type
                ),
            )
            .where(among(Adjustment.order_id, ids), Adjustment.state == "agreed")
            .group_by(Adjustment.order_id)
        )
    }
    return {
        order.id: PaidFigures(
            order.total,
            sums.get(order.id, ZERO),
            *adjusted.get(order.id, (ZERO, ZERO)),
            order.state == "cancelled",
        )
        for order in orders
    }


def of_order(ctx: Ctx, order: Owed) -> PaidFigures:
    """Figures of one factory order."""
    return of_orders(ctx, [order])[order.id]


def paid_sums(ctx: Ctx, order_ids: Iterable[int]) -> dict[int, Decimal]:
    """Σ applied of posted payments by factory order, refunds negative; one query."""
    signed_applied = case((Payment.kind == "refund", -PaymentSplit.applied), else_=PaymentSplit.applied)
    found = ctx.session.execute(
        select(PaymentSplit.order_id, func.sum(signed_applied, type_=PaymentSplit.applied.type))
        .join(
            Payment, (Payment.id == PaymentSplit.payment_id) & (Payment.tenant_id == PaymentSplit.tenant_id)
        )
        .where(among(PaymentSplit.order_id, order_ids), Payment.state == "posted")
        .group_by(PaymentSplit.order_id)
    )
    return {order: Decimal(total or 0) for order, total in found}
