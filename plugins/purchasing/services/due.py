"""Purchase lines that something is still expected of by a day: overdue ones, and those that are due soon."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from core.api import Ctx, among
from plugins.catalog.models import Partner
from plugins.purchasing.models import (
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
    ReturnLine,
    SupplierReturn,
)
from plugins.purchasing.services import dates, positions
from plugins.purchasing.services.positions import ZERO
from plugins.purchasing.words import MONTHS

CLASSES = ("main", "trim")
"""Both: the index of orders by state begins with the class."""
DAYS = 7
"""How far ahead "due" looks, in days."""


@dataclass(frozen=True)
class Due:
    """A line with something open, and the day it should be there. ``late``: days past it, 0 while there is time."""

    line_id: int
    order_id: int
    number: str
    supplier: str
    day: date
    late: int


def lines(ctx: Ctx) -> list[Due]:
    """Open lines of issued orders that are overdue or due within a week, the oldest first. Read once a context; four
    queries for each 5,000 orders or lines."""
    if "purchasing.due" not in ctx.cache:
        ctx.cache["purchasing.due"] = _lines(ctx, ctx.today() + timedelta(days=DAYS))
    found: list[Due] = ctx.cache["purchasing.due"]
    return found


def overdue(ctx: Ctx) -> list[Due]:
    """Lines whose day has passed."""
    return [line for line in lines(ctx) if line.late]


def soon(ctx: Ctx) -> list[Due]:
    """Lines due today or within a week."""
    return [line for line in lines(ctx) if not line.late]


def unfinished() -> ColumnElement[bool]:
    """Lines that less has come for than closes them, or that something went back of (decided in exact figures later)."""
    line = PurchaseLine
    accepted = (
        select(func.sum(ReceiptLine.received - ReceiptLine.rejected))
        .join(Receipt, (Receipt.id == ReceiptLine.receipt_id) & (Receipt.tenant_id == ReceiptLine.tenant_id))
        .where(
            ReceiptLine.line_id == line.id, ReceiptLine.tenant_id == line.tenant_id, Receipt.state == "posted"
        )
        .correlate(line)
        .scalar_subquery()
    )
    sent_back = (
        select(ReturnLine.id)
        .join(
            SupplierReturn,
            (SupplierReturn.id == ReturnLine.return_id) & (SupplierReturn.tenant_id == ReturnLine.tenant_id),
        )
        .where(
            ReturnLine.line_id == line.id, ReturnLine.tenant_id == line.tenant_id, SupplierReturn.state == "posted",
            SupplierReturn.kind == "replacement", ReturnLine.source == "stock",
        )
        .correlate(line)
        .exists()
    )  # fmt: skip
    return or_(func.coalesce(accepted, ZERO) < line.close_qty, sent_back)


def _lines(ctx: Ctx, until: date) -> list[Due]:
    """Orders first, then their lines: together, a planner may begin with all the lines there ever were. Of orders that are not
    due only lines with a day of their own are looked at."""
    line, po, today = PurchaseLine, PurchaseOrder, ctx.today()
    orders: dict[int, tuple[str, str, date | None, date]] = {
        order_id: (number, supplier, required, on)
        for order_id, number, supplier, required, on in ctx.session.execute(
            select(po.id, po.number, Partner.code, po.required_date, po.order_date)
            .join(Partner, (Partner.id == po.supplier_id) & (Partner.tenant_id == po.tenant_id))
            .where(po.material_class.in_(CLASSES), po.state == "issued")
        )
    }
    rows: list[Any] = []
    came_at_all = (
        select(ReceiptLine.id)
        .where(ReceiptLine.line_id == line.id, ReceiptLine.tenant_id == line.tenant_id)
        .correlate(line)
        .exists()
        .label("came_at_all")
    )
    early = {
        order_id
        for order_id, (_number, _supplier, required, _on) in orders.items()
        if required is not None and required <= until
    }
    for part in positions.chunks(orders):
        by_order = line.required_date.is_(None) & among(line.order_id, early.intersection(part))
        rows += ctx.session.execute(
            select(line.id, line.order_id, line.qty, line.close_qty, line.availability, line.required_date,
                   came_at_all).where(
                among(line.order_id, part), line.short_closed.is_(False), line.availability != "never",
                or_(by_order, line.required_date <= until, line.availability.in_(MONTHS)),
                unfinished(),
            )
        ).all()  # fmt: skip
    found: list[Due] = []
    doubtful: list[tuple[Due, Decimal, Decimal]] = []
    for line_id, order_id, qty, close_qty, availability, line_required, came_any in rows:
        number, supplier, required, on = orders[order_id]
        day = dates.expected(availability, line_required or required, on)
        if day is None or day > until:
            continue
        each = Due(line_id, order_id, number, supplier, day, max(0, (today - day).days))
        if came_any:
            doubtful.append((each, qty, close_qty))
        else:
            found.append(each)
    came = positions.of_lines(ctx, [each.line_id for each, _q, _c in doubtful])
    found += [each for each, qty, close in doubtful if positions.still(qty, close, came[each.line_id])]
    return sorted(found, key=lambda each: (each.day, each.line_id))


def by_order(found: Iterable[Due]) -> list[tuple[Due, int]]:
    """The oldest line of each order, and how many lines of it there are; the oldest first."""
    first: dict[int, Due] = {}
    count: dict[int, int] = {}
    for each in found:
        first.setdefault(each.order_id, each)
        count[each.order_id] = count.get(each.order_id, 0) + 1
    return [(each, count[order_id]) for order_id, each in first.items()]
