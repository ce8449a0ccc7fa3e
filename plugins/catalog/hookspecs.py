"""Extension points of the catalog: what is wanted and what there is or will be, told alike by every plugin, for whoever plans.

Everything is told once. A demand is what a document still wants, what is kept, ordered or made for it included; a supply is
what there is or what is to come, and ``meant`` says for which document. So a customer order that a factory order makes stands
among the demands, and the factory order among the supplies, meant for it: they meet, and nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from core.api import Ctx, EntityRef, Text, hookspec
from plugins.catalog.services.need import Key


class Garment(NamedTuple):
    """Finished pieces: a style in a colour and size, by their ids."""

    style: int
    color: int
    size: int


PlanItem = Garment | Key
"""What is planned: garments, or a group of a material."""
DemandKind = Literal["order", "need", "forecast", "safety"]


@dataclass(frozen=True)
class PlanDemand:
    """What a document still wants of an item.

    number, line  how people call the document, and the line of it
    qty           stock units (pieces) still open; what is kept or on the way for it is not taken off
    due           the day it should be there; None: nobody said, as soon as it can be
    priority      who is served first, smallest first: :func:`plan_priority`
    kind          order: promised to a customer; need: material of a document that makes something; forecast; safety: stock that
                  should always be there
    destination   where garments go, for material that differs by it
    partner       who ordered it, as far as it is one
    """

    source: EntityRef
    number: str
    line: int | None
    item: PlanItem
    qty: Decimal
    due: date | None
    priority: tuple[int, ...]
    kind: DemandKind
    destination: int | None = None
    partner: int | None = None

    @property
    def made_from_need(self) -> bool:
        """It follows from a document that makes something: exploding what that makes would want it twice."""
        return self.kind == "need"


class PlanSupply(NamedTuple):
    """What there is of an item, or is to come of it.

    qty      stock units (pieces) still to come, or lying there
    due      the day it is expected; None: nobody said. What lies there is there now, whatever its day
    firm     decided; a draft is not
    on_hand  it lies in a store of ours (``source``)
    meant    the document it is kept, bought or made for; None: whoever is served first
    partner  who makes or sends it
    """

    source: EntityRef
    number: str
    line: int | None
    item: PlanItem
    qty: Decimal
    due: date | None
    firm: bool = True
    on_hand: bool = False
    meant: EntityRef | None = None
    partner: int | None = None


@dataclass(frozen=True)
class AskedLine:
    """A line of a document that asks for garments: its number, the day they are wanted, where they go, pieces by item."""

    line: int
    due: date | None
    destination: int | None
    pieces: Mapping[Garment, int]


ON_HAND = date.min
"""As a day until which something is to come: nothing that is to come counts, whether it has a day or not."""


def plan_priority(due: date | None, made: date | None, row_id: int, urgency: int = 0) -> tuple[int, ...]:
    """Who is served first: the more urgent, then the one due first, then the older one."""
    return (
        -urgency,
        due.toordinal() if due else date.max.toordinal(),
        made.toordinal() if made else date.max.toordinal(),
        row_id,
    )


@hookspec
def plan_demand(
    ctx: Ctx, until: date | None, styles: Collection[int] | None, materials: Collection[int] | None
) -> Sequence[PlanDemand] | None:
    """What is still wanted and due no later than ``until`` (None: ever; what has no day always), of these styles and materials
    (None: all, empty: none). A fixed number of statements, however much there is."""


@hookspec
def plan_supply(
    ctx: Ctx, until: date | None, styles: Collection[int] | None, materials: Collection[int] | None
) -> Sequence[PlanSupply] | None:
    """What there is, and what is to come no later than ``until``, in the same way; :data:`ON_HAND`: only what lies there, so
    whoever knows of nothing else need not look."""


@dataclass(frozen=True)
class Foreseen:
    """What is assumed of a document: the day from which it has all of each group of material that it still wants."""

    material: Mapping[Key, date]


@dataclass(frozen=True)
class Outlook:
    """How somebody sees a document under assumptions: ``what`` it is (its gate, its timeline), the ``day`` it would open or
    end, how it would stand in words and tone (``good``, ``warn``, ``bad``)."""

    what: Text
    day: date | None
    words: Text
    tone: str


@hookspec
def plan_events(
    ctx: Ctx, entity: str, foreseen: Mapping[int, Foreseen]
) -> Mapping[int, Mapping[str, date]] | None:
    """The first day on which events (codes) of these documents could be, as assumed. Nothing is kept."""


@hookspec
def plan_outlook(ctx: Ctx, entity: str, foreseen: Mapping[int, Foreseen]) -> Mapping[int, Outlook] | None:
    """How these documents would go, as assumed. Nothing is kept. A fixed number of statements."""


@hookspec
def promised_pieces(
    ctx: Ctx, since: date, until: date, styles: Collection[int] | None
) -> Mapping[tuple[Garment, date], int] | None:
    """Pieces that customers ordered of these styles (None: all) for days from ``since`` to ``until``, shipped or not: by item
    and day. One statement."""


@hookspec
def asked_pieces(ctx: Ctx, entity: str, row: Any) -> Sequence[AskedLine] | None:
    """What a document still asks for, promised already or not: a customer order that is a draft or confirmed, less what was
    shipped of it. None of other kinds."""
