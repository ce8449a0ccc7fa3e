"""Words of stock: states of its documents, and the kinds of places and movements that plugins share."""

from __future__ import annotations

from core import ledger
from core.api import Declare, State, T

POSTED_STATES = (
    State("draft", T("Draft")),
    State("posted", T("Posted"), "good"),
    State("reversed", T("Reversed"), "bad", closed=True),
    State("cancelled", T("Cancelled"), "bad", closed=True),
)
PLACES = (
    ledger.PlaceKind("store", T("store"), inside=True),
    ledger.PlaceKind("reserved", T("reserved"), inside=True),
    ledger.PlaceKind("inspection", T("inspection"), inside=True),
    ledger.PlaceKind("rejected", T("rejected goods"), inside=True),
    ledger.PlaceKind("transit", T("in transit"), inside=True),
    ledger.PlaceKind("supplier", T("supplier"), inside=False),
    ledger.PlaceKind("customer", T("customer"), inside=False),
    ledger.PlaceKind("scrap", T("scrap"), inside=False),
    ledger.PlaceKind("adjustment", T("adjustment"), inside=False),
    ledger.PlaceKind("counted", T("stock count"), inside=False),
)
MOVEMENTS = (
    ledger.MovementKind("opening", T("Opening stock")),
    ledger.MovementKind("accept", T("Accepted after inspection")),
    ledger.MovementKind("reject", T("Rejected")),
    ledger.MovementKind("transfer", T("Transfer between stores")),
    ledger.MovementKind("count", T("Stock count")),
    ledger.MovementKind("reserve", T("Reservation")),
    ledger.MovementKind("release", T("Release of a reservation")),
    ledger.MovementKind("surplus", T("Surplus to free stock")),
)


def register(registry: Declare) -> None:
    """Declare them."""
    for place in PLACES:
        registry.place_kind(place)
    for movement in MOVEMENTS:
        registry.movement_kind(movement)
