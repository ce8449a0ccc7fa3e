"""Purchase lines that something is still expected of by a day: overdue ones, and those that are due soon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple, cast

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true

from core.api import Ctx
from core.db import among
from plugins.catalog.api import Partner
from plugins.purchasing.hookspecs import LineConditions
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.services import dates
from plugins.purchasing.words import DATELESS, MONTHS

CLASSES = ("main", "trim", "goods")
"""All of them: the index of orders by state begins with the class."""
DAYS = 7
"""How far ahead "due" looks, in days."""


class Out(NamedTuple):
    """An issued order: its number, the code of its supplier, the day it is required, the day it was made."""

    number: str
    supplier: str
    required: date | None
    on: date


@dataclass(frozen=True)
class Due:
    """Lines of an order with something open that should be there on the same day. ``late``: days past it, 0 while there is
    time."""

    order_id: int
    number: str
    supplier: str
    day: date
    late: int
    lines: int = 1


def orders_out(ctx: Ctx) -> dict[int, Out]:
    """Issued orders by id. One query, once a page."""
    return ctx.memo.once("purchasing.out", lambda: _out(ctx))


def _out(ctx: Ctx) -> dict[int, Out]:
    po = PurchaseOrder
    rows = ctx.session.execute(
        select(po.id, po.number, Partner.code, po.required_date, po.order_date)
        .join(Partner, (Partner.id == po.supplier_id) & (Partner.tenant_id == po.tenant_id))
        .where(po.material_class.in_(CLASSES), po.state == "issued")
    )
    return {row[0]: Out(row[1], row[2], row[3], row[4]) for row in rows}


def lines(ctx: Ctx) -> list[Due]:
    """What of issued orders is overdue or due within a week, the oldest first. Two queries, once a page."""
    return ctx.memo.once("purchasing.due", lambda: _by_day(ctx))


def overdue(ctx: Ctx) -> list[Due]:
    """What should have come by now."""
    return [each for each in lines(ctx) if each.late]


def soon(ctx: Ctx) -> list[Due]:
    """What is due today or within a week."""
    return [each for each in lines(ctx) if not each.late]


def count(found: Iterable[Due]) -> int:
    """How many lines that is."""
    return sum(each.lines for each in found)


def by_order(found: Iterable[Due]) -> list[tuple[Due, int]]:
    """The oldest of each order, and how many lines of it there are; the oldest first."""
    first: dict[int, Due] = {}
    number: dict[int, int] = {}
    for each in found:
        first.setdefault(each.order_id, each)
        number[each.order_id] = number.get(each.order_id, 0) + each.lines
    return [(each, number[order_id]) for order_id, each in first.items()]


def line_ids(ctx: Ctx, *, late: bool) -> list[int]:
    """The lines that are overdue, or those that are due today or within a week. Two queries."""
    line = PurchaseLine
    found = _read(ctx, select(line.order_id, line.required_date, line.availability, line.id))
    return [line_id for each, line_id in found if (each.late > 0) == late]


def conditions(ctx: Ctx) -> LineConditions:
    """What can be asked of lines in a statement; where nobody receives, nothing ever came and all is open. Who receives answers
    for his own lines."""
    told = [cast(LineConditions, each) for each in ctx.hooks.line_conditions() if each is not None]
    if not told:
        return LineConditions(came=false(), waiting=false(), open=true())
    return LineConditions(
        came=or_(*(each.came for each in told)),
        waiting=or_(*(each.waiting for each in told)),
        open=or_(*(each.open for each in told)),
    )


def unfinished(ctx: Ctx) -> ColumnElement[bool]:
    """Lines that something is still to come of."""
    return conditions(ctx).open


def _by_day(ctx: Ctx) -> list[Due]:
    line = PurchaseLine
    day = (line.order_id, line.required_date, line.availability)
    found: dict[tuple[int, date], Due] = {}
    for each, n in _read(ctx, select(*day, func.count(line.id)).group_by(*day)):
        before = found.get((each.order_id, each.day))
        found[each.order_id, each.day] = replace(each, lines=n + (before.lines if before else 0))
    return sorted(found.values(), key=lambda each: (each.day, each.order_id))


def _read(ctx: Ctx, statement: Select[int, date | None, str, int]) -> Iterator[tuple[Due, int]]:
    """What ``statement`` tells of lines, with their day. Its columns are the order, the line's own date, its availability
    and a number.

    Orders first, then their lines: together, a planner may begin with all the lines there ever were. Of orders that are not
    due only lines with a day of their own are looked at; those have an index.
    """
    line, today, orders = PurchaseLine, ctx.today(), orders_out(ctx)
    until = today + timedelta(days=DAYS)
    early = [order_id for order_id, out in orders.items() if out.required and out.required <= until]
    statement = statement.where(line.short_closed.is_(False), unfinished(ctx))
    by_order = among(line.order_id, early) & line.required_date.is_(None) & line.availability.in_(DATELESS)
    of_its_own = among(line.order_id, orders) & or_(
        (line.required_date <= until) & line.availability.in_(DATELESS), line.availability.in_(MONTHS)
    )
    for order_id, own, availability, value in ctx.session.execute(statement.where(or_(by_order, of_its_own))):
        out = orders[order_id]
        day = dates.expected(availability, own or out.required, out.on)
        if day is not None and day <= until:
            yield Due(order_id, out.number, out.supplier, day, max(0, (today - day).days)), value
