"""Prices of receipts follow revisions that say so."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import update

from core.api import Ctx, hookimpl
from plugins.receiving.models import ReceiptLine


@hookimpl(specname="lines_repriced")
def reprice(ctx: Ctx, prices: Mapping[int, Decimal]) -> None:
    """Receipts of these purchase lines posted before get the new price; free goods stay free."""
    for line_id, price in prices.items():
        ctx.session.execute(
            update(ReceiptLine)
            .where(ReceiptLine.line_id == line_id, ReceiptLine.free.is_(False))
            .values(price=price)
            .execution_options(synchronize_session="fetch")
        )
