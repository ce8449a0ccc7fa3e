"""Extension points of stock: what it, and the plugins above it, ask of those who know more.

Demands are told by their ids (:mod:`plugins.stock.services.demands`), whatever document they belong to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select

from core import ledger
from core.api import Ctx, EntityRef, hookspec
from plugins.catalog.api import Key, Need


@dataclass(frozen=True)
class Expected:
    """Supply that is to come: an item in stock units, when, and the document that says so.

    ``demands`` are the ids of those it is meant for; none: for stock.
    """

    item: ledger.Item
    qty: Decimal
    due: date | None
    source: EntityRef
    number: str
    demands: tuple[int, ...] = ()


@dataclass(frozen=True)
class Keeper:
    """A kind of document that stock is kept for: a customer order its garments, a demand its material.

    live     states in which it may keep stock; ``firm`` those of them in which what it wants is decided
    returns  what went out for it may come back (hook ``delivered``)
    """

    entity: str
    item_kind: str
    live: tuple[str, ...]
    firm: tuple[str, ...] = ()
    returns: bool = False


@dataclass(frozen=True)
class Delivered:
    """What went out for a document: the place it went to, and the quantity of each item (without lot)."""

    place: ledger.Place
    items: Mapping[ledger.Item, Decimal]


@dataclass(frozen=True)
class StandIn:
    """A demand may take ``by`` in place of the group ``wanted``; one of that is ``ratio`` of it, in stock units.

    first  it is used up before the other, else after it
    """

    demand_id: int
    wanted: Key
    by: Key
    ratio: Decimal
    first: bool = False


@dataclass(frozen=True)
class DemandMark:
    """What a plugin with a rule of its own says of one group of a demand: ``short`` in stock units, zero where enough is there
    (what is tolerated counts as there); ``waited``: the start of the work waits for it."""

    short: Decimal
    waited: bool


@hookspec
def stock_keepers(ctx: Ctx) -> Sequence[Keeper] | None:
    """Kinds of documents that stock is kept for. Demands are that by themselves, while they are not closed."""


@hookspec
def stock_wanted(
    ctx: Ctx, entity: str, owner_ids: Sequence[int]
) -> Mapping[int, Mapping[ledger.Item, Decimal]] | None:
    """What documents of a kind from :func:`stock_keepers` still take from stock, what is kept for them included: owner id →
    item without lot → quantity. Demands are computed by stock itself."""


@hookspec
def delivered(ctx: Ctx, entity: str, owner_id: int) -> Delivered | None:
    """What went out for a document of a kind whose goods may come back."""


@hookspec
def own_returns(ctx: Ctx) -> Select[tuple[int]] | None:
    """A SELECT of the ids of customer returns of stock that documents of the plugin made: it tells of these pieces itself, with
    what only it knows, and nobody else does. No query."""


@hookspec
def item_pages(ctx: Ctx, items: Sequence[ledger.Item], figure: str) -> Mapping[ledger.Item, str] | None:
    """Addresses of pages that show these items; ``figure`` is what of them: ``on_hand``, ``reserved``."""


@hookspec
def demand_kinds(ctx: Ctx) -> Sequence[str] | None:
    """Kinds of documents (entities) that are demands: those this plugin tells of."""


@hookspec
def planned_needs(ctx: Ctx, entity: str, owner_ids: Sequence[int]) -> Mapping[int, Sequence[Need]] | None:
    """What documents of this kind that are still drafts would want as they stand now: owner id → lines."""


@hookspec
def expected_supply(
    ctx: Ctx, material_ids: Sequence[int] | None, demand_ids: Sequence[int] | None
) -> Sequence[Expected] | None:
    """Supply on order and not yet there; ``material_ids`` None means all. With ``demand_ids`` only what is meant for them."""


@hookspec
def ordered_supply(ctx: Ctx, demand_ids: Sequence[int]) -> Mapping[tuple[int, Key], Decimal] | None:
    """On issued orders for these demands, short-closed only as far as it came: (demand id, group) → stock units."""


@hookspec
def demand_marks(ctx: Ctx, demand_id: int) -> Mapping[Key, DemandMark] | None:
    """Whether each group of a demand is there, of a plugin that has a rule of its own for it. Shown in the one table of its
    material, in place of what that would say by itself; the first answer stands."""


@hookspec
def stand_ins(ctx: Ctx, demand_ids: Sequence[int]) -> Sequence[StandIn] | None:
    """Substitutes that a person decided for these demands, in the order in which they are used. They count for what they stand
    in for wherever material is counted: arrived, issued, used. A fixed number of queries."""
