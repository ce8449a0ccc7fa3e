"""What the ledger is spoken to in: items, places and moves, as plain immutable values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from core.declare.names import EntityRef


class Item(NamedTuple):
    """A thing that is counted. ``kind`` is declared (``registry.item_kind``), ``id`` the id of what it counts.

    The dimensions tell apart what must be counted apart: colour, size, destination, lot; 0 and "" where they do not
    matter. ``owner_id`` is the partner who owns it, 0 = ours. Quantities are in the item's stock unit.
    """

    kind: str
    id: int
    color_id: int = 0
    size_id: int = 0
    dest_id: int = 0
    lot: str = ""
    owner_id: int = 0


class Place(NamedTuple):
    """Where a thing is. ``kind`` is declared (``registry.place_kind``), ``id`` the id of the store or partner.

    ``document`` tells apart what is there for one document: the part of a store that is kept for it, what lies at a factory
    for one order.
    """

    kind: str
    id: int = 0
    document: EntityRef | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """``qty`` (> 0, at most 6 decimals, in the stock unit) of ``item`` goes from ``source`` to ``target``.

    ``kind`` says what for and is declared (``registry.movement_kind``). ``line_id`` is the document's line, ``value`` what it
    is worth in ``currency``.
    """

    kind: str
    item: Item
    source: Place
    target: Place
    qty: Decimal
    line_id: int = 0
    value: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Movement:
    """A posted move. ``on`` is the business date, ``at`` when it was posted (UTC).

    ``reverses`` is the id of the movement it takes back (same kind, places exchanged), ``reversed_by`` the id of the one
    that took this one back.
    """

    id: int
    kind: str
    item: Item
    source: Place
    target: Place
    qty: Decimal
    on: date
    line_id: int
    value: Decimal | None
    currency: str
    entity: str
    entity_id: int
    at: datetime
    user_name: str
    reason: str
    reverses: int | None
    reversed_by: int | None

    def sign(self, place: Place) -> int:
        """+1 where it adds to ``place``, -1 where it takes from it, 0 elsewhere."""
        return (self.target == place) - (self.source == place)


@dataclass(frozen=True, slots=True)
class Step:
    """As much of a posted move as a balance follows from: number, business date, item, places, quantity."""

    id: int
    on: date
    item: Item
    source: Place
    target: Place
    qty: Decimal


@dataclass(frozen=True, slots=True)
class Named:
    """What people call an item or a place; ``unit`` is the stock unit of an item, ``step`` its own smallest quantity."""

    key: Item | Place
    name: str
    unit: str = ""
    step: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """When the ledger was last verified, by whom, and how many faults were found."""

    at: datetime
    by: str
    faults: int
