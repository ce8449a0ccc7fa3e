"""What other plugins may use of orders."""

from __future__ import annotations

from plugins.orders.hookspecs import GoodsReturned
from plugins.orders.models import CustomerOrder, OrderLine, OrderSize, OrderStyle
from plugins.orders.services.allocation import lock as lock_orders
from plugins.orders.services.clearing import clear_orders
from plugins.orders.services.open_work import OpenStyle, open_order_styles
from plugins.orders.services.pieces import Cells, cells, ordered, shares
from plugins.orders.services.planned import supplied

__all__ = [
    "Cells",
    "CustomerOrder",
    "GoodsReturned",
    "OpenStyle",
    "OrderLine",
    "OrderSize",
    "OrderStyle",
    "cells",
    "clear_orders",
    "lock_orders",
    "open_order_styles",
    "ordered",
    "shares",
    "supplied",
]
