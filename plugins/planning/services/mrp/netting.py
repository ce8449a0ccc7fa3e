"""What lacks of one item, bucket by bucket, and what is suggested for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plugins.planning.services.mrp import messages
from plugins.planning.services.mrp.needs import NOBODY, Need, Source
from plugins.planning.services.mrp.swapping import Swapping
from plugins.planning.services.mrp.terms import (
    BATCH,
    IN,
    MORE,
    ORDER,
    SAFETY,
    STOCK,
    SUPPLY,
    Batch,
    Component,
    Family,
    Item,
    Message,
    Moment,
    Order,
    Peg,
    Pieces,
    Plan,
    Substitute,
    Supply,
)
from plugins.planning.services.mrp.walking import Step, Walk


class Planner:
    """One run. ``needs`` and ``coming`` are by item; a supply stands in the bucket of its day, an overdue one in the first."""

    def __init__(
        self, items: Sequence[Item], supplies: Sequence[Supply], families: Sequence[Family] = (), *, buckets: int, size: int,
        move: bool, damp: int,
    ) -> None:  # fmt: skip
        self.items, self.supplies, self.families = items, supplies, families
        self.buckets, self.size, self.move, self.damp = buckets, size, move, damp
        self.needs: list[list[Need]] = [[] for _ in items]
        self.coming: list[list[int]] = [[] for _ in items]
        for place, supply in enumerate(supplies):
            if supply.qty > 0:
                self.coming[supply.item].append(place)
        for found in self.coming:
            found.sort(key=lambda place: supplies[place].day)
        self.shares: dict[int, dict[int, int]] = {}
        self.circles: dict[int, set[int]] = {}
        self.swapped: dict[int, Swapping] = {}
        self.plan = Plan()

    def bucket(self, day: int) -> int:
        """The bucket of a day; what is past is wanted in the first."""
        return max(0, day) // self.size

    def decide(self, allowed: Mapping[int, Sequence[Substitute]]) -> None:
        """What of these items others stand for: before anything of their level is planned, so that what is free of the
        others is known. Bucket by bucket, and in each by need: where several share one, who lacks first takes first."""
        walks: dict[int, list[Walk]] = {}
        for item, substitutes in allowed.items():
            self.swapped[item] = Swapping(self, item, substitutes)
            walk = Walk(self, item, self.swapped[item])
            for t in walk.times:
                walks.setdefault(t, []).append(walk)
        for t, mine in sorted(walks.items()):
            for walk in sorted(mine, key=lambda each: each.first_need(t)):
                walk.begin(t)
            for walk in sorted(mine, key=lambda each: each.first_lack(t)):
                walk.end()

    def item(self, item: int) -> None:
        """Plan one item, all of whose needs are known; what it is made of is wanted for its orders."""
        needs, each = self.needs[item], self.items[item]
        if not needs and not self.coming[item] and each.on_hand >= each.safety:
            return
        needs.sort(key=lambda need: (need.bucket, need.day))
        steps = Walk(self, item).all_steps()
        sources = [Source(0, STOCK, item, each.on_hand)] if each.on_hand else []
        moved, grown, first = set[int](), set[int](), {}
        for step in steps:
            first[step.bucket] = step.due
            for place in (*step.here, *step.pulled):
                sources.append(Source(step.bucket, SUPPLY, place, self.supplies[place].qty))
            for place in step.pulled:
                moved.add(place)
                self.plan.messages.append(Message(place, IN, max(0, step.due), self.supplies[place].qty))
            if step.growing >= 0:
                grown.add(step.growing)
                sources.append(Source(step.bucket, SUPPLY, step.growing, step.planned))
                day = max(0, step.due) if step.growing in moved else self.supplies[step.growing].day
                self.plan.messages.append(Message(step.growing, MORE, day, step.planned))
            else:
                sources.extend(self._orders(item, step))
        moments = [
            Moment(s.bucket, s.gross, s.covered + sum(self.supplies[p].qty for p in (*s.here, *s.pulled)), s.planned, s.left)
            for s in steps
        ]  # fmt: skip
        self.plan.moments[item] = moments
        self.plan.messages.extend(messages.loose(self, item, moments, first, moved, grown))
        self._peg(item, needs, sources)
        for source in sources:
            if source.kind == ORDER and each.components:
                self._take(source.place, each.components)

    def batch(self, family: int, orders: Sequence[int]) -> None:
        """Make orders of a family together, bucket by bucket; what that takes is wanted for the batch."""
        by_bucket: dict[int, list[int]] = {}
        for place in orders:
            by_bucket.setdefault(self.bucket(self.plan.orders[place].due), []).append(place)
        for _bucket, places in sorted(by_bucket.items()):
            found = [self.plan.orders[place] for place in places]
            release = min(order.release for order in found)
            number = len(self.plan.batches)
            self.plan.batches.append(
                Batch(
                    family, min(o.due for o in found), release, max(o.expedite for o in found), tuple(places)
                )
            )
            pieces = []
            for place, order in zip(places, found, strict=True):
                order.batch = number
                shares = self.shares.pop(place)
                pieces += [Pieces(order.item, tag, qty) for tag, qty in shares.items()]
                if (over := order.qty - sum(shares.values())) > 0:
                    pieces.append(Pieces(order.item, 0, over))
            whose = frozenset().union(*(self.circles.get(place, NOBODY) for place in places))
            for item, qty in self.families[family].explode(pieces):
                self.needs[item].append(Need(self.bucket(release), release, qty, BATCH, number, 0, whose))

    def _take(self, place: int, components: Sequence[Component]) -> None:
        """What an order is made of is wanted when it begins, for those whom it serves."""
        order = self.plan.orders[place]
        for part in components:
            wanted = -(-order.qty * part.num // part.den)
            whose = frozenset(self.circles.get(place, NOBODY))
            self.needs[part.item].append(
                Need(self.bucket(order.release), order.release, wanted, ORDER, place, 0, whose)
            )

    def _orders(self, item: int, step: Step) -> list[Source]:
        each, sources = self.items[item], []
        begin = each.shift(step.due, -each.lead) if each.lead else step.due
        release, expedite = (begin, 0) if begin >= 0 else (0, -begin)
        lacking = step.net
        for qty in step.lots:
            place = len(self.plan.orders)
            self.plan.orders.append(
                Order(item, max(0, step.due), release, expedite, qty, min(qty, lacking), step.net, step.gross,
                      each.safety, step.available, step.covered)
            )  # fmt: skip
            lacking -= min(qty, lacking)
            sources.append(Source(step.bucket, ORDER, place, qty))
            if each.family >= 0:
                self.shares[place] = {}
        return sources

    def free(self, item: int, t: int) -> int:
        """What of an item is there or on order by bucket ``t`` and wanted by nobody in the horizon."""
        change: dict[int, int] = {t: 0}
        for need in self.needs[item]:
            change[need.bucket] = change.get(need.bucket, 0) - need.qty
        for place in self.coming[item]:
            bucket = self.bucket(self.supplies[place].day)
            if bucket < self.buckets:
                change[bucket] = change.get(bucket, 0) + self.supplies[place].qty
        left, found = self.items[item].on_hand - self.items[item].safety, list[int]()
        for bucket in sorted(change):
            left += change[bucket]
            if bucket >= t:
                found.append(left)
        return max(0, min(found))

    def _peg(self, item: int, needs: Sequence[Need], sources: list[Source]) -> None:
        """What comes first serves the earliest need; what is over keeps the safety stock."""
        sources.sort(key=lambda source: source.bucket)
        at, have = -1, 0
        keeping = Need(self.buckets, 0, self.items[item].safety, SAFETY, item)
        swapped = self.swapped.get(item)
        for need in (*needs, keeping):
            lacks = need.qty - (swapped.peg(need) if swapped is not None else 0)
            while lacks > 0:
                if not have:
                    at += 1
                    have = sources[at].qty
                qty = min(lacks, have)
                self.plan.pegs.append(Peg(sources[at].kind, sources[at].place, need.use, need.user, qty))
                if sources[at].kind == ORDER:
                    self.circles.setdefault(sources[at].place, set()).update(need.circles)
                    if sources[at].place in self.shares:
                        share = self.shares[sources[at].place]
                        share[need.tag] = share.get(need.tag, 0) + qty
                lacks -= qty
                have -= qty
