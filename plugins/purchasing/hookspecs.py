"""Extension points of purchasing: what came of its lines, which it does not know itself.

Whoever receives answers. Where nobody does, nothing ever came, and an order is closed by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement

from core.api import Ctx, hookspec
from plugins.purchasing.services.positions import Position


@dataclass(frozen=True)
class LineConditions:
    """Conditions on purchase lines, correlated to ``PurchaseLine``, for lists that are made by the database.

    came        something was received of it
    incomplete  less was accepted than completes it, returns aside
    open        something is still to come of it, as :func:`~plugins.purchasing.services.positions.still` tells it
    """

    came: ColumnElement[bool]
    incomplete: ColumnElement[bool]
    open: ColumnElement[bool]


@hookspec
def line_positions(ctx: Ctx, line_ids: Sequence[int]) -> Mapping[int, Position] | None:
    """Where purchase lines stand; those nothing came for are left out. A fixed number of queries."""


@hookspec
def line_conditions(ctx: Ctx) -> LineConditions | None:
    """The same as SQL. Who answers receives: an order is then complete when everything came."""


@hookspec
def line_trails(ctx: Ctx, line_ids: Sequence[int]) -> Mapping[int, Sequence[Mapping[str, Any]]] | None:
    """The documents that make up the numbers of purchase lines, oldest first, as the order's page shows them."""


@hookspec
def lines_repriced(ctx: Ctx, prices: Mapping[int, Decimal]) -> None:
    """A revision gave these lines new prices that hold for what came before, too."""


@hookspec
def lines_page(ctx: Ctx, asked: str) -> str | None:
    """The page on which this person works with lines, for ``asked`` ``overdue`` or ``due`` (within a week)."""
