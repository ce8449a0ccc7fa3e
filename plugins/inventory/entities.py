"""Rights of those who look at stock, prove its figures, and close periods."""

from __future__ import annotations

from core.api import Declare, T
from plugins.catalog.api import SEERS
from plugins.inventory.words import VALUES


def register(registry: Declare) -> None:
    """Declare them."""
    registry.permission(
        "inventory.view",
        T("See stock, movements and ageing"),
        ("merch", "purch", "wh", "qc", "prod", "fin", "mgr"),
    )
    registry.permission(
        VALUES, T("See what stock is worth"), SEERS, before=("inventory.view",), needs=("inventory.view",)
    )
    registry.permission("inventory.verify", T("Prove the stock figures anew"), ("wh", "fin", "mgr"))
    registry.permission("inventory.close", T("Close stock periods"), ("fin", "mgr"))
    registry.permission("inventory.reopen", T("Open closed stock periods again"), ("mgr",))
