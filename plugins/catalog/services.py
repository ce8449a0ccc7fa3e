"""What other plugins may use of the catalog."""

from __future__ import annotations

from plugins.catalog import units
from plugins.catalog.bom import Bom, bom_lines, bom_of, rules_of
from plugins.catalog.called import colorways, size_key
from plugins.catalog.codes import in_use
from plugins.catalog.convert import convert, ratio
from plugins.catalog.need import Key, Need, Pieces, Rule, cartons, compute_need
from plugins.catalog.prices import factory_price, factory_prices, supplier_price, supplier_prices
from plugins.catalog.size_codes import size_codes, size_ids
from plugins.catalog.sizes import sizes_of, sizes_of_runs
from plugins.catalog.workdays import WorkCalendar

__all__ = [
    "Bom", "Key", "Need", "Pieces", "Rule", "WorkCalendar", "bom_lines", "bom_of", "cartons", "colorways", "compute_need",
    "convert", "factory_price", "factory_prices", "in_use", "ratio", "rules_of",
    "size_codes", "size_ids", "size_key", "sizes_of", "sizes_of_runs", "supplier_price", "supplier_prices", "units",
]  # fmt: skip
