"""What falls due when, from the payment terms: amounts, dates, what has been paid of each instalment, what is overdue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import select

from core.api import Ctx, Text
from core.money import currency_decimals, round_half_up
from core.values import ZERO
from plugins.catalog.api import TRIGGERS, PaymentTermLine
from plugins.outsourcing.services import triggers
from plugins.outsourcing.services.paid import Owed, PaidFigures


class Scheduled(Owed, Protocol):
    """What the schedule follows from: a factory order, or these values of one."""

    @property
    def currency(self) -> str:
        """Of the contract."""

    @property
    def ship_date(self) -> date | None:
        """When its first goods are to leave."""

    @property
    def terms_id(self) -> int | None:
        """Payment terms in the master data."""

    @property
    def agreed_terms(self) -> Sequence[Mapping[str, Any]] | None:
        """Lines of the payment terms as they were issued."""


@dataclass(frozen=True)
class Instalment:
    """One line of the schedule, in contract currency.

    ``amount`` is its share of the contract total, ``adjustment`` the agreed deductions and credits settled with it,
    ``due_on`` is None while its trigger has not happened; ``days`` count after it, of "before delivery" before it.
    """

    position: int
    pct: Decimal
    trigger: str
    days: int
    amount: Decimal
    adjustment: Decimal
    paid: Decimal
    due_on: date | None
    overdue: bool

    @property
    def due(self) -> Decimal:
        """What is payable with this instalment."""
        return self.amount + self.adjustment

    @property
    def open(self) -> Decimal:
        """What of it has not been paid."""
        return self.due - self.paid

    @property
    def trigger_label(self) -> Text | str:
        """The trigger in words."""
        return dict(TRIGGERS).get(self.trigger, self.trigger)


def amounts_of(total: Decimal, shares: Sequence[Decimal], decimals: int) -> list[Decimal]:
    """Due amounts: each rounded, the last takes the residue."""
    parts = [round_half_up(total * share / 100, decimals) for share in shares[:-1]]
    return [*parts, total - sum(parts, ZERO)] if shares else []


def settle(parts: Sequence[Decimal], adjustment: Decimal) -> list[Decimal]:
    """How agreed adjustments change the instalments: credits join the last; deductions lower the last, what it cannot bear
    the one before, and so on. The sum is the adjustment."""
    changes = [ZERO] * len(parts)
    if not parts:
        return changes
    if adjustment >= 0:
        changes[-1] = adjustment
        return changes
    left = adjustment
    for i in range(len(parts) - 1, -1, -1):
        changes[i] = max(left, -parts[i])
        left -= changes[i]
    changes[-1] += left  # deductions beyond the whole contract
    return changes


def share_paid(due: Sequence[Decimal], paid: Decimal) -> list[Decimal]:
    """Paid money settles instalments in order; what is too much stays with the last."""
    parts, left = [], paid
    for i, amount in enumerate(due):
        part = left if i == len(due) - 1 else min(left, max(amount, ZERO))
        parts.append(part)
        left -= part
    return parts


def terms_of(ctx: Ctx, order: Scheduled) -> list[tuple[Decimal, str, int]]:
    """(percent, trigger, days) of the order's terms: as issued, else as they stand in the master data."""
    if order.agreed_terms is not None:
        return [(Decimal(line["pct"]), line["trigger"], int(line["days"])) for line in order.agreed_terms]
    if order.terms_id is None:
        return []
    found = ctx.session.execute(
        select(PaymentTermLine.pct, PaymentTermLine.trigger, PaymentTermLine.days)
        .where(PaymentTermLine.term_id == order.terms_id)
        .order_by(PaymentTermLine.position)
    )
    return list(found)


def happened(ctx: Ctx, orders: Sequence[Scheduled]) -> dict[int, dict[str, date]]:
    """Days on which what the terms of these factory orders wait for happened, by factory order id. A fixed number of
    queries for orders as they were issued."""
    return triggers.days(
        ctx, orders, {trigger for order in orders for _p, trigger, _d in terms_of(ctx, order)}
    )


def of_order(ctx: Ctx, order: Scheduled, figures: PaidFigures) -> list[Instalment]:
    """The schedule of a factory order; empty without terms or once it is cancelled."""
    return build_instalments(ctx, order, figures, happened(ctx, [order])[order.id])


def build_instalments(
    ctx: Ctx, order: Scheduled, figures: PaidFigures, days: Mapping[str, date]
) -> list[Instalment]:
    """The schedule, from the days on which triggers happened."""
    terms = terms_of(ctx, order)
    if not terms or order.state == "cancelled":
        return []
    parts = amounts_of(figures.total, [pct for pct, _t, _d in terms], currency_decimals(ctx, order.currency))
    changes = settle(parts, figures.adjustments)
    done = share_paid([a + c for a, c in zip(parts, changes, strict=True)], figures.paid)
    today = ctx.today()
    result = []
    for i, (pct, trigger, wait) in enumerate(terms):
        after = timedelta(days=-wait if trigger == triggers.BEFORE else wait)
        due_on = days[trigger] + after if trigger in days else None
        unpaid = parts[i] + changes[i] - done[i]
        result.append(
            Instalment(
                i + 1, pct, trigger, wait, parts[i], changes[i], done[i], due_on,
                bool(due_on and due_on < today and unpaid > 0),
            )
        )  # fmt: skip
    return result
