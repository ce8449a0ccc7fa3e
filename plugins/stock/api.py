"""What other plugins import from stock."""

from __future__ import annotations

from plugins.stock import groups, places, stores
from plugins.stock.hookspecs import Arrival, Expected
from plugins.stock.models import Demand, DemandLine, Store, SupplyClaim
from plugins.stock.services import claims, demands, on_hand, set_aside, stamps
from plugins.stock.words import POSTED_STATES

__all__ = [
    "POSTED_STATES", "Arrival", "Demand", "DemandLine", "Expected", "Store", "SupplyClaim", "claims", "demands", "groups",
    "on_hand", "places", "set_aside", "stamps", "stores",
]  # fmt: skip
