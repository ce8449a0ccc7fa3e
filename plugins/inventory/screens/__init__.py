"""Pages of inventory."""

from __future__ import annotations

from core.api import Declare
from plugins.inventory import shown


def register(registry: Declare) -> None:
    """Use these pages."""
    from plugins.inventory.screens.stock import StockPage

    registry.view(StockPage(name="Stock", endpoint="inventory_stock", url=shown.BASE))
