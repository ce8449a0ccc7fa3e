"""Payments: checking and completing what was typed, posting, taking back, reversing, locking, filling with the oldest debts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import Ctx, Problem, Refused, T, record_save
from core.db import among, flush_rows
from core.money import convert_amount, currency_decimals, rate_to_base, round_half_up
from core.values import ZERO, decimal_text
from kit.papers import check_editable, future_problems, stamp_created
from plugins.invoicing.models import Payment, PaymentPart
from plugins.invoicing.services import prepaid, settled, targets
from plugins.invoicing.services.sides import PURCHASES, SALES, SIDES, Side, locked
from plugins.invoicing.services.targets import Target
from plugins.orders.api import clear_orders


def check(
    ctx: Ctx,
    row: Payment | None,
    data: Mapping[str, Any],
    children: Mapping[str, Sequence[Mapping[str, Any]]],
) -> list[Problem]:
    """``validate`` of the entity: what is wrong with the payment as typed."""

    def typed(name: str) -> Any:
        return data[name] if name in data else getattr(row, name, None)

    problems = []
    places = currency_decimals(ctx, typed("currency") or "")
    for name in ("amount", "bank_fee", "rounding"):
        value = typed(name)
        if value is not None and value != round_half_up(value, places):
            problems.append(Problem(T("At most {places} decimals.", places=places), name))
    if typed("amount") is not None and typed("amount") <= 0:
        problems.append(Problem(T("The amount is more than 0."), "amount"))
    partner, seen = typed("partner"), set[str]()
    rows = children.get("parts") or ()
    found = targets.called(ctx, [str(part.get("document") or "") for part in rows])
    for i, part in enumerate(rows):
        number = str(part.get("document") or "").strip()
        target = found.get(number.casefold())
        if target is None:
            if number:
                problems.append(
                    Problem(T("There is no document {number}.", number=number), f"parts-{i}-document")
                )
            continue
        if target.number in seen:
            problems.append(Problem(T("{number} stands there twice.", number=number), f"parts-{i}-document"))
        seen.add(target.number)
        if partner is not None and target.partner_id != partner.id:
            problems.append(
                Problem(T("{number} is not of this partner.", number=number), f"parts-{i}-document")
            )
        for name, decimals in (("amount", places), ("applied", currency_decimals(ctx, target.currency))):
            value = part.get(name)
            if value is not None and value <= 0:
                problems.append(Problem(T("The amount is more than 0."), f"parts-{i}-{name}"))
            elif value is not None and value != round_half_up(value, decimals):
                problems.append(
                    Problem(T("At most {places} decimals.", places=decimals), f"parts-{i}-{name}")
                )
        rate = part.get("rate")
        if rate is not None and (rate <= 0 or (target.currency == typed("currency") and rate != 1)):
            text = (
                T("The rate is more than 0.")
                if rate <= 0
                else T("Both are in {currency}: the rate is 1.", currency=target.currency)
            )
            problems.append(Problem(text, f"parts-{i}-rate"))
    return problems


def complete(ctx: Ctx, row: Payment, is_new: bool) -> None:
    """``before_save`` of the entity: which document a part is for, its rate of the day, what it settles.

    A single part without an amount is the whole payment.
    """
    if is_new:
        stamp_created(ctx, row)
    row.bank_fee, row.rounding = row.bank_fee or ZERO, row.rounding or ZERO
    found = targets.called(ctx, [part.document or "" for part in row.parts])
    for position, part in enumerate(row.parts, 1):
        target = found.get((part.document or "").strip().casefold())
        if target is None:
            raise Refused(T("There is no document {number}.", number=part.document or ""))
        _aim(part, target)
        part.position = position
        if part.amount is None:
            others = sum((p.amount for p in row.parts if p.amount is not None), ZERO)
            part.amount = row.settles - others
        _convert(ctx, row, part, target.currency)


def _aim(part: PaymentPart, target: Target) -> None:
    part.document = target.number
    for name in ("invoice", "bill", "order", "purchase"):
        setattr(part, f"{name}_id", target.id if name == target.kind else None)


def _convert(ctx: Ctx, row: Payment, part: PaymentPart, currency: str) -> None:
    """Rate and settled amount where they were left empty, of the rate as it is and not as it is kept."""
    if part.rate is None:
        same = row.currency == currency
        part.rate = Decimal(1) if same else round_half_up(
            rate_to_base(ctx, row.currency, row.paid_on) / rate_to_base(ctx, currency, row.paid_on), 10
        )  # fmt: skip
        if part.applied is None:
            part.applied = convert_amount(ctx, part.amount, row.currency, currency, row.paid_on)
    if part.applied is None:
        part.applied = round_half_up(part.amount * part.rate, currency_decimals(ctx, currency))


def post(ctx: Ctx, row: Payment) -> None:
    """draft → posted: reviewed, and it counts. Refused unless its parts add up to it and no document is paid beyond what
    is open.

    A refund (money out to a customer, in from a vendor) is bounded by what was paid too much.
    """
    problems = future_problems(ctx, row.paid_on, "paid_on")
    if not row.parts:
        problems.append(Problem(T("Say which document is paid."), "parts"))
    total = sum((part.amount for part in row.parts), ZERO)
    if row.parts and total != row.settles:
        problems.append(
            Problem(T("The parts add up to {total}, not to {amount}.", total=decimal_text(total),
                      amount=decimal_text(row.settles)), "parts")
        )  # fmt: skip
    hold(ctx, row)
    left = targets.open_amounts(ctx, row.parts)
    for part in row.parts:
        target = left[part.id]
        room = target.open if row.direction == target.side.direction else target.refundable
        if not target.live:
            problems.append(Problem(T("{number} is not issued, or is cancelled.", number=part.document)))
        elif part.applied > room:
            problems.append(
                Problem(T("{number}: only {open} {currency} is open, {applied} is too much.", number=part.document,
                          open=decimal_text(max(room, ZERO)), currency=target.currency, applied=decimal_text(part.applied)))
            )  # fmt: skip
    if problems:
        raise Refused(problems)


def hold(ctx: Ctx, row: Payment) -> None:
    """Hold the documents of a payment, so that two payments cannot both take what is open of one."""
    for side in SIDES:
        locked(ctx, side.order, [i for p in row.parts if (i := getattr(p, f"{side.prepaid}_id")) is not None])
        locked(ctx, side.document, [i for p in row.parts if (i := getattr(p, f"{side.part}_id")) is not None])


def changed(ctx: Ctx, row: Payment) -> None:
    """What follows from a payment that counts now, or no longer does: prepayments are used up, orders cleared or open again."""
    flush_rows(ctx.session)
    for side in SIDES:
        orders = orders_of(ctx, side, row.parts)
        prepaid.use_up(ctx, side, orders)
        if numbers := prepaid.paid_back(ctx, side, orders):
            raise Refused(T("{number}: some of it was paid back already.", number=", ".join(numbers)))
        if side is SALES:
            clear_orders(ctx, orders)


def orders_of(ctx: Ctx, side: Side, parts: Iterable[PaymentPart]) -> list[int]:
    """Orders that parts pay, in advance or by documents. One query."""
    found = {i for p in parts if (i := getattr(p, f"{side.prepaid}_id")) is not None}
    documents = [i for p in parts if (i := getattr(p, f"{side.part}_id")) is not None]
    found |= set(
        ctx.session.scalars(
            select(side.line.order_id).where(among(side.line.document_id, documents)).distinct()
        )
    )
    return sorted(found)


def withdraw(ctx: Ctx, row: Payment) -> None:
    """It no longer counts: posted → draft or reversed. Refused once it is final (its state says so)."""
    hold(ctx, row)
    if problems := _paid_back(ctx, row):
        raise Refused(problems)
    for side in SIDES:
        ahead = [i for p in row.parts if (i := getattr(p, f"{side.prepaid}_id")) is not None]
        prepaid.take_out(ctx, side, ahead)


def _paid_back(ctx: Ctx, row: Payment) -> list[Problem]:
    """Documents of which more was paid back than would be left paid."""
    left = targets.open_amounts(ctx, row.parts)
    return [
        Problem(T("{number}: some of it was paid back already.", number=part.document))
        for part in row.parts
        if row.direction == left[part.id].side.direction and left[part.id].kept - part.applied < 0
    ]


def fill(ctx: Ctx, row: Payment) -> None:
    """Split a draft over what is open of its partner, the oldest due day first; what is there already is split anew.

    Refused where nothing is open. What is more than all debts stays without a document, and the payment cannot be posted yet.
    """
    check_editable(ctx, row, "draft")
    side = SALES if row.direction == "in" else PURCHASES
    left, parts = row.settles, list[PaymentPart]()
    for target in targets.debts(ctx, side, row.partner_id):
        if left <= 0:
            break
        worth = convert_amount(ctx, target.open, target.currency, row.currency, row.paid_on)
        part = PaymentPart(position=len(parts) + 1, document=target.number, amount=min(left, worth))
        _aim(part, target)
        if worth <= left:
            part.applied = target.open  # to the cent, whatever the rate makes of it
        _convert(ctx, row, part, target.currency)
        left -= part.amount
        if part.amount > 0 and part.applied > 0:
            parts.append(part)
    if not parts:
        raise Refused(T("Nothing is open with {name}.", name=row.partner.name))
    before = len(row.parts)
    row.parts = parts
    record_save(ctx, row, "parts", [("parts", before or None, ", ".join(p.document for p in parts))])
    if left > 0:
        ctx.warn(T("{left} {currency} is more than all that is open: say what it is for.", left=decimal_text(left),
                   currency=row.currency))  # fmt: skip


__all__ = ["changed", "check", "complete", "fill", "post", "settled", "withdraw"]
