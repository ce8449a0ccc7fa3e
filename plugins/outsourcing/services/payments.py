"""Payments to factories: checking and completing what was typed, posting, reversing, locking, moving a deposit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from core.api import Ctx, EntityName, Problem, Refused, T, note_changes
from core.money import base_currency, convert_amount, currency_decimals, rate_to_base, round_half_up
from core.values import decimal_text
from kit.papers import future_problems, stamp_created
from plugins.outsourcing.models import FactoryOrder, Payment
from plugins.outsourcing.services import paid
from plugins.outsourcing.words import FACTORY_ORDER

KINDS = (
    ("deposit", T("Deposit")),
    ("progress", T("Progress payment")),
    ("balance", T("Balance payment")),
    ("refund", T("Refund")),
)
PAYABLE = ("issued", "in_production", "completed")
ENTITY = EntityName("outsourcing.payment")
SERIES = "payment"


def cross_rate(ctx: Ctx, source: str, target: str, on: date) -> Decimal:
    """Units of ``target`` per unit of ``source`` on a day, over the base currency; 1 for the same one. At most 10 decimals.

    Raises Refused where a rate is not known.
    """
    if source == target:
        return Decimal(1)
    rate = rate_to_base(ctx, source, on) / rate_to_base(ctx, target, on)
    return round_half_up(rate, 10)


def check(
    ctx: Ctx,
    row: Payment | None,
    data: Mapping[str, Any],
    children: Mapping[str, Sequence[Mapping[str, Any]]],
) -> list[Problem]:
    """``validate`` of the entity: what is wrong with the payment as typed."""
    head = {
        name: data.get(name, getattr(row, name, None))
        for name in ("factory", "currency", "amount", "bank_fee")
    }
    problems = []
    places = currency_decimals(ctx, head["currency"] or "")
    for name in ("amount", "bank_fee"):
        if too_fine(head[name], places):
            problems.append(Problem(T("At most {places} decimals.", places=places), name))
    if head["amount"] is not None and head["amount"] <= 0:
        problems.append(Problem(T("The amount is more than 0."), "amount"))
    splits = children.get("splits")
    if splits is None:
        return problems
    if not splits:
        return [*problems, Problem(T("Say which factory order is paid."), "splits")]
    seen, total = set(), Decimal(0)
    for i, split in enumerate(splits):
        order = split.get("order")
        if order is None:
            problems.append(Problem(T("Say which factory order is paid."), f"splits-{i}-order"))
            continue
        if order.id in seen:
            problems.append(
                Problem(T("{number} stands there twice.", number=order.number), f"splits-{i}-order")
            )
        seen.add(order.id)
        if head["factory"] is not None and order.factory_id != head["factory"].id:
            problems.append(
                Problem(T("{number} is not with this factory.", number=order.number), f"splits-{i}-order")
            )
        part = split.get("amount")
        if part is None and len(splits) > 1:
            problems.append(Problem(T("Say how much of the payment this is."), f"splits-{i}-amount"))
        total += (head["amount"] or Decimal(0)) if part is None else part
        problems += _check_split(ctx, split, order, head["currency"], i, places)
    if head["amount"] is not None and total != head["amount"]:
        problems.append(
            Problem(
                T(
                    "The parts add up to {total}, not to {amount}.",
                    total=decimal_text(total),
                    amount=decimal_text(head["amount"]),
                ),
                "splits",
            )
        )
    return problems


def _check_split(
    ctx: Ctx, split: Mapping[str, Any], order: FactoryOrder, currency: str | None, i: int, places: int
) -> list[Problem]:
    problems = []
    part, rate, applied = split.get("amount"), split.get("rate"), split.get("applied")
    if part is not None and part <= 0:
        problems.append(Problem(T("The amount is more than 0."), f"splits-{i}-amount"))
    if too_fine(part, places):
        problems.append(Problem(T("At most {places} decimals.", places=places), f"splits-{i}-amount"))
    if rate is not None and (rate <= 0 or (currency == order.currency and rate != 1)):
        wrong = (
            T("The rate is more than 0.")
            if rate <= 0
            else T("{number} is in {currency} too: the rate is 1.", number=order.number, currency=currency)
        )
        problems.append(Problem(wrong, f"splits-{i}-rate"))
    if applied is not None:
        if applied <= 0:
            problems.append(Problem(T("The amount is more than 0."), f"splits-{i}-applied"))
        fine = currency_decimals(ctx, order.currency)
        if too_fine(applied, fine):
            problems.append(Problem(T("At most {places} decimals.", places=fine), f"splits-{i}-applied"))
    return problems


def too_fine(value: Decimal | None, places: int) -> bool:
    """Has ``value`` more decimals than its currency?"""
    return value is not None and value != round_half_up(value, places)


def complete(ctx: Ctx, row: Payment, is_new: bool) -> None:
    """``before_save`` of the entity: fill rate and applied amount where they were left empty.

    A single part is the whole payment; the rate comes from the day's rates, and then what is applied does too: applied =
    round(amount × rate), of the rate as it is and not as it is kept.
    """
    if is_new:
        stamp_created(ctx, row)
        row.finalised = False
    row.bank_fee = row.bank_fee or Decimal(0)
    for split in row.splits:
        if split.amount is None:
            split.amount = row.amount
        currency = split.order.currency
        if split.rate is None:
            split.rate = cross_rate(ctx, row.currency, currency, row.paid_on)
            if split.applied is None:
                split.applied = convert_amount(ctx, split.amount, row.currency, currency, row.paid_on)
        if split.applied is None:
            split.applied = round_half_up(split.amount * split.rate, currency_decimals(ctx, currency))


def post(ctx: Ctx, payment: Payment) -> None:
    """From here it counts. Raises Refused, naming every factory order that cannot be paid now."""
    problems = []
    if not payment.splits:
        problems.append(Problem(T("Say which factory order is paid."), "splits"))
    problems += future_problems(ctx, payment.paid_on, "paid_on")
    done = paid.paid_sums(ctx, [split.order_id for split in payment.splits])
    for split in payment.splits:
        order = split.order
        label = state_label(ctx, order)
        if payment.kind == "refund":
            if order.state == "draft":
                problems.append(Problem(T("{number} is {state}.", number=order.number, state=label)))
            elif split.applied > done.get(order.id, Decimal(0)):
                problems.append(
                    Problem(T("{number}: only {paid} {currency} was paid, so no more can come back.",
                              number=order.number, paid=decimal_text(done.get(order.id, Decimal(0))), currency=order.currency))
                )  # fmt: skip
        elif order.state not in PAYABLE:
            problems.append(
                Problem(T("{number} is {state} and cannot be paid.", number=order.number, state=label))
            )
    if sum((split.amount for split in payment.splits), Decimal(0)) != payment.amount:
        problems.append(Problem(T("The parts do not add up to the payment."), "splits"))
    if problems:
        raise Refused(problems)


def state_label(ctx: Ctx, order: FactoryOrder) -> Any:
    """The state of a factory order in words."""
    return ctx.registry.get(FACTORY_ORDER).state(order.state).label


def reverse(ctx: Ctx, payment: Payment) -> None:
    """Take a posted payment back; it stays on record. Refused once it is final, or after the factory order was closed."""
    problems = []
    if payment.finalised:
        problems.append(Problem(T("{number} is final and locked.", number=payment.number)))
    closed = [split.order.number for split in payment.splits if split.order.state == "closed"]
    if closed:
        problems.append(Problem(T("{numbers} is closed.", numbers=", ".join(closed))))
    if payment.kind != "refund":
        done = paid.paid_sums(ctx, [split.order_id for split in payment.splits])
        back = [s.order.number for s in payment.splits if done.get(s.order_id, Decimal(0)) - s.applied < 0]
        if back:
            problems.append(
                Problem(T("{numbers}: more would have come back than was paid.", numbers=", ".join(back)))
            )
    if problems:
        raise Refused(problems)


def finalise(ctx: Ctx, payment: Payment) -> None:
    """Lock a posted payment: it can no longer be reversed."""
    if payment.finalised:
        raise Refused(T("{number} is final and locked.", number=payment.number))
    payment.finalised = True
    note_changes(ctx, payment, ("finalised", False, True))


def exchange_difference(ctx: Ctx, payment: Payment) -> Decimal | None:
    """Σ applied × (rate of the payment day − rate of the issue day) in base currency, refunds negative.

    A report figure only, nothing is booked. None where a rate or the issue date is not known.
    """
    base = base_currency(ctx)
    total = Decimal(0)
    for split in payment.splits:
        order = split.order
        if order.issue_date is None:
            return None
        try:
            then = rate_to_base(ctx, order.currency, order.issue_date)
            now = rate_to_base(ctx, order.currency, payment.paid_on)
        except Refused:
            return None
        total += paid.signed(payment.kind, split.applied) * (now - then)
    return round_half_up(total, currency_decimals(ctx, base))
