"""What lies in a store, whoever it is kept for: what people who count it, or carry it to another store, have before them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core import ledger
from core.api import Ctx
from core.values import ZERO
from plugins.stock.services import demands, stores


@dataclass
class Shelf:
    """A store: where each item lies in it, in the order in which it is taken: what is free, then what is kept for whoever is
    served last."""

    store: ledger.Place
    lies: dict[ledger.Item, list[tuple[ledger.Place, Decimal]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def lying(self, item: ledger.Item) -> Decimal:
        """How much of an item lies there."""
        return sum((qty for _place, qty in self.lies.get(item, ())), ZERO)

    def take(
        self, kind: str, item: ledger.Item, qty: Decimal, line_id: int, to: Callable[[ledger.Place], ledger.Place]
    ) -> list[ledger.Move]:  # fmt: skip
        """Moves of ``qty``, each to where ``to`` says for where it lies; what is not there is asked of the store, so that the
        ledger says so."""
        moves, rest = [], []
        for place, there in self.lies.get(item, ()):
            part = min(qty, there)
            if part > 0:
                moves.append(ledger.Move(kind, item, place, to(place), part, line_id))
            qty -= part
            rest.append((place, there - part))
        self.lies[item] = rest
        if qty > 0:
            moves.append(ledger.Move(kind, item, self.store, to(self.store), qty, line_id))
        return moves


def of_store(
    ctx: Ctx,
    store_id: int,
    *,
    items: Collection[ledger.Item] | None = None,
    item_kind: str | None = None,
    on: date | None = None,
) -> Shelf:
    """What lies in a store (now, or at the end of a day). A fixed number of queries."""
    found = Shelf(stores.place(store_id))
    here = {
        at: qty
        for at, qty in ledger.balances(
            ctx, items=items, item_kind=item_kind, place_kinds=("store", "reserved"), on=on
        ).items()
        if at[1].id == store_id and qty > 0
    }
    order = demands.last_first(ctx, {place.document for _item, place in here if place.document is not None})
    for (item, place), qty in sorted(
        here.items(), key=lambda e: order[e[0][1].document] if e[0][1].document is not None else -1
    ):
        found.lies[item].append((place, qty))
    return found
