"""Moving the deposit of a cancelled factory order to another one: a refund and a deposit, posted together."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from core.api import Ctx, Refused, T, next_number, record_save
from core.db import flush_rows
from core.money import currency_decimals, round_half_up
from core.values import decimal_text
from kit.papers import made_now
from plugins.outsourcing.models import FactoryOrder, Payment, PaymentSplit
from plugins.outsourcing.services import milestones, paid
from plugins.outsourcing.services.payments import (
    PAYABLE,
    SERIES,
    cross_rate,
    state_label,
    too_fine,
)


def transfer(
    ctx: Ctx,
    source: FactoryOrder,
    target: FactoryOrder,
    amount: Decimal | None = None,
    rate: Decimal | None = None,
    on: date | None = None,
) -> tuple[Payment, Payment]:
    """Move what was paid for a cancelled factory order to another one of the same factory: a refund and a deposit, both
    posted, joined by ``pair_id``.

    ``amount`` (default: all that is refundable) is in the source's currency, ``rate`` is target currency per unit of it.
    Raises Refused where the source is not cancelled, the target cannot be paid, or there is not so much.
    """
    money_back = paid.of_order(ctx, source).refundable
    if source.state != "cancelled":
        raise Refused(T("Only what was paid for a cancelled factory order is moved."))
    if target.id == source.id or target.factory_id != source.factory_id:
        raise Refused(T("Choose another factory order of the same factory."), "to")
    if target.state not in PAYABLE:
        raise Refused(
            T(
                "{number} is {state} and cannot be paid.",
                number=target.number,
                state=state_label(ctx, target),
            ),
            "to",
        )
    amount = money_back if amount is None else amount
    if amount <= 0 or amount > money_back or too_fine(amount, currency_decimals(ctx, source.currency)):
        raise Refused(
            T(
                "At most {amount} {currency} can be moved.",
                amount=decimal_text(money_back),
                currency=source.currency,
            ),
            "amount",
        )
    day = on or ctx.today()
    if rate is None or source.currency == target.currency:
        rate = cross_rate(ctx, source.currency, target.currency, day)
    applied = round_half_up(amount * rate, currency_decimals(ctx, target.currency))
    if applied <= 0:
        raise Refused(T("The rate is more than 0."), "rate")
    refund = _transferred(
        ctx, source, "refund", source.currency, amount, Decimal(1), amount, day, target.number
    )
    deposit = _transferred(ctx, target, "deposit", source.currency, amount, rate, applied, day, source.number)
    refund.pair_id, deposit.pair_id = deposit.id, refund.id
    flush_rows(ctx.session)
    milestones.factory_orders_changed(ctx, [source.id, target.id])
    return refund, deposit


def _transferred(
    ctx: Ctx, order: FactoryOrder, kind: str, currency: str, amount: Decimal, rate: Decimal, applied: Decimal, day: date,
    other: str,
) -> Payment:  # fmt: skip
    payment = Payment(
        state="posted", factory_id=order.factory_id, paid_on=day, kind=kind, currency=currency, amount=amount,
        bank_fee=Decimal(0), reference=other, notes="", finalised=False, **made_now(ctx),
        splits=[PaymentSplit(order_id=order.id, amount=amount, rate=rate, applied=applied)],
    )  # fmt: skip
    payment.number = next_number(ctx, SERIES)
    ctx.session.add(payment)
    flush_rows(ctx.session)
    changes = [("order", None, order.number), ("applied", None, applied)]
    record_save(ctx, payment, "transfer", changes, is_new=True)
    return payment
