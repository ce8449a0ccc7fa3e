"""Tables: contexts and allocations of the trade, and what comes, goes back and is settled."""

from plugins.fulfilment.models.deliveries import (
    GoodsReturn,
    ReturnLine,
    ReturnSize,
    Settlement,
    SettlementLine,
    SettlementSize,
    Sheet,
    SheetLine,
    SheetSize,
    StockReturn,
)
from plugins.fulfilment.models.trading import Allocation, Context, OrderContext

__all__ = [
    "Allocation",
    "Context",
    "GoodsReturn",
    "OrderContext",
    "ReturnLine",
    "ReturnSize",
    "Settlement",
    "SettlementLine",
    "SettlementSize",
    "Sheet",
    "SheetLine",
    "SheetSize",
    "StockReturn",
]
