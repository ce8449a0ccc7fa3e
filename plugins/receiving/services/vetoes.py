"""What receipts say against actions on purchase orders."""

from __future__ import annotations

from sqlalchemy import select

from core.api import Block, Ctx, T
from plugins.purchasing.api import PurchaseLine, PurchaseOrder
from plugins.receiving.models import Receipt, ReceiptLine


def cancelling(ctx: Ctx, order: PurchaseOrder) -> list[Block]:
    """An order is not cancelled while a receipt is being written for it."""
    drafts = ctx.session.scalars(
        select(Receipt.number)
        .join(ReceiptLine, (ReceiptLine.receipt_id == Receipt.id) & (ReceiptLine.tenant_id == Receipt.tenant_id))
        .join(PurchaseLine, (PurchaseLine.id == ReceiptLine.line_id) & (PurchaseLine.tenant_id == ReceiptLine.tenant_id))
        .where(PurchaseLine.order_id == order.id, Receipt.state == "draft")
        .distinct()
    ).all()  # fmt: skip
    if not drafts:
        return []
    return [
        Block(T("A receipt is being written: {numbers}.", numbers=", ".join(sorted(drafts))), "receiving")
    ]
