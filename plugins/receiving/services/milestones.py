"""Telling those who plan by documents that material for them came or went back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.api import Ctx, hookimpl
from plugins.receiving.models import ReceiptLine
from plugins.receiving.services.posting import SUPPLY
from plugins.receiving.words import RECEIPT, RETURN
from plugins.stock.api import claims, demands

RECEIVING: dict[str, tuple[str, ...]] = {
    RECEIPT: ("post", "reverse", "inspect"),
    RETURN: ("post", "reverse"),
}
"""Actions that change what arrived."""


@hookimpl(specname="after_transition")
def receipt_milestones_changed(ctx: Ctx, entity: str, row: Any, action: str) -> None:
    """After an action: tell of all whose material it moved, at once. One query, however many lines."""
    if action in RECEIVING.get(entity, ()):
        receipt_id = row.id if entity == RECEIPT else row.receipt_id
        lines = select(ReceiptLine.line_id).where(ReceiptLine.receipt_id == receipt_id)
        demands.tell(ctx, claims.owners(ctx, SUPPLY, lines=lines).values())
