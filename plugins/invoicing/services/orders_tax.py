"""The tax code of a customer order: chosen, or by the rules; the order shows its rate."""

from __future__ import annotations

from typing import Any

from core.api import Ctx, SaveChange, save_row
from core.db import flush_rows
from core.values import ZERO
from plugins.invoicing.services import taxing
from plugins.invoicing.words import CUSTOMER_ORDER


def after_save(ctx: Ctx, entity: str, row: Any, change: SaveChange) -> None:
    """Where the code, the customer or the date of an order became another one, its rate follows: that of the code, none where
    prices include it. An order without code and rule keeps the rate that was typed."""
    if entity != CUSTOMER_ORDER or not change.touches("tax_code", "customer", "order_date"):
        return
    flush_rows(ctx.session)  # the code stands in a table beside the order
    rate = taxing.Rules(ctx, [row], row.order_date).rate(row)
    if rate.code is None:
        return
    pct = ZERO if rate.included else rate.pct
    if pct != row.tax_pct:
        save_row(ctx, ctx.registry.get(CUSTOMER_ORDER), row, {"tax_pct": pct})
