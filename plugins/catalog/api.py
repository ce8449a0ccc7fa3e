"""What other plugins may use of the catalog."""

from __future__ import annotations

from plugins.catalog.services import units
from plugins.catalog.services.bom import Bom, bom_lines, bom_of, rules_of
from plugins.catalog.services.codes import in_use
from plugins.catalog.services.conversion import convert, ratio
from plugins.catalog.services.need import Key, Need, Pieces, Rule, cartons, compute_need
from plugins.catalog.services.prices import factory_price, factory_prices, supplier_price, supplier_prices
from plugins.catalog.services.size_labels import size_codes, size_ids
from plugins.catalog.services.sizes import sizes_of, sizes_of_runs
from plugins.catalog.services.spoken_names import colorways, size_key
from plugins.catalog.services.workdays import WorkCalendar
from plugins.catalog.words import CUSTOMER_PRICES, FACTORY_PRICES, SEERS, SUPPLIER_PRICES

__all__ = [
    "CUSTOMER_PRICES", "FACTORY_PRICES", "SEERS", "SUPPLIER_PRICES",
    "Bom", "Key", "Need", "Pieces", "Rule", "WorkCalendar", "bom_lines", "bom_of", "cartons", "colorways", "compute_need",
    "convert", "factory_price", "factory_prices", "in_use", "ratio", "rules_of",
    "size_codes", "size_ids", "size_key", "sizes_of", "sizes_of_runs", "supplier_price", "supplier_prices", "units",
]  # fmt: skip
