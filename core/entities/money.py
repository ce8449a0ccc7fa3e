"""Amounts: rounded once, half up, to the currency's decimals. Percentages and shares. Rates by date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.data.records import Currency, ExchangeRate
from core.errors import Refused
from core.text.i18n import T, Text
from core.values import ZERO

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def round_half_up(value: Decimal, decimals: int) -> Decimal:
    """``value`` with ``decimals`` places, halves away from zero (the trade's rule for amounts)."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def active_currencies(ctx: Ctx) -> dict[str, int]:
    """Active currencies of the tenant → decimals. One query a context."""
    wanted = select(Currency.code, Currency.decimals).where(Currency.active).order_by(Currency.code)
    return ctx.memo.once(
        "core.currencies", lambda: dict(ctx.session.execute(wanted).all()), (Currency.__tablename__,)
    )


def listed_currencies(ctx: Ctx) -> tuple[str, ...]:
    """Every currency that documents of the tenant may be in, those that are not active any more too. One query a
    context."""
    wanted = select(Currency.code).order_by(Currency.code)
    return ctx.memo.once(
        "core.listed_currencies", lambda: tuple(ctx.session.scalars(wanted)), (Currency.__tablename__,)
    )


def currency_decimals(ctx: Ctx, currency: str) -> int:
    """Decimals of a currency; 2 where the tenant no longer lists it."""
    return active_currencies(ctx).get(currency, 2)


def line_amount(ctx: Ctx, qty: Decimal | int, price: Decimal, currency: str) -> Decimal:
    """A line amount: round_half_up(qty × price, currency decimals)."""
    return round_half_up(Decimal(qty) * price, currency_decimals(ctx, currency))


MOST_AMOUNT = Decimal(10) ** 12
"""No line of a document is worth as much; hundreds of them can still be added up and kept."""


def too_much(qty: Decimal | int, price: Decimal | None) -> Text | None:
    """What is wrong with qty × price where it is beyond all sense, a slip of the hand; None where it is not."""
    if price is None or abs(Decimal(qty) * price) < MOST_AMOUNT:
        return None
    return T("{qty} × {price} is too much: is one of them wrong?", qty=f"{qty:,f}", price=f"{price:,f}")


def percent_of(part: Decimal, whole: Decimal) -> Decimal | None:
    """part ÷ whole × 100 with 2 decimals from unrounded values; None where there is no whole."""
    return round_half_up(part * 100 / whole, 2) if whole else None


def shares(total: Decimal, weights: Sequence[Decimal], decimals: int) -> list[Decimal]:
    """``total`` in proportion to ``weights``, each rounded, the residue on the largest: the parts add up exactly."""
    whole = sum(weights, ZERO)
    if not whole:
        raise ValueError("weights sum to zero")
    parts = [round_half_up(total * weight / whole, decimals) for weight in weights]
    parts[max(range(len(parts)), key=lambda i: weights[i])] += total - sum(parts, ZERO)
    return parts


def base_currency(ctx: Ctx) -> str:
    """The tenant's base currency, from the company settings."""
    return str((ctx.setting("company") or {}).get("base_currency") or "USD")


def rate_to_base(ctx: Ctx, currency: str, on: date) -> Decimal:
    """What one unit was worth in base currency on a day: the newest rate not after it. Refused where none is known. One query
    a context."""
    if currency == base_currency(ctx):
        return Decimal(1)
    newest = (
        select(ExchangeRate.rate)
        .where(ExchangeRate.currency == currency, ExchangeRate.valid_from <= on)
        .order_by(ExchangeRate.valid_from.desc())
        .limit(1)
    )
    rate = ctx.memo.once(
        ("core.rate", currency, on), lambda: ctx.session.scalar(newest), (ExchangeRate.__tablename__,)
    )
    if rate is None:
        raise Refused(T("There is no exchange rate for {currency} on {day}.", currency=currency, day=on))
    return rate


def convert_amount(ctx: Ctx, amount: Decimal, source: str, target: str, on: date) -> Decimal:
    """What ``amount`` of ``source`` was worth in ``target`` on a day, over the base currency, rounded once to its decimals.

    The rate itself is not rounded: a dong is 0.00003968… dollars, and any number of decimals kept of that is too few for
    millions. Raises Refused where a rate is not known.
    """
    if source == target:
        return round_half_up(amount, currency_decimals(ctx, target))
    worth = amount * rate_to_base(ctx, source, on) / rate_to_base(ctx, target, on)
    return round_half_up(worth, currency_decimals(ctx, target))
