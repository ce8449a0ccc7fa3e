"""What other plugins may use of factory_stock."""

from __future__ import annotations

from plugins.factory_stock.models import GoodsIn, GoodsInLine, GoodsInSize

__all__ = [
    "GoodsIn",
    "GoodsInLine",
    "GoodsInSize",
]
