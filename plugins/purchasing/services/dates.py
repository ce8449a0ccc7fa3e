"""When a line is expected: its availability, else the date it is required."""

from __future__ import annotations

import calendar
from datetime import date

from core.api import Ctx
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.words import MONTHS


def available_month(availability: str, order_date: date) -> date | None:
    """First day of the month meant: the first such month not before the month of the order. None for other words."""
    if availability not in MONTHS:
        return None
    month = MONTHS.index(availability) + 1
    year = order_date.year + (1 if month < order_date.month else 0)
    return date(year, month, 1)


def eta(line: PurchaseLine, order: PurchaseOrder) -> date | None:
    """The day by which a line should be there: end of its month of availability, else required date of line or order.

    None for what will never come.
    """
    return expected(line.availability, line.required_date or order.required_date, order.order_date)


def expected(availability: str, required: date | None, order_date: date) -> date | None:
    """:func:`eta` from plain values."""
    if availability == "never":
        return None
    month = available_month(availability, order_date)
    if month is not None:
        return month.replace(day=calendar.monthrange(month.year, month.month)[1])
    return required


def overdue_days(ctx: Ctx, due: date | None) -> int:
    """Days past ``due``; on the day itself it is not yet late."""
    return max(0, (ctx.today() - due).days) if due is not None else 0
