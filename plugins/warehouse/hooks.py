"""Extension points of the warehouse: what it, and the plugins above it, ask of those who know more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.api import Ctx, EntityRef, hookspec, ledger
from plugins.catalog.services import Key


@dataclass(frozen=True)
class Expected:
    """Material that is to come: an item in stock units, when, and the document that says so.

    ``orders`` are the factory orders it is meant for; none: for stock.
    """

    item: ledger.Item
    qty: Decimal
    due: date | None
    source: EntityRef
    number: str
    orders: tuple[int, ...] = ()


@dataclass(frozen=True)
class Arrival:
    """Material that was accepted for a factory order on a day, in stock units; below zero: it went back."""

    order_id: int
    key: Key
    day: date
    qty: Decimal


@hookspec
def expected_material(
    ctx: Ctx, material_ids: Sequence[int] | None, order_ids: Sequence[int] | None
) -> Sequence[Expected] | None:
    """Material on order and not yet there; ``material_ids`` None means all. With ``order_ids`` only what is meant for these
    factory orders."""


@hookspec
def arrived_material(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[tuple[int, Key], Decimal] | None:
    """Accepted material for these factory orders: (factory order id, group) → stock units."""


@hookspec
def ordered_material(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[tuple[int, Key], Decimal] | None:
    """Material on issued orders for these factory orders, short-closed only as far as it came: (factory order id, group) →
    stock units."""


@hookspec
def material_arrivals(ctx: Ctx, order_ids: Sequence[int]) -> Sequence[Arrival] | None:
    """How :func:`arrived_material` came about: its changes by day, at most one a factory order, group and day, oldest first.

    They add up to it exactly. What was taken back never came; a share of a line counts as it is divided today.
    """


@hookspec
def issued_material(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[tuple[int, Key], Decimal] | None:
    """Material issued to factories for these factory orders, less what came back: (factory order id, group) → stock units."""
