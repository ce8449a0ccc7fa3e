"""What a document may take from a store: what is kept for it first, then what is free."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal

from core import ledger
from core.api import Ctx, EntityRef, Problem, T
from core.values import ZERO, decimal_text, shown_in
from plugins.stock.services import numbers, places, stores


@dataclass
class Stock:
    """Balances of a store that a document may take: ``kept`` for it and ``free``."""

    store: ledger.Place
    kept_place: ledger.Place
    free: dict[ledger.Item, Decimal] = field(default_factory=dict)
    kept: dict[ledger.Item, Decimal] = field(default_factory=dict)

    def takeable(self, item: ledger.Item) -> Decimal:
        """How much of an item may be taken."""
        return self.free.get(item, ZERO) + self.kept.get(item, ZERO)

    def items(self) -> set[ledger.Item]:
        """Everything there is."""
        return set(self.free) | set(self.kept)

    def take(
        self, kind: str, item: ledger.Item, target: ledger.Place, qty: Decimal, line_id: int
    ) -> list[ledger.Move]:
        """Moves of ``qty`` to ``target``; what is not there is asked of the store, so that the ledger says so."""
        part = min(qty, self.kept.get(item, ZERO))
        moves = []
        if part > 0:
            self.kept[item] -= part
            moves.append(ledger.Move(kind, item, self.kept_place, target, part, line_id))
        if qty - part > 0:
            self.free[item] = self.free.get(item, ZERO) - (qty - part)
            moves.append(ledger.Move(kind, item, self.store, target, qty - part, line_id))
        return moves


def missing(
    ctx: Ctx, stock: Stock, wanted: Mapping[ledger.Item, Decimal], at: Mapping[ledger.Item, str]
) -> list[Problem]:
    """What is asked of a store beyond what a document may take of it, at the inputs where it was asked; who keeps the rest of
    it is named: nothing is taken from others unless they give it up."""
    short = [item for item, qty in wanted.items() if qty > stock.takeable(item)]
    if not short:
        return []
    called, others = ledger.names(ctx, short), _kept_by_others(ctx, stock, short)
    problems = []
    for item in short:
        unit, step = called[item].unit, called[item].step
        kept, free = (
            decimal_text(shown_in(there.get(item, ZERO), unit, step, rounding=ROUND_DOWN))
            for there in (stock.kept, stock.free)
        )
        asked = decimal_text(shown_in(wanted[item], unit, step))
        words = {"item": called[item].name, "asked": asked, "unit": unit, "kept": kept, "free": free}
        text = T("{item}: {asked} {unit} asked, {kept} kept for it and {free} free are there.", **words)
        if item in others:
            text = T(
                "{item}: {asked} {unit} asked, {kept} kept for it and {free} free are there; more is kept for {others}.",
                others=", ".join(numbers.document_numbers(ctx, others[item])),
                **words,
            )
        problems.append(Problem(text, at.get(item, ""), {"item": item}))
    return problems


def _kept_by_others(
    ctx: Ctx, stock: Stock, items: Collection[ledger.Item]
) -> dict[ledger.Item, list[EntityRef]]:
    found: dict[ledger.Item, list[EntityRef]] = {}
    for (item, place), qty in ledger.balances(ctx, items=items, place_kinds=("reserved",)).items():
        if (
            qty > 0
            and place.id == stock.store.id
            and place != stock.kept_place
            and place.document is not None
        ):
            found.setdefault(item, []).append(place.document)
    return found


def of_store(
    ctx: Ctx,
    store_id: int,
    entity: str,
    document_id: int,
    item_kind: str,
    ids: Iterable[int] | Collection[int],
) -> Stock:
    """Stock of these materials or styles in a store, for a document that something may be kept for. One statement."""
    found = Stock(stores.place(store_id), places.reserved(store_id, entity, document_id))
    wanted = set(ids)
    if wanted:
        sums = ledger.balances(
            ctx, item_kind=item_kind, item_ids=wanted, places=[found.store, found.kept_place]
        )
        for (item, place), qty in sums.items():
            (found.free if place == found.store else found.kept)[item] = qty
    return found
