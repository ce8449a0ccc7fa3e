"""The last event in the life of a factory order, all its goods being in."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from sqlalchemy import func, select

from core.api import Ctx, EntityName, Event, T, hookimpl
from core.db import among
from plugins.factory_stock.models import GoodsIn, GoodsInLine, GoodsInSize
from plugins.outsourcing.api import FactoryOrder, FactoryOrderLine, FactoryOrderSize
from plugins.outsourcing.api import milestones as factory

ENTITY = factory.ENTITY
GOODS_IN = EntityName("factory_stock.goods_in")
COMPLETE = "factory_stock.goods_complete"
EVENTS = (Event(COMPLETE, T("Finished goods received"), ENTITY),)


class Wanted(NamedTuple):
    """Pieces ordered of one line, colour and size; ``closed``: since when the line is short-closed."""

    order_id: int
    cell: tuple[int, int, int]
    qty: int
    short: bool
    closed: date | None


def goods_milestones(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, dict[str, date]]:
    """The day on which the last line of these factory orders was complete; not those that are not. Two queries.

    A line is complete as outsourcing has it: every size within the under-tolerance, or short-closed.
    """
    under = Decimal(str(ctx.setting("outsourcing.under_pct", 0)))
    came = _accepted(ctx, order_ids)
    done: dict[int, list[date | None]] = defaultdict(list)
    for want in _wanted(ctx, order_ids):
        if want.short:
            done[want.order_id].append(want.closed)
        elif want.qty:
            done[want.order_id].append(_reached(came.get(want.cell, {}), want.qty * (100 - under)))
    found = {}
    for order_id, days in done.items():
        known = [day for day in days if day is not None]
        if len(known) == len(days):
            found[order_id] = {COMPLETE: max(known)}
    return found


@hookimpl
def milestones(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Mapping[str, date]] | None:
    """When all goods of factory orders were in."""
    return goods_milestones(ctx, ids) if entity == ENTITY else None


@hookimpl
def payment_triggers(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, dict[str, date]]:
    """What payment terms wait for: all goods accepted, and the end of the month in which they were."""
    found = {}
    for order_id, happened in goods_milestones(ctx, order_ids).items():
        day = happened[COMPLETE]
        last = day.replace(day=monthrange(day.year, day.month)[1])
        found[order_id] = {"fg_accepted": day, "month_end_of_receipt": last}
    return found


def _reached(by_day: dict[date, int], hundredfold: Decimal) -> date | None:
    """The first day by which a hundred times what came is that much."""
    days = sorted(by_day)
    for day, total in zip(days, accumulate(by_day[day] for day in days), strict=True):
        if total * 100 >= hundredfold:
            return day
    return None


def _wanted(ctx: Ctx, order_ids: Sequence[int]) -> Iterator[Wanted]:
    order, line, size = FactoryOrder, FactoryOrderLine, FactoryOrderSize
    rows = ctx.session.execute(
        select(
            line.order_id, line.id, size.color_id, size.size_id, func.sum(size.qty), line.short_closed,
            line.short_closed_on,
        )
        .join(order, (order.id == line.order_id) & (order.tenant_id == line.tenant_id))
        .join(size, (size.line_id == line.id) & (size.tenant_id == line.tenant_id))
        .where(among(line.order_id, order_ids), order.state.not_in(("draft", "cancelled")))
        .group_by(
            line.order_id, line.id, size.color_id, size.size_id, line.short_closed, line.short_closed_on
        )
    )  # fmt: skip
    for order_id, line_id, color, size_id, qty, short, closed in rows:
        yield Wanted(order_id, (line_id, color, size_id), int(qty), short, closed)


def _accepted(ctx: Ctx, order_ids: Sequence[int]) -> dict[tuple[int, int, int], dict[date, int]]:
    size, line, head = GoodsInSize, GoodsInLine, GoodsIn
    found: dict[tuple[int, int, int], dict[date, int]] = defaultdict(dict)
    for fo_line, color, size_id, day, came, bad in ctx.session.execute(
        select(line.fo_line_id, line.color_id, size.size_id, head.day, func.sum(size.received), func.sum(size.rejected))
        .join(line, (line.id == size.line_id) & (line.tenant_id == size.tenant_id))
        .join(head, (head.id == line.goods_in_id) & (head.tenant_id == line.tenant_id))
        .where(among(head.factory_order_id, order_ids), head.state == "posted", head.kind == "goods_in")
        .group_by(line.fo_line_id, line.color_id, size.size_id, head.day)
    ):  # fmt: skip
        found[fo_line, color, size_id][day] = int(came) - int(bad)
    return found
