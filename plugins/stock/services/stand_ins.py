"""Materials that stand in for others: what a person decided for a demand (hook ``stand_ins``), and what that makes of figures.

What there is of a substitute beyond what the demand wants of it anyway counts for the material that it stands in for, ÷ ratio
and at most what that lacks. It is applied to what is wanted and what was had of it in one figure alike: arrived, issued, used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from typing import NamedTuple

from core.api import Ctx
from core.values import ZERO
from plugins.catalog.api import Key
from plugins.stock.hookspecs import StandIn

FINEST = Decimal("0.000001")
Figures = Mapping[tuple[int, Key], Decimal]


def of_demands(ctx: Ctx, demand_ids: Iterable[int]) -> dict[int, list[StandIn]]:
    """What was decided for these demands, in the order in which it is used; demands without are left out. As many queries as
    whoever keeps it needs, once a page."""

    def ask(ids: list[int]) -> dict[int, list[StandIn]]:
        found: dict[int, list[StandIn]] = defaultdict(list)
        for answer in ctx.hooks.stand_ins(demand_ids=ids):
            for each in answer or ():
                found[each.demand_id].append(each)
        return dict(found)

    return ctx.memo.each("stock.stand_ins", demand_ids, ask)


def covered_by(qty: Decimal, ratio: Decimal) -> Decimal:
    """How much of the material it stands in for a quantity of a substitute is: ÷ ratio, rounded down to the finest quantity."""
    with localcontext(prec=60):
        return (qty / ratio).quantize(FINEST, rounding=ROUND_FLOOR)


def stands_for(qty: Decimal, ratio: Decimal) -> Decimal:
    """How much of a substitute so much of the other is: × ratio, rounded up to the finest quantity."""
    with localcontext(prec=60):
        return (qty * ratio).quantize(FINEST, rounding=ROUND_CEILING)


class Step(NamedTuple):
    """What a substitute covers: so much of the material it stands in for is so much of it."""

    decided: StandIn
    covers: Decimal
    qty: Decimal


def steps(wanted: Mapping[Key, Decimal], had: Mapping[Key, Decimal], found: Iterable[StandIn]) -> list[Step]:
    """What substitutes cover of what is wanted, one after the other. Each has only what is wanted of it by nobody else, and a
    substitute of a substitute is never looked at."""
    lacks = {key: qty - had.get(key, ZERO) for key, qty in wanted.items()}
    spare = {each.by: had.get(each.by, ZERO) - wanted.get(each.by, ZERO) for each in found}
    result = []
    for each in found:
        covers = min(lacks.get(each.wanted, ZERO), covered_by(spare[each.by], each.ratio))
        if covers > 0:
            qty = min(spare[each.by], stands_for(covers, each.ratio))
            lacks[each.wanted] -= covers
            spare[each.by] -= qty
            result.append(Step(each, covers, qty))
    return result


def shifted(
    wanted: Mapping[Key, Decimal], had: Mapping[Key, Decimal], found: Sequence[StandIn]
) -> dict[Key, Decimal]:
    """What is wanted, with what substitutes cover wanted of them and no longer of the materials they stand in for."""
    result = dict(wanted)
    for step in steps(wanted, had, found):
        result[step.decided.wanted] -= step.covers
        result[step.decided.by] = result.get(step.decided.by, ZERO) + step.qty
    return result


def credited(
    ctx: Ctx, wanted: Figures, had: Figures, demand_ids: Iterable[int]
) -> dict[tuple[int, Key], Decimal]:
    """What was had, with what substitutes cover added to the groups that they stand in for."""
    found = dict(had)
    for demand, decided in of_demands(ctx, demand_ids).items():
        mine = {key: qty for (d, key), qty in wanted.items() if d == demand}
        there = {key: qty for (d, key), qty in had.items() if d == demand}
        for step in steps(mine, there, decided):
            at = (demand, step.decided.wanted)
            found[at] = found.get(at, ZERO) + step.covers
    return found
