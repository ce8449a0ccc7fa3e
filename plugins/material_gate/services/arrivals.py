"""What has arrived for demands by material group, in stock units, as the ledger has it (``stock.services.arrivals``).

What waits for inspection and what was rejected is no arrival.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from core.api import Ctx
from core.values import ZERO
from plugins.catalog.api import Key
from plugins.stock.api import arrivals

Place = tuple[int, Key]
"""(demand, group)"""


def changes(ctx: Ctx, demand_ids: Sequence[int]) -> dict[Place, list[tuple[date, Decimal]]]:
    """How what is there came about: (day, what came or went), oldest first. A fixed number of queries."""
    found: dict[Place, list[tuple[date, Decimal]]] = defaultdict(list)
    for each in arrivals.counted_by_day(ctx, demand_ids):
        found[each.demand_id, each.key].append((each.day, each.qty))
    return found


def complete_on(days: Iterable[tuple[date, Decimal]], enough: Decimal, *, done: bool = False) -> date | None:
    """The day since which there is enough without a break; None where there is not enough now. Of what is done the first such
    day: leftovers go back. ``days`` are changes, each of another day, oldest first."""
    since, there = None, ZERO
    for day, qty in days:
        there += qty
        if done and since is not None:
            return since
        if there < enough:
            since = None
        elif since is None:
            since = day
    return since
