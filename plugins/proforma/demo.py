"""The demo tenant's proforma invoice: the first issued order, as ordered."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from core.api import Ctx, run_action
from plugins.proforma.words import PURCHASE_ORDER
from plugins.purchasing.api import PurchaseOrder

DAY = date(2026, 11, 20)


def load(ctx: Ctx, shift: int) -> None:
    """One current proforma invoice; orders and stock stay as they are."""
    order = ctx.session.scalars(
        select(PurchaseOrder).where(PurchaseOrder.state == "issued").order_by(PurchaseOrder.id).limit(1)
    ).one_or_none()
    if order is not None:
        day = DAY + timedelta(days=shift)
        run_action(
            ctx, ctx.registry.get(PURCHASE_ORDER), order, "proforma",
            {"pi_date": day, "valid_until": day + timedelta(days=14), "incoterm": "FOB", "origin": "Taiwan", "mode": "sea",
             "partial": "yes", "transhipment": "no"},
        )  # fmt: skip
