"""Hooks of this plugin that others implement; called on plugins that are on for the tenant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.api import Ctx, EntityRef, Text, hookspec


@dataclass(frozen=True)
class GoodsReturned:
    """Pieces that a customer gave back, of one order line and size.

    document   the return that says so, ``number`` what it is called
    bearer     who bears it: ``seller``, ``buyer``, ``vendor`` or ``carrier``
    remedy     what the customer gets: ``replacement``, ``credit`` or ``none`` (what he owes is unchanged)
    price      of a piece, as the customer bought it; None while it is open
    reason     code of the reason
    vendor_id  who delivered them, ``purchase_line_id`` on which line of a purchase order; None where that is not known
    """

    document: EntityRef
    number: str
    day: date
    order_id: int
    order_line_id: int
    size_id: int
    qty: int
    bearer: str
    remedy: str
    price: Decimal | None
    reason: str
    vendor_id: int | None = None
    purchase_line_id: int | None = None


@hookspec
def order_allocations(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[tuple[int, int], int] | None:
    """Pieces of these customer orders that live documents of the plugin (factory orders) take up already:
    ``{(order line id, size id): pieces}``. One query for all orders; the answers of several plugins are added up."""


@hookspec
def bought_pieces(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[tuple[int, int], int] | None:
    """Pieces of these customer orders that no factory is asked for, since they are bought finished or are meant to be: (order
    line, size) → pieces. A fixed number of queries; the answers of several plugins are added up."""


@hookspec
def makers(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[int, Sequence[EntityRef]] | None:
    """Documents (factory orders) that make these customer orders: customer order id → documents that are not cancelled,
    the oldest first. One query for all orders."""


@hookspec
def supplied_cells(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[tuple[int, int], int] | None:
    """Pieces of these customer orders that are with the customer and will not be replaced: (order line id, size id) → pieces. A
    fixed number of queries."""


@hookspec
def shipped_pieces(ctx: Ctx, style_ids: Sequence[int]) -> Mapping[tuple[int, int], Mapping[date, int]] | None:
    """Pieces that left for customers, of these styles of customer orders: (order style id, destination id) → day → pieces.
    One query."""


@hookspec
def clearing(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[int, Sequence[Text]] | None:
    """What these customer orders miss until they are cleared, as sentences; an empty list: nothing any more. Orders that the
    plugin cannot tell about are left out. A fixed number of queries for all orders.

    An order closes by itself when somebody tells about it and nobody misses anything, and opens again by itself when somebody
    does after that. Whoever answers calls
    ``plugins.orders.api.clear_orders`` whenever its answer may have become another one.
    """


@hookspec
def goods_delivered(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[tuple[int, int], int] | None:
    """Pieces of these customer orders that were delivered, accepted and are final: (order line, size) → pieces, replacements
    and substitutes among them, what came back not deducted (:func:`goods_returned`). A fixed number of queries; the answers
    of several plugins are added up.

    0 where none was accepted yet; lines of which the plugin keeps no count are left out."""


@hookspec
def goods_returned(ctx: Ctx, order_ids: Sequence[int]) -> Sequence[GoodsReturned] | None:
    """Pieces of these customer orders that came back, of returns that are posted. A fixed number of queries."""


@hookspec
def goods_sent(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[int, int] | None:
    """Pieces of these customer orders that left for the customer, whether he has accepted them or not: order line → pieces. One
    query; the answers of several plugins are added up."""
