"""What other plugins may use of purchasing."""

from __future__ import annotations

from plugins.purchasing.hookspecs import LineConditions, Purpose
from plugins.purchasing.models import LineSnapshot, OrderSnapshot, PurchaseLine, PurchaseOrder
from plugins.purchasing.services import dates, due, lines, positions, purposes, quantities
from plugins.purchasing.services.goods import Goods, add_goods
from plugins.purchasing.services.inputs import LineInput
from plugins.purchasing.services.lifecycle import short_close
from plugins.purchasing.services.positions import NOTHING, Position
from plugins.purchasing.services.quantities import nearest, step
from plugins.purchasing.services.revise import revise as revise_order
from plugins.purchasing.words import GOODS

__all__ = [
    "GOODS",
    "NOTHING",
    "Goods",
    "LineConditions",
    "LineInput",
    "LineSnapshot",
    "OrderSnapshot",
    "Position",
    "PurchaseLine",
    "PurchaseOrder",
    "Purpose",
    "add_goods",
    "dates",
    "due",
    "lines",
    "nearest",
    "positions",
    "purposes",
    "quantities",
    "revise_order",
    "short_close",
    "step",
]
