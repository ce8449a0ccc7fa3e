"""Extension points of purchasing: what came of its lines and what they are bought for, which it does not know itself.

Whoever receives answers for the first: where nobody does, nothing ever came, and an order is closed by hand. Whoever buys by
need answers for the second: the documents that lines are bought for are references, known by their number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement

from core.api import Ctx, EntityRef, Text, hookspec
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.services.positions import Position


@dataclass(frozen=True)
class LineConditions:
    """Conditions on purchase lines, correlated to ``PurchaseLine``, for lists that are made by the database.

    came     something was received of it
    waiting  something that came waits for inspection
    open     something is still to come of it, as :func:`~plugins.purchasing.services.positions.still` tells it
    """

    came: ColumnElement[bool]
    waiting: ColumnElement[bool]
    open: ColumnElement[bool]


@dataclass(frozen=True)
class Purpose:
    """A document that a share of a purchase line (purchase units) is bought for; ``lacks``: what of it is still to come;
    ``dead``: it was cancelled."""

    ref: EntityRef
    number: str
    qty: Decimal
    dead: bool = False
    lacks: Decimal = Decimal(0)


@hookspec
def line_positions(ctx: Ctx, line_ids: Sequence[int]) -> Mapping[int, Position] | None:
    """Where purchase lines stand; those nothing came for are left out. A fixed number of queries."""


@hookspec
def line_conditions(ctx: Ctx) -> LineConditions | None:
    """The same as SQL, for lines of what the plugin receives (materials, finished goods). Who answers receives: an order is
    then complete when everything came. What any of those who answer says of a line holds."""


@hookspec
def line_trails(ctx: Ctx, line_ids: Sequence[int]) -> Mapping[int, Sequence[Mapping[str, Any]]] | None:
    """The documents that make up the numbers of purchase lines, oldest first, as the order's page shows them."""


@hookspec
def lines_repriced(ctx: Ctx, prices: Mapping[int, Decimal]) -> None:
    """A revision gave these lines new prices that hold for what came before, too."""


@hookspec
def lines_page(ctx: Ctx, asked: str) -> str | None:
    """The page on which this person works with lines, for ``asked`` ``overdue`` or ``due`` (within a week)."""


@hookspec
def purpose_kinds(ctx: Ctx) -> Sequence[str] | None:
    """Kinds of documents that may be bought for."""


@hookspec
def purposes_called(ctx: Ctx, numbers: Sequence[str]) -> Mapping[str, EntityRef] | None:
    """The documents called so that may be bought for, by number in capitals."""


@hookspec
def purpose_problems(ctx: Ctx, purposes: Sequence[EntityRef]) -> Mapping[EntityRef, Text] | None:
    """Why nothing is bought for these documents any more; those still bought for are left out."""


@hookspec
def line_purposes(ctx: Ctx, line_ids: Sequence[int]) -> Mapping[int, Sequence[Purpose]] | None:
    """What purchase lines are bought for, by number. A fixed number of queries."""


@hookspec
def lines_written(
    ctx: Ctx,
    order: PurchaseOrder,
    line_ids: Sequence[int],
    purposes: Mapping[int, Mapping[EntityRef, Decimal]],
) -> None:
    """An order has these lines and no others; those in ``purposes`` are bought for that from now on (purchase units)."""


@hookspec
def purpose_wanted(ctx: Ctx, purpose: EntityRef, material_class: str) -> date | None:
    """By when a document wants what is bought for it (``main`` or ``trim``), as far as somebody plans it: the required day that
    a new order begins with."""


@hookspec
def order_begun(ctx: Ctx, order: PurchaseOrder) -> bool | None:
    """A person made an order for a document on a page: write the lines that it wants. True where there are some now."""


@hookspec
def line_warnings(
    ctx: Ctx, order: PurchaseOrder, lines: Sequence[PurchaseLine]
) -> Mapping[int, Sequence[Text]] | None:
    """What is unusual about lines of an order, by line id, beyond what the order says of itself."""
