"""What has arrived for demands, in stock units: what crossed into the places that are there for their documents (kept in a
store, at a factory, used up) from elsewhere, less what crossed back. Whose property it is does not matter: what a customer
supplied counts like our own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from core import ledger
from core.api import Ctx, EntityRef
from core.values import ZERO
from plugins.catalog.api import Key, sort_key
from plugins.stock.services import demands, groups, stand_ins

MATERIAL = "material"


class Arrival(NamedTuple):
    """What came for a demand on a day; below zero: it went elsewhere."""

    demand_id: int
    key: Key
    day: date
    qty: Decimal


def arrived(ctx: Ctx, demand_ids: Iterable[int]) -> Mapping[tuple[int, Key], Decimal]:
    """What is there of material for these demands, by group. A fixed number of queries, once a page."""
    wanted = frozenset(demand_ids)
    return ctx.memo.once(("stock.arrived", wanted), lambda: _arrived(ctx, wanted))


def covered(ctx: Ctx, demand_ids: Iterable[int]) -> Mapping[tuple[int, Key], Decimal]:
    """What has arrived as far as it counts against the need: of a demand that is done, what was there at most. Leftovers that
    came back and what was let go of are no want of it; substitutes count for what they stand in for. A fixed number of
    queries."""
    wanted = frozenset(demand_ids)
    found = dict(arrived(ctx, wanted))
    done = [owner.id for owner in demands.owners(ctx, wanted).values() if owner.state == "closed"]
    there: dict[tuple[int, Key], Decimal] = defaultdict(Decimal)
    for each in by_day(ctx, done) if done else ():
        at = (each.demand_id, each.key)
        there[at] += each.qty
        found[at] = max(found.get(at, there[at]), there[at])
    if any(stand_ins.of_demands(ctx, wanted).values()):
        return stand_ins.credited(ctx, demands.required(ctx, wanted), found, wanted)
    return found


def sent(ctx: Ctx, demand_ids: Iterable[int]) -> dict[tuple[int, Key], Decimal]:
    """How much of it left the stores for them (to a factory, say), less what came back. A fixed number of queries."""
    return _arrived(ctx, demand_ids, but="reserved")


def _arrived(ctx: Ctx, demand_ids: Iterable[int], but: str = "") -> dict[tuple[int, Key], Decimal]:
    owner = _owners(ctx, demand_ids)
    found = ledger.held(ctx, MATERIAL, owner, but=but)
    codes = groups.size_codes(ctx, {item.size_id for item, _document in found})
    total: dict[tuple[int, Key], Decimal] = defaultdict(Decimal)
    for (item, document), qty in found.items():
        total[owner[document], groups.key_of(item, codes)] += qty
    return dict(total)


def by_day(ctx: Ctx, demand_ids: Iterable[int]) -> list[Arrival]:
    """How that came about, oldest first, at most one a demand, group and day: added up it is :func:`arrived`. What was taken
    back never came. A fixed number of queries."""
    owner = _owners(ctx, demand_ids)
    found = ledger.crossings(ctx, MATERIAL, owner)
    codes = groups.size_codes(ctx, {item.size_id for item, _document, _day in found})
    total: dict[tuple[date, int, Key], Decimal] = defaultdict(Decimal)
    for (item, document, day), qty in found.items():
        total[day, owner[document], groups.key_of(item, codes)] += qty
    return [
        Arrival(demand, key, day, qty)
        for (day, demand, key), qty in sorted(total.items(), key=lambda entry: entry[0][:2])
        if qty
    ]


def counted_by_day(ctx: Ctx, demand_ids: Iterable[int]) -> list[Arrival]:
    """The same as it counts against the need: substitutes count for what they stand in for, from the day they came."""
    came, decided = by_day(ctx, demand_ids), stand_ins.of_demands(ctx, demand_ids)
    if not decided:
        return came
    required = demands.required(ctx, decided)
    found = [each for each in came if each.demand_id not in decided]
    for demand in decided:
        before: dict[tuple[int, Key], Decimal] = {}
        there: dict[tuple[int, Key], Decimal] = defaultdict(Decimal)
        for day, arrivals in groupby((a for a in came if a.demand_id == demand), key=lambda a: a.day):
            for each in arrivals:
                there[demand, each.key] += each.qty
            now = stand_ins.credited(ctx, required, there, [demand])
            for at in sorted(now, key=lambda place: sort_key(place[1])):
                if now[at] != before.get(at, ZERO):
                    found.append(Arrival(demand, at[1], day, now[at] - before.get(at, ZERO)))
            before = now
    return sorted(found, key=lambda each: (each.day, each.demand_id))


def _owners(ctx: Ctx, demand_ids: Iterable[int]) -> dict[EntityRef, int]:
    return {owner.ref: owner.id for owner in demands.owners(ctx, demand_ids).values()}
