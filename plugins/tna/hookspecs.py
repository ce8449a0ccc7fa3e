"""Extension points of the timeline: which kinds of documents have one, what it is counted from, whose events count for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.api import Ctx, EntityRef, hookspec


@dataclass(frozen=True)
class TimelineKind:
    """A kind of document that has a timeline. It closes with the document (a closed state) and opens with it again.

    begins   the action with which a timeline is made by itself
    by_hand  states in which one is made by hand
    started  the event (code) that says that work has begun: the target of its milestone is when that is planned
    """

    entity: str
    begins: str = ""
    by_hand: tuple[str, ...] = ()
    started: str = ""


@dataclass(frozen=True)
class Course:
    """What the timeline of a document is counted from.

    due         the day everything is counted back from; None while it is not known
    factory_id  the partner whose calendar counts beside the company's; None: nobody else's
    begun       the day it was decided, from which on it should have fitted; None: today
    """

    number: str
    due: date | None
    factory_id: int | None = None
    begun: date | None = None


@hookspec
def timeline_kinds(ctx: Ctx) -> Sequence[TimelineKind] | None:
    """Kinds of documents that have timelines; each is also declared once with ``plugins.tna.api.declare``."""


@hookspec
def timeline_courses(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Course] | None:
    """What the timelines of these documents are counted from. A fixed number of queries."""


@hookspec
def timeline_parts(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Sequence[EntityRef]] | None:
    """Other documents whose events count for these: a milestone is reached when all of one kind have reached it."""


@hookspec
def timeline_owners(ctx: Ctx, entity: str, ids: Sequence[int]) -> Sequence[EntityRef] | None:
    """The other way round: documents with timelines that these are parts of."""
