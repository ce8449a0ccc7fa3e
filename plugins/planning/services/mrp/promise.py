"""When what is wanted can be there, going by what is on order as promised and by lead times from today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from plugins.planning.services.mrp.terms import (
    BATCH,
    DEMAND,
    ORDER,
    STOCK,
    SUBSTITUTION,
    SUPPLY,
    Item,
    Plan,
    Supply,
)


def ready_days(
    items: Sequence[Item], supplies: Sequence[Supply], plan: Plan, demands: int
) -> tuple[list[int], list[int]]:
    """The days on which demands and suggestions can be met; a demand of which nothing was planned gets -1.

    A suggestion is begun when its components are there, on its release day at the earliest, and takes its lead time.
    Supply comes when it is promised: nobody has moved it yet.
    """
    into: dict[int, list[tuple[str, int]]] = defaultdict(list)
    batched: dict[int, list[tuple[str, int]]] = defaultdict(list)
    swapped: dict[int, list[tuple[str, int]]] = defaultdict(list)
    served: list[list[tuple[str, int]]] = [[] for _ in range(demands)]
    for peg in plan.pegs:
        source = (peg.kind, peg.source)
        if peg.use == ORDER:
            into[peg.user].append(source)
        elif peg.use == BATCH:
            batched[peg.user].append(source)
        elif peg.use == SUBSTITUTION:
            swapped[peg.user].append(source)
        elif peg.use == DEMAND:
            served[peg.user].append(source)
    orders = [-1] * len(plan.orders)
    of_item: dict[int, list[int]] = defaultdict(list)
    for number, made in enumerate(plan.orders):
        of_item[made.item].append(number)

    def day(source: tuple[str, int]) -> int:
        kind, place = source
        if kind == STOCK:
            return 0
        if kind == SUPPLY:
            return max(0, supplies[place].day)
        if kind == SUBSTITUTION:
            return max(map(day, swapped[place]), default=0)
        return orders[place]

    for item in reversed(plan.order_of_items):
        each = items[item]
        for place in of_item[item]:
            order = plan.orders[place]
            begin = max(map(day, into[place] if order.batch < 0 else batched[order.batch]), default=0)
            begin = max(begin, order.release)
            end = each.shift(begin, each.lead) if each.lead else begin
            orders[place] = max(end, order.due)
    return [max(map(day, found), default=-1) for found in served], orders
