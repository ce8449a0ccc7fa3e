"""When missing material is promised: the supply that is expected for a demand, by group."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from core.api import Ctx, EntityRef
from plugins.catalog.api import Key
from plugins.material_gate.services.gate import Gate
from plugins.stock.api import groups


class Promise(NamedTuple):
    """The next delivery of a group and the last one that is open; None where a document names no day."""

    first: date | None
    last: date | None
    source: EntityRef
    number: str


def of_gates(ctx: Ctx, gates: Iterable[Gate]) -> dict[tuple[int, Key], Promise]:
    """Promises for the groups that are not complete: (demand, group) → promise. A fixed number of queries."""
    short = {(found.demand_id, g.key) for found in gates for g in found.groups if not g.ok}
    if not short:
        return {}
    ids = {demand for demand, _key in short}
    coming = ctx.hooks.each(
        "expected_supply",
        material_ids=sorted({key.material for _demand, key in short}),
        demand_ids=sorted(ids),
    )
    codes = groups.size_codes(ctx, {each.item.size_id for each in coming})
    found: dict[tuple[int, Key], Promise] = {}
    for each in sorted(coming, key=lambda e: (e.due is None, e.due or date.max)):
        key = groups.key_of(each.item, codes)
        for demand in ids.intersection(each.demands):
            before = found.get((demand, key))
            if before is not None:
                found[demand, key] = before._replace(last=each.due)
            elif (demand, key) in short:
                found[demand, key] = Promise(each.due, each.due, each.source, each.number)
    return found
