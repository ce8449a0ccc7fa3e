"""What other plugins import from stock."""

from __future__ import annotations

from plugins.stock.hookspecs import Delivered, Expected, Keeper
from plugins.stock.models import Demand, DemandLine, Store, SupplyClaim
from plugins.stock.services import (
    arrivals,
    claims,
    demands,
    groups,
    incoming,
    keepers,
    on_hand,
    places,
    shelf,
    stamps,
    stores,
    taking_back,
)
from plugins.stock.services.keepers import plain
from plugins.stock.services.posting import ENTITY as DOCUMENT
from plugins.stock.words import POSTED_STATES
from plugins.stock.words.documents import COUNT, REPLACEMENT

__all__ = [
    "COUNT", "DOCUMENT", "POSTED_STATES", "REPLACEMENT", "Delivered", "Demand",
    "DemandLine", "Expected", "Keeper", "Store", "SupplyClaim",
    "arrivals", "claims", "demands", "groups", "incoming", "keepers", "on_hand", "places", "plain", "shelf", "stamps",
    "stores", "taking_back",
]  # fmt: skip
