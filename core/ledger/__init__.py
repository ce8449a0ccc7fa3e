"""The movement ledger: what is where, and how it came there.

A movement takes a quantity of an item from one place to another on a business date. Movements are never changed or
deleted; a mistake is taken back by a reversing movement. Every figure is a sum of movements: balances and closings are
derived from them, in the same transaction, and :func:`verify` recomputes them. As everything comes from somewhere, each
item sums to zero over all places.

Quantities are ``Decimal`` in the item's stock unit with at most 6 decimals. Kinds of places, movements and items are declared
by plugins. Inside places never go below zero at the end of any day; those where things come from and go to may.
What came in is worth what its movement says and what corrections of value (:func:`revalue`) add.
A reversal has the kind of what it takes back, with the places exchanged: summing a kind at a place by
``Movement.sign(place)`` gives the net figure.
"""

from __future__ import annotations

from core.data.retry import retrying
from core.declare.stock_words import ItemKind, MovementKind, PlaceKind
from core.ledger.close import close_period, closed_until, periods, reopen_period
from core.ledger.documents import crossings, held
from core.ledger.flow import Flow, flows, moved
from core.ledger.history import card, movements, steps
from core.ledger.keys import names
from core.ledger.post import post, reverse
from core.ledger.read import balance, balances, totals
from core.ledger.values import Item, Move, Movement, Named, Place, Step, Verified
from core.ledger.verified import last_verified, record_verified
from core.ledger.verify import rebuild, verify
from core.ledger.worth import revalue

__all__ = [
    "Flow", "Item", "ItemKind", "Move", "Movement", "MovementKind", "Named", "Place", "PlaceKind", "Step", "Verified",
    "balance", "balances", "card", "close_period", "closed_until", "crossings", "flows", "held", "last_verified", "moved",
    "movements", "names", "periods", "post", "rebuild", "record_verified", "reopen_period", "retrying", "revalue", "reverse",
    "steps",
    "totals", "verify",
]  # fmt: skip
