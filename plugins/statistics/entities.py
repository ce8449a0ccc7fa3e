"""The right of those who look at figures."""

from __future__ import annotations

from core.api import Declare, T
from plugins.statistics.words import VIEW


def register(registry: Declare) -> None:
    """Declare it."""
    registry.permission(
        VIEW, T("See statistics"), ("merch", "purch", "prod", "fin", "mgr"), needs=("orders.order.view",)
    )
