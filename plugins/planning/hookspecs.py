"""Extension points of planning: by when documents want their material, and who makes documents of what was planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core.api import Ctx, EntityRef, hookspec
from plugins.catalog.api import PlanItem


@dataclass(frozen=True)
class Released:
    """Something that was planned and is to become a document.

    number   of the suggestion, for messages
    kind     buy, make, outsource
    pieces   what of it: a group of a material, or a style's colours and sizes with their quantities (stock units)
    due      the day it is wanted; supplier  who is asked; price  for a purchase unit, in ``currency``
    serves   which documents want how much of it, the earliest need first
    """

    number: str
    kind: str
    pieces: Mapping[PlanItem, Decimal]
    due: date
    supplier_id: int | None = None
    price: Decimal | None = None
    currency: str = ""
    serves: Sequence[tuple[EntityRef, Decimal]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Rush:
    """An order that was only assumed and is to be taken: codes of style, colour and destination, pieces by size."""

    customer_id: int
    style: str
    color: str
    destination: str
    sizes: tuple[tuple[str, int], ...]
    day: date


@hookspec
def plan_rush(ctx: Ctx, rush: Sequence[Rush]) -> Sequence[EntityRef] | None:
    """Make drafts of customer orders of these: one for each customer."""


@hookspec
def plan_needed_by(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Mapping[str, date]] | None:
    """By when these documents want their material (``main``, ``trim``, ``packing``), as far as somebody plans their work."""


@hookspec
def plan_release(ctx: Ctx, released: Sequence[Released]) -> Mapping[str, EntityRef] | None:
    """Make drafts of what was planned, as few as possible: which document each became, by the number of the suggestion.

    Who answers takes the kinds that it makes documents of, and leaves the others out: what nobody takes stays firm in the plan,
    which then counts on it and wants what it is made of. What cannot be is Refused, by number. A document of something that
    is made tells its need itself (``plan_demand``).
    """
