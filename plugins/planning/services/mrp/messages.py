"""What is said of supply that nobody needs so early, so much, or at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from plugins.planning.services.mrp.terms import CANCEL, LESS, OUT, OVERDUE, Item, Message, Moment, Supply

if TYPE_CHECKING:
    from plugins.planning.services.mrp.netting import Planner


def loose(
    run: Planner, item: int, moments: Sequence[Moment], first: Mapping[int, int], moved: set[int], grown: set[int]
) -> list[Message]:  # fmt: skip
    """Messages on supplies of an item, the latest looked at first, so that two never give back the same surplus.

    A supply is not needed as long as what is left stays above the safety stock without it: to the end of the horizon: cancel;
    until a later bucket: move out, where that is more than the days a plan may waver; in part: less, as its lot allows.
    Where something is suggested, all that came before is used up: what a lot has too much is no reason to move anything.
    """
    each = run.items[item]
    spare = [0 if moment.planned else moment.left - each.safety for moment in moments]
    place_of = {moment.bucket: n for n, moment in enumerate(moments)}
    found: list[Message] = []
    for place in reversed(run.coming[item]):
        supply = run.supplies[place]
        bucket = run.bucket(supply.day)
        if place in moved or place in grown or supply.fixed or bucket >= run.buckets:
            continue
        start = place_of[bucket]
        until = next((n for n in range(start, len(spare)) if spare[n] < supply.qty), len(spare))
        if until == len(spare):
            less = _back(each, supply, supply.qty)
            if less:
                found.append(Message(place, LESS if supply.rest else CANCEL, supply.day, less))
                _give(spare, start, until, less)
            continue
        said = supply.day < 0
        if until > start:
            goal = moments[until].bucket
            day = first.get(goal, goal * run.size)
            if day - max(0, supply.day) > run.damp:
                found.append(Message(place, OUT, day, supply.qty))
                _give(spare, start, until, supply.qty)
                start, said = until, False
        over = min(spare[start:])
        if over > 0:
            less = _back(each, supply, over)
            if less > 0:
                found.append(Message(place, LESS, supply.day, less))
                _give(spare, start, len(spare), less)
        if said:
            found.append(Message(place, OVERDUE, supply.day, supply.qty))
    return found


def _back(item: Item, supply: Supply, over: int) -> int:
    """How much of what is over can be given back: what stays of the line is a lot of the item."""
    stays = supply.rest + supply.qty - over
    return supply.rest + supply.qty - item.lot(stays) if stays else over


def _give(spare: list[int], start: int, end: int, qty: int) -> None:
    for n in range(start, end):
        spare[n] -= qty
