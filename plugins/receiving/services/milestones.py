"""Telling those who plan by factory orders that material for them came or went back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.api import Ctx
from plugins.outsourcing.services import milestones as factory
from plugins.purchasing.models import Allocation
from plugins.receiving.models import ReceiptLine

RECEIPT, RETURN = "receiving.receipt", "receiving.return"
RECEIVING = {
    RECEIPT: ("post", "reverse", "inspect"),
    RETURN: ("post", "reverse"),
}
"""Actions that change what arrived."""


def follow(ctx: Ctx, entity: str, row: Any, action: str) -> None:
    """After an action: tell of the factory orders whose material it moved, all at once."""
    if action in RECEIVING.get(entity, ()):
        factory.changed(ctx, of_receipt(ctx, row.id if entity == RECEIPT else row.receipt_id))


def of_receipt(ctx: Ctx, receipt_id: int) -> list[int]:
    """Factory orders that lines of a receipt are for. One query, however many lines.

    Not a join: SQLite would begin at all allocations and look into the receipt for each.
    """
    lines = select(ReceiptLine.line_id).where(ReceiptLine.receipt_id == receipt_id)
    return list(
        ctx.session.scalars(
            select(Allocation.factory_order_id).where(Allocation.line_id.in_(lines)).distinct()
        )
    )
