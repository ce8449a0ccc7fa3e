"""帳齡: what customers owe us and what we owe vendors, by how long it has been due, as it was at the end of any day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core.api import Ctx, Refused, T, Text, pick
from core.db import among
from core.money import base_currency, currency_decimals, rate_to_base, round_half_up
from core.values import ZERO
from plugins.catalog.api import Partner
from plugins.invoicing.models import Due
from plugins.invoicing.services import settled
from plugins.invoicing.services.sides import SALES, Side

BUCKETS: tuple[tuple[str, Text, int], ...] = (
    ("current", T("Not due"), 0),
    ("d30", T("1–30 days"), 30),
    ("d60", T("31–60 days"), 60),
    ("d90", T("61–90 days"), 90),
    ("older", T("Over 90 days"), 10**6),
)
"""(name, words, most days overdue)."""


@dataclass
class Debt:
    """What is open of one document, or of one partner: by bucket in base currency; ``open`` of a document in its own."""

    id: int
    number: str
    partner_id: int
    dated: date | None = None
    due: date | None = None
    currency: str = ""
    open: Decimal = ZERO
    days: int = 0
    buckets: dict[str, Decimal] = field(
        default_factory=lambda: {name: ZERO for name, _words, _most in BUCKETS}
    )

    @property
    def total(self) -> Decimal:
        """In base currency."""
        return sum(self.buckets.values(), ZERO)


def bucket_of(days: int) -> str:
    """The bucket of what has been due for so many days."""
    return next(name for name, _words, most in BUCKETS if days <= most)


def documents(ctx: Ctx, side: Side, on: date, partner_id: int = 0) -> list[Debt]:
    """Documents that were open at the end of a day, oldest due first: what was paid by then is taken off the oldest
    instalments.
    In base currency by the rates of that day. A fixed number of queries.

    A document that was paid too much stands with what is to be given back, as not due. Raises Refused without a rate.
    """
    head = side.document
    columns = (head.id, head.number, head.partner_id, head.dated, head.due_date, head.currency)
    mine = [head.partner_id == partner_id] if partner_id else []
    left = settled.open_documents(ctx, side, columns, head.dated <= on, *mine, on=on)
    dues = _dues(ctx, side, [row.id for row, _open in left])
    rates: dict[str, Decimal] = {}
    places = currency_decimals(ctx, base_currency(ctx))
    found = []
    for row, open_ in left:
        if row.currency not in rates:
            rates[row.currency] = rate_to_base(ctx, row.currency, on)
        debt = Debt(row.id, row.number, row.partner_id, row.dated, row.due_date, row.currency, open_)
        for day, amount in _open_dues(dues.get(row.id) or [(row.due_date or row.dated, open_)], open_):
            days = max(0, (on - day).days)
            debt.days = max(debt.days, days)
            debt.buckets[bucket_of(days)] += amount
        _convert(debt, rates[row.currency], places)
        found.append(debt)
    return sorted(found, key=lambda debt: (debt.due or date.max, debt.id))


def _dues(ctx: Ctx, side: Side, ids: Sequence[int]) -> dict[int, list[tuple[date, Decimal]]]:
    found: dict[int, list[tuple[date, Decimal]]] = {}
    if side is SALES:
        for doc, day, amount in ctx.session.execute(
            select(Due.document_id, Due.due_on, Due.amount)
            .where(among(Due.document_id, ids))
            .order_by(Due.due_on)
        ):
            found.setdefault(doc, []).append((day, amount))
    return found


def _open_dues(dues: Sequence[tuple[date, Decimal]], open_: Decimal) -> list[tuple[date, Decimal]]:
    """What is left of instalments where ``open_`` is left of all: the last ones."""
    if open_ <= 0:
        return [(date.max, open_)]
    found, left = [], open_
    for day, amount in reversed(dues):
        part = min(left, amount)
        if part > 0:
            found.append((day, part))
            left -= part
    if left > 0:
        found.append((dues[0][0], left))
    return found


def _convert(debt: Debt, rate: Decimal, places: int) -> None:
    """Into base currency, the whole rounded once: the residue goes to the largest bucket."""
    whole = round_half_up(debt.open * rate, places)
    debt.buckets = {name: round_half_up(amount * rate, places) for name, amount in debt.buckets.items()}
    largest = max(debt.buckets, key=lambda name: abs(debt.buckets[name]))
    debt.buckets[largest] += whole - debt.total


def by_partner(ctx: Ctx, debts: Sequence[Debt]) -> list[Debt]:
    """The same added up by partner, the largest first. One query."""
    names = {
        row.id: f"{row.code} {pick(row.names, row.name)}"
        for row in ctx.session.scalars(
            select(Partner).where(among(Partner.id, {d.partner_id for d in debts}))
        )
    }
    found: dict[int, Debt] = {}
    for debt in debts:
        partner_id = debt.partner_id
        mine = found.setdefault(partner_id, Debt(partner_id, names.get(partner_id, ""), partner_id))
        mine.days = max(mine.days, debt.days)
        for name, amount in debt.buckets.items():
            mine.buckets[name] += amount
    return sorted(found.values(), key=lambda debt: -debt.total)


def sums(debts: Sequence[Debt]) -> dict[str, Decimal]:
    """By bucket, over all."""
    return {name: sum((debt.buckets[name] for debt in debts), ZERO) for name, _words, _most in BUCKETS}


@dataclass(frozen=True)
class Overdue:
    """How many documents are overdue, and what of them is, in base currency; None where a rate is not known."""

    count: int
    worth: Decimal | None


def overdue(ctx: Ctx, side: Side) -> Overdue:
    """What is overdue today, as :func:`documents` has it beyond its first bucket. Two queries at most and one for each
    currency, once a page."""
    return ctx.memo.once(("invoicing.overdue", side), lambda: _overdue(ctx, side))


def _overdue(ctx: Ctx, side: Side) -> Overdue:
    head, today = side.document, ctx.today()
    late = head.due_date < today
    if side is SALES:  # an instalment may be due before the last day
        late |= head.id.in_(
            select(Due.document_id).where(Due.due_on < today, Due.tenant_id == head.tenant_id)
        )
    left = settled.open_documents(
        ctx, side, (head.id, head.currency, head.due_date, head.dated), late, head.total > 0
    )
    dues = _dues(ctx, side, [row.id for row, _open in left]) if left else {}
    count, sums = 0, dict[str, Decimal]()
    for row, open_ in left:
        given = dues.get(row.id) or [(row.due_date or row.dated, open_)]
        past = sum((amount for day, amount in _open_dues(given, open_) if day < today), ZERO)
        if past > 0:
            count += 1
            sums[row.currency] = sums.get(row.currency, ZERO) + past
    try:
        worth = sum((amount * rate_to_base(ctx, currency, today) for currency, amount in sums.items()), ZERO)
    except Refused:
        return Overdue(count, None)
    return Overdue(count, round_half_up(worth, currency_decimals(ctx, base_currency(ctx))))
