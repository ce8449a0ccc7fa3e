"""What a line is worth, and the sums kept on the factory order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, select

from core.api import Ctx, Problem, Refused
from core.db import flush_rows
from core.money import currency_decimals, round_half_up, too_much
from core.values import ZERO
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine


class Sums(NamedTuple):
    """Amounts of a factory order in its currency: Σ line amounts, tax on that sum, and both together."""

    subtotal: Decimal
    tax: Decimal
    total: Decimal


def line_amount(
    qty: int, price: Decimal | None, parts: Sequence[Sequence[Any]] | None, decimals: int
) -> Decimal:
    """round_half_up(qty × price). Pieces in ``parts`` keep the price written there; the sum is rounded once."""
    if price is None:
        return ZERO
    whole, rest = ZERO, qty
    for pieces, earlier in parts or ():
        pieces = min(int(pieces), rest)
        whole += pieces * Decimal(str(earlier))
        rest -= pieces
    return round_half_up(whole + rest * price, decimals)


def sums(subtotal: Decimal, tax_pct: Decimal, decimals: int) -> Sums:
    """Tax is taken on the subtotal, rounded once."""
    tax = round_half_up(subtotal * tax_pct / 100, decimals)
    return Sums(subtotal, tax, subtotal + tax)


def reprice(ctx: Ctx, order: FactoryOrder, lines: Iterable[FactoryOrderLine]) -> None:
    """Set the amount of each line from its quantity and prices. Refused where one is beyond all sense."""
    lines = list(lines)
    decimals = currency_decimals(ctx, order.currency)
    if problems := [Problem(text) for line in lines if (text := too_much(line.qty, line.price)) is not None]:
        raise Refused(problems)
    for line in lines:
        line.amount = line_amount(line.qty, line.price, line.parts, decimals)


def live_line() -> ColumnElement[bool]:
    """Something is still to be made of a line: it was not short-closed, nor did the customer cancel what it fills."""
    return FactoryOrderLine.short_closed.is_(False) & (FactoryOrderLine.flag != "cancelled")


def first_ship_date() -> ColumnElement[date | None]:
    """In a statement over lines of factory orders: the earliest day of those that are live, of all where none is."""
    line = FactoryOrderLine
    return func.coalesce(func.min(case((live_line(), line.ship_date))), func.min(line.ship_date))


def refresh(ctx: Ctx, order: FactoryOrder) -> Sums:
    """Flush, then set the order's quantity, total and ship date (:func:`first_ship_date`) from its lines. One query."""
    flush_rows(ctx.session)
    qty, subtotal, ship = ctx.session.execute(
        select(
            func.sum(FactoryOrderLine.qty),
            func.sum(FactoryOrderLine.amount),
            first_ship_date(),
        ).where(FactoryOrderLine.order_id == order.id)
    ).one()
    found = sums(Decimal(subtotal or 0), order.tax_pct, currency_decimals(ctx, order.currency))
    order.qty, order.total, order.ship_date = int(qty or 0), found.total, ship
    return found
