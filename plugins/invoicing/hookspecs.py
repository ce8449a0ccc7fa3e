"""Hooks of this plugin that others implement; called on plugins that are on for the tenant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.api import Ctx, hookspec


@hookspec
def deposit_rules(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[int, Decimal] | None:
    """Percent of these customer orders that must be paid before goods leave; the highest of all answers holds. A fixed
    number of queries."""


@hookspec
def goods_leave(ctx: Ctx, entity: str, row: Any, action: str) -> Sequence[int] | None:
    """Customer orders whose goods are with the customer by what is about to be done with a document: a vendor sends them
    himself. Their deposits hold it, as they hold shipments."""
