"""Hooks of this plugin that others implement; called on plugins that are on for the tenant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from core.api import Ctx, EntityRef, hookspec


@hookspec
def order_allocations(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[tuple[int, int], int] | None:
    """Pieces of these customer orders that live documents of the plugin (factory orders) take up already:
    ``{(order line id, size id): pieces}``. One query for all orders; the answers of several plugins are added up."""


@hookspec
def makers(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[int, Sequence[EntityRef]] | None:
    """Documents (factory orders) that make these customer orders: customer order id → documents that are not cancelled,
    the oldest first. One query for all orders."""


@hookspec
def shipped_pieces(ctx: Ctx, style_ids: Sequence[int]) -> Mapping[tuple[int, int], Mapping[date, int]] | None:
    """Pieces that left for customers, of these styles of customer orders: (order style id, destination id) → day → pieces.
    One query."""
