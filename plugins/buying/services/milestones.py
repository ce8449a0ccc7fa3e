"""Telling those who plan by documents that what is ordered for them changed."""

from __future__ import annotations

from core.api import Ctx
from plugins.buying.services.allocation import SUPPLY
from plugins.purchasing.api import PurchaseOrder
from plugins.stock.api import claims, demands

BUYING = ("issue", "short_close", "reopen_line", "close", "reopen", "cancel")
"""Actions that change what is ordered; what changes lines tells by itself."""


def purchase_milestones_changed(ctx: Ctx, order: PurchaseOrder, action: str) -> None:
    """After an action: tell of all that lines of the order are for, at once."""
    if action in BUYING:
        demands.tell(ctx, claims.owners(ctx, SUPPLY, of=[order.id]).values())
