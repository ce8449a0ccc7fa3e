"""When missing material is promised: the purchase lines that are open for a factory order, by group."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from core.api import Ctx, EntityRef
from plugins.catalog.services import Key
from plugins.material_gate.services import orders
from plugins.material_gate.services.gate import Gate
from plugins.stock import groups


class Promise(NamedTuple):
    """The next delivery of a group and the last one that is open; None where a document names no day."""

    first: date | None
    last: date | None
    source: EntityRef
    number: str


def of_gates(ctx: Ctx, gates: Iterable[Gate]) -> dict[tuple[int, Key], Promise]:
    """Promises for the groups that are not complete: (factory order, group) → promise. A fixed number of queries."""
    short = {(found.order_id, g.key) for found in gates for g in found.groups if not g.ok}
    if not short:
        return {}
    ids = orders.of_demands(ctx, {order_id for order_id, _key in short})
    coming = ctx.hooks.each(
        "expected_supply",
        material_ids=sorted({key.material for _order, key in short}),
        demand_ids=sorted(ids),
    )
    codes = groups.size_codes(ctx, {each.item.size_id for each in coming})
    found: dict[tuple[int, Key], Promise] = {}
    for each in sorted(coming, key=lambda e: (e.due is None, e.due or date.max)):
        key = groups.key_of(each.item, codes)
        for order_id in (ids[demand] for demand in each.demands if demand in ids):
            before = found.get((order_id, key))
            if before is not None:
                found[order_id, key] = before._replace(last=each.due)
            elif (order_id, key) in short:
                found[order_id, key] = Promise(each.due, each.due, each.source, each.number)
    return found
