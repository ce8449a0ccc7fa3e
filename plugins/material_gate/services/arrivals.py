"""What has arrived for factory orders by material group, in stock units: from the same records that make the stock.

arrived = accepted receipts for the order, less what went back to the supplier
        + stock set aside for it (a customer's material too), whether it still lies there or was issued since.

Material issued beyond both came out of free stock: it is at the factory and counts as well. What waits for inspection and
what was rejected is no arrival.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from core.api import Ctx
from plugins.catalog.services import Key
from plugins.factory_stock.services import issuing
from plugins.material_gate.services import orders
from plugins.stock.services import set_aside

ZERO = Decimal(0)
Place = tuple[int, Key]
"""(factory order, group)"""


def total(received: Decimal, aside: Decimal, issued_free: Decimal) -> Decimal:
    """What is there of one group; ``issued_free`` is what was issued without having been set aside."""
    return aside + max(received, issued_free)


def now(ctx: Ctx, order_ids: Sequence[int]) -> dict[Place, Decimal]:
    """What has arrived so far. A fixed number of queries."""
    received: dict[Place, Decimal] = defaultdict(lambda: ZERO)
    ids = orders.of_demands(ctx, order_ids)
    for answer in ctx.hooks.arrived_supply(demand_ids=sorted(ids)) if ids else ():
        for (demand, key), qty in answer.items():
            received[ids[demand], key] += qty
    aside: dict[Place, Decimal] = defaultdict(lambda: ZERO)
    free: dict[Place, Decimal] = defaultdict(lambda: ZERO, issuing.issued(ctx, order_ids))
    for entry in set_aside.entries(ctx, ids):
        aside[ids[entry.demand_id], entry.key] += entry.qty
        free[ids[entry.demand_id], entry.key] -= entry.taken
    return {place: total(received[place], aside[place], free[place]) for place in {*received, *aside, *free}}


def complete_on(days: Iterable[tuple[date, Decimal, Decimal, Decimal]], enough: Decimal) -> date | None:
    """The day since which there is enough without a break; None where there is not enough now.

    ``days`` are changes: (day, received, set aside, issued without having been set aside).
    """
    by_day: dict[date, tuple[Decimal, Decimal, Decimal]] = {}
    for day, received, aside, free in days:
        before = by_day.get(day, (ZERO, ZERO, ZERO))
        by_day[day] = (before[0] + received, before[1] + aside, before[2] + free)
    since, sums = None, (ZERO, ZERO, ZERO)
    for day, change in sorted(by_day.items()):
        sums = (sums[0] + change[0], sums[1] + change[1], sums[2] + change[2])
        if total(*sums) < enough:
            since = None
        elif since is None:
            since = day
    return since
