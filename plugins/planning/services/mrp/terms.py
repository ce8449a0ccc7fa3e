"""What a plan is made from, and what it says: plain values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

BUY, MAKE, OUTSOURCE = "buy", "make", "outsource"
AFTER, BEFORE = "after", "before"
"""Substitutes are taken where the main material is short, or used up before it is touched."""

IN, OUT, MORE, LESS, CANCEL, OVERDUE = "in", "out", "more", "less", "cancel", "overdue"
"""What is said of supply that is on order already."""

STOCK, SUPPLY, ORDER, SUBSTITUTION = "stock", "supply", "order", "substitution"
"""Where a quantity comes from."""

DEMAND, SAFETY = "demand", "safety"
BATCH = "batch"
"""Where it goes to; beside these to an ORDER (its component), a BATCH or a SUBSTITUTION (of another item)."""


def calendar_days(day: int, days: int) -> int:
    """``days`` days after ``day`` (before, where negative), each of them worked."""
    return day + days


Shift = Callable[[int, int], int]


class Component(NamedTuple):
    """One piece of the parent takes ``num/den`` of ``item``, wastage included; rounded up once for each order."""

    item: int
    num: int
    den: int = 1


class Substitute(NamedTuple):
    """``num/den`` of ``item`` stand for one of the main material.

    step     the least that is counted of it
    circles  for whose needs it may be taken; None: for anybody's
    since, until  for needs of these days alone; None: of any
    """

    item: int
    num: int = 1
    den: int = 1
    strategy: str = AFTER
    step: int = 1
    circles: frozenset[int] | None = None
    since: int | None = None
    until: int | None = None

    def may(self, circles: frozenset[int], day: int) -> bool:
        """May it be taken for a need?"""
        return (
            (self.circles is None or circles <= self.circles)
            and (self.since is None or self.since <= day)
            and (self.until is None or day <= self.until)
        )

    def stand(self, wanted: int, free: int) -> tuple[int, int]:
        """How much of what is wanted it covers, and how much of it is taken for that."""
        most = free // self.step * self.step
        covered = min(wanted, most * self.den // self.num)
        return covered, -(-covered * self.num // (self.den * self.step)) * self.step


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is planned.

    family    what it is made together with (the sizes of a style), -1: it is made alone, of its ``components``
    lead      working days from release to receipt, counted by ``shift``
    on_hand   usable stock for the demands of this run: what is reserved for others is not in it
    multiple  orders are multiples of it; at least the smallest quantity that is counted of the item
    most      the largest single order, 0: any
    """

    source: str = BUY
    lead: int = 0
    on_hand: int = 0
    safety: int = 0
    moq: int = 0
    multiple: int = 1
    most: int = 0
    components: Sequence[Component] = ()
    substitutes: Sequence[Substitute] = ()
    shift: Shift = calendar_days
    family: int = -1

    def lot(self, net: int) -> int:
        """What is ordered where ``net`` is lacking."""
        wanted = max(net, self.moq)
        return -(-wanted // self.multiple) * self.multiple

    def lots(self, net: int) -> list[int]:
        """The same as orders of at most ``most`` each."""
        most = self.most // self.multiple * self.multiple
        if not most:
            return [self.lot(net)]
        found = []
        while net > 0:
            found.append(min(self.lot(min(net, most)), max(most, self.lot(1))))
            net -= found[-1]
        return found


class Pieces(NamedTuple):
    """``qty`` of an item of a family that is made for demands with a ``tag``."""

    item: int
    tag: int
    qty: int


@dataclass(frozen=True, slots=True)
class Family:
    """Items that are made together: ``explode`` says how much of which items a batch takes, of all that are ``parts``."""

    parts: Collection[int]
    explode: Callable[[Sequence[Pieces]], Sequence[tuple[int, int]]]


class Demand(NamedTuple):
    """``qty`` of an item is wanted on a day; those of one day are served in the order in which they are given. ``tag`` is told
    to who makes it (a destination); ``circle`` says for whom it is, which substitutes may ask."""

    item: int
    day: int
    qty: int
    tag: int = 0
    circle: int = 0


class Supply(NamedTuple):
    """``qty`` of an item is to come on a day.

    draft  more may be put on it; a supply that is no draft may only be moved, reduced or cancelled
    fixed  nothing is said of it: a person has decided
    rest   what of the same line is meant for somebody, and stays: both together are a lot
    """

    item: int
    day: int
    qty: int
    draft: bool = False
    fixed: bool = False
    rest: int = 0


@dataclass(slots=True)
class Order:
    """A suggestion: ``qty`` of ``item`` on ``due``, begun on ``release``.

    ``net = gross + safety − available − substituted`` is what lacks in its bucket; split orders share one reckoning, and
    ``part`` is what of the lack this one is for. ``expedite`` days are missing: it should have been begun so long ago.
    """

    item: int
    due: int
    release: int
    expedite: int
    qty: int
    part: int
    net: int
    gross: int
    safety: int
    available: int
    substituted: int
    batch: int = -1


class Batch(NamedTuple):
    """Orders of a family of one bucket, made together."""

    family: int
    due: int
    release: int
    expedite: int
    orders: tuple[int, ...]


class Message(NamedTuple):
    """What is to happen with a supply: ``day`` where it is to go (its own unless moved), ``qty`` more or less."""

    supply: int
    kind: str
    day: int
    qty: int


class Substitution(NamedTuple):
    """``taken`` of ``substitute`` stand for ``covered`` of ``main``, wanted on ``day`` by one need."""

    main: int
    substitute: int
    day: int
    covered: int
    taken: int


class Peg(NamedTuple):
    """``qty`` from a source (``kind``, place; stock: the item) to a use (``use``, place; safety: the item)."""

    kind: str
    source: int
    use: str
    user: int
    qty: int


class Moment(NamedTuple):
    """An item after a bucket: what was wanted, came (what others stand for too) and was suggested in it, and what is left."""

    bucket: int
    gross: int
    came: int
    planned: int
    left: int


@dataclass(slots=True)
class Plan:
    """What a run found. ``beyond``: demands after the horizon, which were left out; ``ignored``: (main, substitute) pairs that
    cannot be, because one is made of the other."""

    orders: list[Order] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    substitutions: list[Substitution] = field(default_factory=list)
    pegs: list[Peg] = field(default_factory=list)
    moments: dict[int, list[Moment]] = field(default_factory=dict)
    order_of_items: list[int] = field(default_factory=list)
    beyond: int = 0
    ignored: list[tuple[int, int]] = field(default_factory=list)


DAY: Final = 1
WEEK: Final = 7
