"""What of an item others stand for: need by need, so that each is asked for whom and when it may be.

Taken is what of a substitute is there or on order by then and nobody wants; it is then wanted of it. What was taken of an item
for another one is itself never replaced: no chains. The main material serves the needs of a bucket that are due first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from plugins.planning.services.mrp.needs import Need
from plugins.planning.services.mrp.terms import AFTER, SUBSTITUTION, Peg, Substitute, Substitution

if TYPE_CHECKING:
    from plugins.planning.services.mrp.netting import Planner


class Swapping:
    """The substitutes of one item in a run. ``covered`` by bucket."""

    def __init__(self, run: Planner, item: int, substitutes: Sequence[Substitute]) -> None:
        self.run, self.item, self.substitutes = run, item, substitutes
        self.covered: Counter[int] = Counter()
        self.needs: dict[int, list[Need]] = defaultdict(list)
        self.open: dict[int, list[int]] = {}
        self.of_need: dict[Need, list[int]] = defaultdict(list)
        for need in sorted(run.needs[item], key=lambda each: (each.bucket, each.day)):
            if need.use != SUBSTITUTION:
                self.needs[need.bucket].append(need)
        for bucket, found in self.needs.items():
            self.open[bucket] = [need.qty for need in found]

    def cover(self, bucket: int, wanted: int, strategy: str) -> int:
        """How much of what is ``wanted`` in a bucket others stand for; it is then wanted of them."""
        total, needs = 0, self.needs.get(bucket, ())
        places = range(len(needs))
        for other in self.substitutes:
            if other.strategy != strategy or total >= wanted or not needs:
                continue
            free = self.run.free(other.item, bucket)
            for n in reversed(places) if strategy == AFTER else places:
                asked = min(wanted - total, self.open[bucket][n])
                if free <= 0 or asked <= 0 or not other.may(needs[n].circles, needs[n].day):
                    continue
                covered, taken = other.stand(asked, free)
                if covered > 0:
                    self._note(other, needs[n], covered, taken)
                    self.open[bucket][n] -= covered
                    free -= taken
                    total += covered
        self.covered[bucket] += total
        return total

    def _note(self, other: Substitute, need: Need, covered: int, taken: int) -> None:
        place, day = len(self.run.plan.substitutions), max(0, need.day)
        self.run.plan.substitutions.append(Substitution(self.item, other.item, day, covered, taken))
        self.of_need[need].append(place)
        self.run.needs[other.item].append(Need(need.bucket, day, taken, SUBSTITUTION, place, 0, need.circles))

    def peg(self, need: Need) -> int:
        """How much of a need is covered; noted is whom each substitution serves. Alike needs are asked one after the other."""
        total, places = 0, self.of_need.get(need, [])
        while places and total + self.run.plan.substitutions[places[0]].covered <= need.qty:
            place = places.pop(0)
            covered = self.run.plan.substitutions[place].covered
            self.run.plan.pegs.append(Peg(SUBSTITUTION, place, need.use, need.user, covered))
            total += covered
        return total
