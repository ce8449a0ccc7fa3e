"""What other plugins import from stock."""

from __future__ import annotations

from plugins.stock import groups, places, stores
from plugins.stock.hookspecs import Arrival, Delivered, Expected, Keeper
from plugins.stock.models import Demand, DemandLine, Store, SupplyClaim
from plugins.stock.services import claims, demands, keepers, on_hand, set_aside, stamps
from plugins.stock.services.keepers import plain
from plugins.stock.services.posting import ENTITY as DOCUMENT
from plugins.stock.words import POSTED_STATES
from plugins.stock.words_documents import COUNT

__all__ = [
    "COUNT", "DOCUMENT", "POSTED_STATES", "Arrival", "Delivered", "Demand", "DemandLine", "Expected", "Keeper", "Store",
    "SupplyClaim", "claims", "demands", "groups", "keepers", "on_hand", "places", "plain", "set_aside", "stamps", "stores",
]  # fmt: skip
