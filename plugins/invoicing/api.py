"""What other plugins may use of invoicing."""

from __future__ import annotations

from plugins.invoicing.services.holding import deposits
from plugins.invoicing.services.ratios import ratio
from plugins.invoicing.services.settled import OrderMoney, of_orders
from plugins.invoicing.services.sides import PURCHASES, SALES

__all__ = [
    "PURCHASES",
    "SALES",
    "OrderMoney",
    "deposits",
    "of_orders",
    "ratio",
]
