"""Master data, all tables named ``catalog_*``. Import models from here."""

from plugins.catalog.models.materials import Material, SupplierPrice
from plugins.catalog.models.partners import (
    Calendar,
    CalendarDay,
    Destination,
    Partner,
    PartnerAddress,
    PartnerContact,
    PaymentTerm,
    PaymentTermLine,
)
from plugins.catalog.models.styles import BomLine, BomSize, FactoryPrice, GoodsPrice, Style, StyleColor
from plugins.catalog.models.variants import Color, Size, SizeRun

__all__ = [
    "BomLine",
    "BomSize",
    "Calendar",
    "CalendarDay",
    "Color",
    "Destination",
    "FactoryPrice",
    "GoodsPrice",
    "Material",
    "Partner",
    "PartnerAddress",
    "PartnerContact",
    "PaymentTerm",
    "PaymentTermLine",
    "Size",
    "SizeRun",
    "Style",
    "StyleColor",
    "SupplierPrice",
]
