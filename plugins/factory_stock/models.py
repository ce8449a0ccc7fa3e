"""倉庫: the documents of the warehouse."""

from __future__ import annotations

from plugins.factory_stock.papers import (
    GoodsIn,
    GoodsInLine,
    GoodsInSize,
    Issue,
    IssueLine,
    Shipment,
    ShipmentLine,
    ShipmentSize,
)

__all__ = [
    "GoodsIn", "GoodsInLine", "GoodsInSize", "Issue", "IssueLine", "Shipment", "ShipmentLine", "ShipmentSize",
]  # fmt: skip
