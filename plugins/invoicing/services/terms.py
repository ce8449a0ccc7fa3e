"""When an invoice falls due: the instalments of the payment terms, less what was invoiced in advance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from core.money import round_half_up
from core.values import ZERO
from plugins.catalog.api import PaymentTerm
from plugins.invoicing.words import UPFRONT


@dataclass(frozen=True)
class Instalment:
    """An amount and the day it is due."""

    due_on: date
    amount: Decimal


def due_day(trigger: str, days: int, dated: date) -> date:
    """The day an instalment is due: what is paid in advance at once, what runs from the end of the month of receipt from the
    end of the invoice's month, the rest so many days after the invoice."""
    if trigger in UPFRONT:
        return dated
    if trigger == "month_end_of_receipt":
        first = (dated.replace(day=1) + timedelta(days=32)).replace(day=1)
        return first - timedelta(days=1) + timedelta(days=days)
    return dated + timedelta(days=days)


def instalments(
    terms: PaymentTerm | None, total: Decimal, advance: Decimal, dated: date, decimals: int
) -> list[Instalment]:
    """The instalments of an invoice over ``total``, of which ``advance`` more was invoiced before.

    Each share of the whole is rounded, the last takes the residue; what was taken in advance settles the first ones. Without
    terms everything is due on the day of the invoice. The amounts add up to ``total``.
    """
    if total <= 0:
        return []
    lines = list(terms.lines) if terms is not None else []
    if not lines:
        return [Instalment(dated, total)]
    whole = total + advance
    parts = [round_half_up(whole * line.pct / 100, decimals) for line in lines[:-1]]
    parts.append(whole - sum(parts, ZERO))
    by_day: dict[date, Decimal] = {}
    left = advance
    for line, part in zip(lines, parts, strict=True):
        taken = min(left, part)
        left -= taken
        if part - taken:
            day = due_day(line.trigger, line.days, dated)
            by_day[day] = by_day.get(day, ZERO) + part - taken
    return [Instalment(day, by_day[day]) for day in sorted(by_day)]


def upfront_pct(terms: PaymentTerm | None) -> Decimal:
    """Percent of an order that its terms want before goods leave."""
    return sum((line.pct for line in terms.lines if line.trigger in UPFRONT), ZERO) if terms else ZERO
