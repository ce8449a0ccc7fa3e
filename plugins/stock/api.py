"""What other plugins import from stock."""

from __future__ import annotations

from plugins.stock import groups, places, stores
from plugins.stock.hookspecs import Expected
from plugins.stock.models import Demand, DemandLine, Store, SupplyClaim
from plugins.stock.services import arrivals, claims, demands, incoming, on_hand, shelf, stamps, taking_back
from plugins.stock.words import POSTED_STATES

__all__ = [
    "POSTED_STATES", "Demand", "DemandLine", "Expected", "Store", "SupplyClaim", "arrivals", "claims", "demands", "groups",
    "incoming", "on_hand", "places", "shelf", "stamps", "stores", "taking_back",
]  # fmt: skip
