"""可承諾量: what of garments is not promised yet, day by day, and by when so many can be promised.

A stretch begins today (with what is on hand) and on each day something comes: what comes, less what is promised until the
next one. A stretch that promises more than it has takes from those before it, the nearest first. What is available by a day
is the sum up to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from core.api import Ctx, EntityRef
from core.values import ZERO
from plugins.catalog.api import Garment
from plugins.planning.services import gathering
from plugins.planning.services.world import MAKING_DAYS

Dated = tuple[date, Decimal]


@dataclass(frozen=True)
class Stretch:
    """From ``day`` until the next one: what came and what is promised, what is left of it (``available``, below zero:
    promised and not there), and all that may be promised by then."""

    day: date
    came: Decimal
    promised: Decimal
    available: Decimal
    total: Decimal


def stretches(
    on_hand: Decimal,
    receipts: Iterable[Dated],
    promised: Iterable[Dated],
    today: date,
    days: Collection[date] = (),
) -> list[Stretch]:
    """The stretches of one item. What should have come or gone before today counts as today; ``days`` begin stretches too."""
    came: dict[date, Decimal] = defaultdict(lambda: ZERO, {today: on_hand})
    for day, qty in receipts:
        came[max(day, today)] += qty
    begins = sorted({*came, *(day for day in days if day > today)})
    wanted = [ZERO] * len(begins)
    for day, qty in promised:
        wanted[sum(1 for begin in begins if begin <= max(day, today)) - 1] += qty
    left = [came[day] - gone if day in came else -gone for day, gone in zip(begins, wanted, strict=True)]
    for n in range(len(left)):
        for before in range(n - 1, -1, -1):
            part = min(-left[n], max(ZERO, left[before]))
            if left[n] >= 0:
                break
            left[before] -= part
            left[n] += part
    found, total = [], ZERO
    for n, day in enumerate(begins):
        total += left[n]
        found.append(Stretch(day, came.get(day, ZERO), wanted[n], left[n], total))
    return found


def promise_day(found: Sequence[Stretch], qty: Decimal) -> date | None:
    """The first day by which so many can be promised; None where that is never."""
    return next((each.day for each in found if each.total >= qty), None)


@dataclass
class Flow:
    """Of one item: what is on hand, what is to come, what is promised."""

    on_hand: Decimal = ZERO
    receipts: list[Dated] = field(default_factory=list)
    promised: list[Dated] = field(default_factory=list)


def flows(ctx: Ctx, styles: Collection[int], without: EntityRef | None = None) -> dict[Garment, Flow]:
    """All that is promised of these styles, and all that there is and is firmly to come on a day, whoever it is meant for: an
    order and what is made for it meet. ``without`` leaves the promises to one document out, and counts drafts that make it. A
    fixed number of statements."""
    today = ctx.today()
    found: dict[Garment, Flow] = defaultdict(Flow)
    for each in gathering.supplies(ctx, None, styles, ()):
        if isinstance(each.item, Garment):
            if each.on_hand:
                found[each.item].on_hand += each.qty
            elif (each.firm or (without is not None and each.meant == without)) and each.due is not None:
                found[each.item].receipts.append((each.due, each.qty))
    for demand in gathering.demands(ctx, None, styles, ()):
        if demand.kind == "order" and isinstance(demand.item, Garment) and demand.source != without:
            found[demand.item].promised.append((demand.due or today, demand.qty))
    return found


def of_items(
    ctx: Ctx, found: Mapping[Garment, Flow], items: Collection[Garment]
) -> dict[Garment, list[Stretch]]:
    """Stretches of items, all beginning on the same days."""
    days = {day for item in items if item in found for day, _qty in found[item].receipts}
    nothing = Flow()
    return {
        item: stretches(flow.on_hand, flow.receipts, flow.promised, ctx.today(), days)
        for item in items
        for flow in (found.get(item, nothing),)
    }


@dataclass(frozen=True)
class Promise:
    """What can be said of a line: the day by which all of it can be there; ``made``: not from what there is and comes, but
    made anew by then. ``wanted`` is the day it is promised for."""

    line: int
    qty: int
    wanted: date | None
    day: date
    made: bool

    @property
    def late(self) -> int:
        """Days past the day it is wanted."""
        return max(0, (self.day - self.wanted).days) if self.wanted else 0


def promise_lines(
    ctx: Ctx,
    lines: Sequence[tuple[int, date | None, Mapping[Garment, int]]],
    without: EntityRef | None,
) -> list[Promise]:
    """By line (its number, the day it is wanted, its pieces) the day by which all of it can be promised; each line takes what
    those before it left. What neither is there nor comes is made in the company's usual time."""
    today = ctx.today()
    anew = today + timedelta(days=int(ctx.setting("planning.making_days", MAKING_DAYS)))
    found = flows(ctx, {item.style for _line, _due, pieces in lines for item in pieces}, without)
    result = []
    for number, wanted, pieces in lines:
        day, made = today, False
        for item, qty in pieces.items():
            flow = found.setdefault(item, Flow())
            ready = promise_day(stretches(flow.on_hand, flow.receipts, flow.promised, today), Decimal(qty))
            if ready is None:
                day, made = max(day, anew), True
            else:
                day = max(day, ready)
                flow.promised.append((ready, Decimal(qty)))
        result.append(Promise(number, sum(pieces.values()), wanted, day, made))
    return result
