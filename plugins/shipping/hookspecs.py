"""Hooks of this plugin that others implement; called on plugins that are on for the tenant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.api import Block, Ctx, hookspec


@hookspec
def shipping_blocks(ctx: Ctx, order_id: int, pieces: Mapping[tuple[int, int], int]) -> Sequence[Block] | None:
    """Reasons against sending goods of a customer order: ``pieces`` by (order line, size) are with the customer once they have
    left, those of this shipment and of those before. Asked when a shipment is confirmed and when it leaves."""
