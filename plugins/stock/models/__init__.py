"""Tables of stock. Import models from here."""

from plugins.stock.models.demands import Demand, DemandLine, Store, SupplyCame, SupplyClaim
from plugins.stock.models.documents import StockDocument, StockLine

__all__ = ["Demand", "DemandLine", "StockDocument", "StockLine", "Store", "SupplyCame", "SupplyClaim"]
