"""Stock that is set aside for demands: what was reserved for them, whether it still lies there or was issued already.

Whose it is does not matter: what a customer supplied counts like our own once it is set aside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from core import ledger
from core.api import Ctx
from plugins.catalog.services import Key
from plugins.stock import groups
from plugins.stock.services import demands

ZERO = Decimal(0)


class Entry(NamedTuple):
    """A day of one group in stock units: ``qty`` set aside (+) or set free again (-), ``taken`` of it issued."""

    demand_id: int
    key: Key
    day: date
    qty: Decimal
    taken: Decimal


def entries(ctx: Ctx, demand_ids: Iterable[int]) -> Sequence[Entry]:
    """What was set aside for these demands, day by day. A fixed number of queries, once a page."""
    wanted = frozenset(demand_ids)
    return ctx.memo.once(("stock.set_aside", wanted), lambda: _entries(ctx, wanted))


def _entries(ctx: Ctx, demand_ids: Collection[int]) -> list[Entry]:
    ids = {owner.ref: owner.id for owner in demands.owners(ctx, demand_ids).values()}
    found = {k: q for k, q in ledger.turnover(ctx, "reserved", ids).items() if k[0].kind == "material"}
    codes = groups.size_codes(ctx, {item.size_id for item, _place, _kind, _day in found})
    return [
        Entry(ids[place.document], groups.key_of(item, codes), day, ZERO if kind == "issue" else qty,
              -qty if kind == "issue" else ZERO)
        for (item, place, kind, day), qty in sorted(found.items(), key=lambda entry: entry[0][3])
        if place.document is not None
    ]  # fmt: skip


def reserved(ctx: Ctx, demand_ids: Iterable[int]) -> dict[tuple[int, Key], Decimal]:
    """Stock units set aside for demands by group, those included that were issued since."""
    total: dict[tuple[int, Key], Decimal] = defaultdict(lambda: ZERO)
    for entry in entries(ctx, demand_ids):
        total[entry.demand_id, entry.key] += entry.qty
    return {place: qty for place, qty in total.items() if qty}
