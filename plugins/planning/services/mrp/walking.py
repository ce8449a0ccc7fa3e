"""One item from bucket to bucket: what is there, what is wanted, what lacks, and how that is met."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plugins.planning.services.mrp.terms import AFTER, BEFORE, DEMAND

if TYPE_CHECKING:
    from plugins.planning.services.mrp.needs import Need
    from plugins.planning.services.mrp.netting import Planner
    from plugins.planning.services.mrp.swapping import Swapping

LAST = 10**9


@dataclass(slots=True)
class Step:
    """What happens to an item in a bucket: ``here`` comes in it, ``pulled`` is moved into it; ``net`` lacks after substitutes
    and becomes ``lots``, or ``more`` on the draft ``growing``."""

    bucket: int
    due: int
    gross: int
    here: list[int]
    available: int = 0
    pulled: list[int] = field(default_factory=list)
    covered: int = 0
    net: int = 0
    growing: int = -1
    lots: list[int] = field(default_factory=list)
    left: int = 0

    @property
    def planned(self) -> int:
        """What is suggested."""
        return sum(self.lots)


class Walk:
    """A walk over the buckets in which something happens to an item, a step at a time. With ``deciding`` others are asked to
    stand in for it; without, what was decided holds."""

    def __init__(self, run: Planner, item: int, deciding: Swapping | None = None) -> None:
        self.run, self.item, self.deciding = run, item, deciding
        self.gross: dict[int, int] = {}
        self.first: dict[int, int] = {}
        for need in run.needs[item]:
            self.gross[need.bucket] = self.gross.get(need.bucket, 0) + need.qty
            self.first[need.bucket] = min(self.first.get(need.bucket, need.day), need.day)
        self.arriving: dict[int, list[int]] = {}
        for place in run.coming[item]:
            self.arriving.setdefault(run.bucket(run.supplies[place].day), []).append(place)
        self.times = sorted({0, *self.gross, *(t for t in self.arriving if t < run.buckets)})
        self.later, self.moved = deque(run.coming[item]), set[int]()
        self.left, self.steps = run.items[item].on_hand, list[Step]()

    def all_steps(self) -> list[Step]:
        """The whole walk."""
        for t in self.times:
            self.begin(t)
            self.end()
        return self.steps

    def begin(self, t: int) -> None:
        """What is there and wanted in a bucket; what is to be used up before the item stands in."""
        here = [place for place in self.arriving.get(t, ()) if place not in self.moved]
        step = Step(t, self.first.get(t, t * self.run.size), self.gross.get(t, 0), here)
        step.available = self.left + sum(self.run.supplies[place].qty for place in here)
        if self.deciding is not None:
            step.covered = self.deciding.cover(t, step.gross, BEFORE)
        elif self.item in self.run.swapped:
            step.covered = self.run.swapped[self.item].covered.get(t, 0)
        self.steps.append(step)

    def end(self) -> None:
        """What lacks in the bucket that was begun: moved in, stood in for, suggested."""
        each, step = self.run.items[self.item], self.steps[-1]
        lacks = each.safety + step.gross - step.available - step.covered
        while lacks > 0 and self.later and self.run.move:
            place = self.later.popleft()
            supply = self.run.supplies[place]
            if self.run.bucket(supply.day) > step.bucket and not supply.fixed:
                self.moved.add(place)
                step.pulled.append(place)
                step.available += supply.qty
                lacks -= supply.qty
        if lacks > 0 and self.deciding is not None:
            short = (
                step.gross - step.available - step.covered
            )  # to keep up the safety stock nothing stands in
            more = self.deciding.cover(step.bucket, short, AFTER)
            step.covered += more
            lacks -= more
        if lacks > 0:
            step.net = lacks
            open_to = (
                p
                for p in (*step.here, *step.pulled)
                if self.run.supplies[p].draft and not self.run.supplies[p].fixed
            )
            step.growing = next(open_to, -1)
            step.lots = (
                [-(-lacks // each.multiple) * each.multiple] if step.growing >= 0 else each.lots(lacks)
            )
        self.left = step.left = step.available + step.covered + step.planned - step.gross

    def first_need(self, t: int) -> tuple[int, ...]:
        """By when the item is wanted in a bucket, and how early that demand is served."""
        assert self.deciding is not None
        return self._rank(next(iter(self.deciding.needs.get(t, ())), None))

    def first_lack(self, t: int) -> tuple[int, ...]:
        """The same of the first need that what is there does not meet."""
        assert self.deciding is not None
        have = self.steps[-1].available
        for need, still in zip(self.deciding.needs.get(t, ()), self.deciding.open.get(t, ()), strict=True):
            have -= still
            if have < 0:
                return self._rank(need)
        return self._rank(None)

    def _rank(self, need: Need | None) -> tuple[int, ...]:
        if need is None:
            return (LAST, 0, self.item)
        return (need.day, need.user if need.use == DEMAND else LAST, self.item)
