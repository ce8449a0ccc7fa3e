"""When what payment terms wait for happened: the day of each trigger, for many factory orders at once.

The contract, the ship date and what left for the customer are known here; when goods were accepted is told by whoever
records them (hook ``payment_triggers``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from core.api import Ctx
from core.db import among
from plugins.outsourcing.models import Contract, FactoryOrderLine
from plugins.outsourcing.services import rows

if TYPE_CHECKING:
    from plugins.outsourcing.services.schedule import Scheduled

SIGNED, BEFORE = "contract_signed", "before_delivery"
SHIPPED = ("shipment", "bl_date")
"""A bill of lading is dated the day of its shipment."""
Days = dict[int, dict[str, date]]


def days(ctx: Ctx, orders: Sequence[Scheduled], wanted: Iterable[str]) -> Days:
    """Days of the ``wanted`` triggers that happened, by factory order id. A fixed number of queries, none for triggers that
    nobody waits for."""
    ids = [order.id for order in orders]
    asked = set(wanted)
    found: Days = {order_id: {} for order_id in ids}
    if not ids:
        return found
    if SIGNED in asked:
        for order_id, day in _signed(ctx, ids):
            found[order_id][SIGNED] = day
    if BEFORE in asked:
        for order in orders:
            if order.state != "draft" and order.ship_date is not None:
                found[order.id][BEFORE] = order.ship_date
    if asked & set(SHIPPED):
        for order_id, day in _shipped(ctx, orders).items():
            found[order_id] |= dict.fromkeys(SHIPPED, day)
    if asked - {SIGNED, BEFORE, *SHIPPED}:
        for answer in ctx.hooks.payment_triggers(order_ids=ids):
            for order_id, happened in answer.items():
                found[order_id].update(happened)
    return found


def _signed(ctx: Ctx, ids: Sequence[int]) -> list[tuple[int, date]]:
    signed = ctx.session.execute(
        select(Contract.order_id, func.min(Contract.signed_on))
        .where(
            among(Contract.order_id, ids),
            Contract.signed_on.is_not(None),
            Contract.status.in_(("signed", "void")),  # void: it was signed until the order was revised
        )
        .group_by(Contract.order_id)
    )
    return [(order_id, day) for order_id, day in signed if day is not None]


def _shipped(ctx: Ctx, orders: Sequence[Scheduled]) -> dict[int, date]:
    """The day by which as many pieces had left as each factory order makes, of every style and destination: as many as were
    ordered, or once it is complete as many as were accepted, where that is less."""
    line, ids = FactoryOrderLine, [order.id for order in orders]
    complete = {order.id for order in orders if order.state in ("completed", "closed")}
    made: dict[int, dict[tuple[int, int], int]] = defaultdict(lambda: defaultdict(int))
    where: dict[int, tuple[int, tuple[int, int]]] = {}
    for row in ctx.session.execute(
        select(line.id, line.order_id, line.order_style_id, line.destination_id).where(
            among(line.order_id, ids)
        )
    ):
        where[row.id] = (row.order_id, (row.order_style_id, row.destination_id))
    came = rows.accepted(ctx, ids)
    for cell in rows.cells(ctx, ids):
        order_id, key = where[cell.line_id]
        made[order_id][key] += cell.qty - cell.released
    accepted: dict[int, dict[tuple[int, int], int]] = defaultdict(lambda: defaultdict(int))
    for (line_id, _color, _size), qty in (came or {}).items():
        order_id, key = where[line_id]
        accepted[order_id][key] += qty
    gone: dict[tuple[int, int], dict[date, int]] = defaultdict(lambda: defaultdict(int))
    styles = sorted({style for by in made.values() for style, _place in by})
    for answer in ctx.hooks.shipped_pieces(style_ids=styles) if styles else ():
        for key, by_day in answer.items():
            for day, qty in by_day.items():
                gone[key][day] += qty
    found = {}
    for order_id, wanted in made.items():
        done = [
            _reached(
                gone[key],
                min(qty, accepted[order_id][key]) if order_id in complete and came is not None else qty,
            )
            for key, qty in wanted.items()
            if qty
        ]
        reached = [day for day in done if day is not None]
        if done and len(reached) == len(done):
            found[order_id] = max(reached)
    return found


def _reached(by_day: Mapping[date, int], pieces: int) -> date | None:
    order = sorted(by_day)
    for day, total in zip(order, accumulate(by_day[day] for day in order), strict=True):
        if total >= pieces > 0:
            return day
    return None
