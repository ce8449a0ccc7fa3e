"""How far a document is: what is done ÷ what was agreed, by quantity and by value, for orders of every kind."""

from __future__ import annotations

from kit.progress.fulfilment import GAP_WARNING, FulfilRates, Part, fulfil_rates

__all__ = ["GAP_WARNING", "FulfilRates", "Part", "fulfil_rates"]
