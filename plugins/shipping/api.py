"""What other plugins may use of shipping."""

from __future__ import annotations

from plugins.shipping.models import Shipment, ShipmentLine

__all__ = [
    "Shipment",
    "ShipmentLine",
]
