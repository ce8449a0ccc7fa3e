"""What other plugins import from stock."""

from __future__ import annotations

from plugins.stock.entities.shared import (
    DAY,
    NOTES,
    STAFF,
    STORE,
    has_lines,
    lines_action,
    pieces_by_paper,
    validate_paper,
)
from plugins.stock.hookspecs import Delivered, DemandMark, Expected, Keeper, StandIn
from plugins.stock.models import Demand, DemandLine, StockDocument, StockLine, Store, SupplyCame, SupplyClaim
from plugins.stock.services import (
    arrivals,
    claims,
    demands,
    groups,
    incoming,
    keepers,
    labels,
    on_hand,
    places,
    shelf,
    stamps,
    stand_ins,
    stores,
    taking_back,
)
from plugins.stock.services.groups import garment
from plugins.stock.services.keepers import without_lot
from plugins.stock.services.posting import ENTITY as DOCUMENT
from plugins.stock.words import POSTED_STATES
from plugins.stock.words.documents import COUNT, CREDIT, REPLACEMENT, RETURN

__all__ = [
    "COUNT",
    "CREDIT",
    "DAY",
    "DOCUMENT",
    "NOTES",
    "POSTED_STATES",
    "REPLACEMENT",
    "RETURN",
    "STAFF",
    "STORE",
    "Delivered",
    "Demand",
    "DemandLine",
    "DemandMark",
    "Expected",
    "Keeper",
    "StandIn",
    "StockDocument",
    "StockLine",
    "Store",
    "SupplyCame",
    "SupplyClaim",
    "arrivals",
    "claims",
    "demands",
    "garment",
    "groups",
    "has_lines",
    "incoming",
    "keepers",
    "labels",
    "lines_action",
    "on_hand",
    "pieces_by_paper",
    "places",
    "shelf",
    "stamps",
    "stand_ins",
    "stores",
    "taking_back",
    "validate_paper",
    "without_lot",
]
