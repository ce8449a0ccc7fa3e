"""Whose part of a heap is left: of what is kept for a document, how much each of its reservations still holds.

What is kept lies together, whether a reservation, a purchase or a factory brought it, and what goes out goes out of the heap.
Counted is so: it is taken from the reservation that expires first, from what does not expire last. What is taken back
returns to the part it came from, what is carried to another store stays in its part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from core import ledger
from core.api import EntityName, EntityRef
from core.values import ZERO

DOCUMENT = EntityName("stock.document")
OTHERS = 0
"""The part that no reservation brought."""
Portions = Sequence[tuple[int, Decimal]]


def divide(
    moves: Iterable[ledger.Movement], document: EntityRef, until: Mapping[int, date | None]
) -> dict[tuple[int, ledger.Item, int], Decimal]:
    """What is left of reservations: (reservation, item, store id) → quantity. ``moves`` are all that came to and left what
    is kept for the ``document``, oldest first; ``until`` says of each reservation when it expires."""
    order = [*sorted(until, key=lambda number: (until[number] or date.max, number)), OTHERS]
    parts: dict[tuple[int, ledger.Item, int], Decimal] = defaultdict(lambda: ZERO)
    moved: dict[int, Portions] = {}

    def take(move: ledger.Movement, first: Portions) -> Portions:
        """From each part as much as it had of what is taken back, the rest in order."""
        taken: dict[int, Decimal] = defaultdict(lambda: ZERO)
        rest = move.qty
        for number, most in (*first, *((number, rest) for number in order)):
            at = (number, move.item, move.source.id)
            part = min(most, rest, parts[at])
            if part > 0:
                parts[at] -= part
                taken[number] += part
                rest -= part
        return [*taken.items()]

    def of_heap(place: ledger.Place) -> bool:
        return place.kind == "reserved" and place.document == document

    for move in moves:
        back = moved.get(move.reverses or 0, ())
        brought = move.entity_id if move.entity == DOCUMENT and move.entity_id in until else OTHERS
        portions: Portions = back or [(brought, move.qty)]
        if of_heap(move.source):
            portions = take(move, back)
        if of_heap(move.target):
            for number, qty in portions:
                parts[number, move.item, move.target.id] += qty
        moved[move.id] = portions
    return {at: qty for at, qty in parts.items() if at[0] != OTHERS and qty > 0}
