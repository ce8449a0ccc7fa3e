"""The run: item by item from the top to the bottom."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from plugins.planning.services.mrp.levels import levels
from plugins.planning.services.mrp.needs import Need
from plugins.planning.services.mrp.netting import Planner
from plugins.planning.services.mrp.terms import DAY, DEMAND, Demand, Family, Item, Plan, Supply


def plan(
    items: Sequence[Item],
    demands: Sequence[Demand],
    supplies: Sequence[Supply],
    families: Sequence[Family] = (),
    *,
    horizon: int,
    size: int = DAY,
    move: bool = True,
    damp: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Plan:
    """Plan ``horizon`` days from day 0 in buckets of ``size`` days.

    In each bucket: ``net = safety + gross − (left over + what comes)``. Where that is above zero, what is on order for
    later is moved in first (``move``; whole supplies), then substitutes are taken, then a draft of that bucket grows, and
    what still lacks is suggested by the item's lot; what the lot has too much serves later needs. Orders are begun their
    lead time before, and want their components then. Supply that is not needed so early is moved out where that is more than
    ``damp`` days. Raises
    :class:`~plugins.planning.services.mrp.levels.Cycle`, and ValueError without horizon.
    """
    if horizon <= 0:
        raise ValueError("a plan needs a horizon")
    run = Planner(items, supplies, families, buckets=-(-horizon // size), size=size, move=move, damp=damp)
    for place, demand in enumerate(demands):
        if demand.day >= horizon:
            run.plan.beyond += 1
        elif demand.qty > 0:
            whose = frozenset((demand.circle,))
            run.needs[demand.item].append(
                Need(run.bucket(demand.day), demand.day, demand.qty, DEMAND, place, demand.tag, whose)
            )
    by_level, ignored = levels(items, families)
    run.plan.ignored = sorted(ignored)
    done = 0
    for level in by_level:
        allowed = {
            item: [each for each in items[item].substitutes if (item, each.item) not in ignored and each.item != item]
            for item in level
        }  # fmt: skip
        run.decide({item: found for item, found in allowed.items() if found})
        since = len(run.plan.orders)
        for item in level:
            run.item(item)
        made: dict[int, list[int]] = {}
        for place in range(since, len(run.plan.orders)):
            if (family := items[run.plan.orders[place].item].family) >= 0:
                made.setdefault(family, []).append(place)
        for family, orders in made.items():
            run.batch(family, orders)
        run.plan.order_of_items.extend(level)
        done += len(level)
        if progress is not None:
            progress(done, len(items))
    return run.plan
