"""The classes of idle stock."""

from __future__ import annotations

from core.api import EntityName, T, Text

MATERIAL = EntityName("catalog.material")
STYLE = EntityName("catalog.style")
VALUES = "inventory.values"
"""Whoever has it sees what stock is worth."""

CLASSES: dict[str, tuple[Text, str]] = {
    "active": (T("Moving"), "good"),
    "slow": (T("Slow-moving"), "info"),
    "stagnant": (T("Stagnant"), "warn"),
    "dead": (T("Dead"), "bad"),
}
"""Classes of stock by idle days, with their tone."""
ADVICE: dict[str, Text] = {
    "active": T("Keep"),
    "slow": T("Use as substitute"),
    "stagnant": T("Return or sell"),
    "dead": T("Sell or write off"),
}
TITLES = {
    "main": T("Main materials"),
    "trim": T("Trims"),
    "garment": T("Finished goods"),
    "": T("Below safety stock"),
}
"""What the views are called, by class of material (finished goods; what is short)."""
