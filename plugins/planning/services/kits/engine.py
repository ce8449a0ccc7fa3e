"""The largest number of sets that what there is allows, what holds it back, and what more would take. Pure arithmetic.

A set is a mix of items (garments) in a ratio. Whether so many sets can be made is found level by level: what lies there of an
item is taken first, the rest is made where it may be, and something bought that is short ends it, unless a substitute has
enough left after its own needs. The more sets, the more of everything: so the largest number is found by doubling and halving.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from plugins.planning.services.kits.network import Network
from plugins.planning.services.kits.sharing import stand_in

MOST = 10**9
"""No question goes beyond so many sets: what allows them is held back by nothing."""
ENDLESS = 10**60
"""More parts than any question takes."""


class Mix(NamedTuple):
    """A set: weights of items by number. ``n`` sets are ``n × weight // per`` pieces of each; ``per`` 1 is a pack of whole
    pieces, the sum of the weights is a wanted quantity of which any part may be made in its mix."""

    weights: tuple[tuple[int, int], ...]
    per: int = 1

    def pieces(self, sets: int) -> int:
        """Pieces in so many sets."""
        return sum(sets * weight // self.per for _item, weight in self.weights)


@dataclass
class Use:
    """What so many sets use of everything, in parts.

    need, made  by item: wanted in all, and made of it in steps
    short       bought items that are short, by how much, once substitutes gave what they have
    swapped     (main, substitute): parts of the substitute taken, and what of the main they cover
    """

    need: dict[int, int] = field(default_factory=dict)
    made: dict[int, int] = field(default_factory=dict)
    short: dict[int, Fraction] = field(default_factory=dict)
    swapped: dict[tuple[int, int], tuple[Fraction, Fraction]] = field(default_factory=dict)


class Question:
    """A mix, asked of a network with a stock: which items it reaches is found once."""

    def __init__(self, net: Network, mix: Mix, stock: Sequence[int] | None = None) -> None:
        self.net, self.mix = net, mix
        self.stock = net.stock if stock is None else stock
        self.taker: dict[int, tuple[int, int]] = {}
        """By item what takes it directly, and how many parts of it for one step: the last one that was found."""
        self.shared: set[int] = set()
        """What more than one thing takes."""
        todo = [item for item, _weight in mix.weights]
        reached, edges, taker = set(todo), net.edges, self.taker
        while todo:
            item = todo.pop()
            for child, qty, _loss in edges[item]:
                if child in reached:
                    self.shared.add(child)
                else:
                    reached.add(child)
                    todo.append(child)
                taker[child] = (item, qty)
        self.order = sorted(reached)

    def use(self, sets: int) -> Use:
        """What so many sets take."""
        net, stock = self.net, self.stock
        edges, parts = net.edges, net.parts
        need: dict[int, int] = dict.fromkeys(self.order, 0)
        per = self.mix.per
        for item, weight in self.mix.weights:
            need[item] += (sets * weight // per) * parts[item]
        made: dict[int, int] = {}
        short: dict[int, int] = {}
        lost: set[int] = set()
        for item in self.order:
            lacks = need[item] - stock[item]
            if lacks <= 0:
                continue
            mine = edges[item]
            if not mine:
                short[item] = lacks
                continue
            made[item] = steps = -(-lacks // parts[item])
            for child, qty, loss in mine:
                need[child] += steps * qty
                if loss >= 0 and loss not in lost:
                    lost.add(loss)
                    need[child] += net.losses[loss]
        found = Use(need, made)
        if short:
            found.swapped, found.short = stand_in(
                short, net.substitutes, lambda other: Fraction(max(0, stock[other] - need.get(other, 0)))
            )
        return found

    def feasible(self, sets: int) -> bool:
        """Can so many sets be made?"""
        return not self.use(sets).short

    def most(self, limit: int = MOST) -> int:
        """The largest number of sets, ``limit`` at most: by doubling, then halving.

        Where nothing is shared between two ways down, nothing is lost once and nothing stands in for anything, it is what the
        scarcest item allows by itself."""
        net = self.net
        bought = [item for item in self.order if not net.edges[item]]
        if (
            self.shared
            or net.losses
            or len(self.mix.weights) > 1
            or any(net.substitutes[item] for item in bought)
        ):
            return largest(self.feasible, limit)
        room = dict(zip(bought, map(self.stock.__getitem__, bought), strict=True))
        for item in reversed(self.order):
            mine = net.edges[item]
            if mine:
                steps = min((room[child] // qty for child, qty, _loss in mine if qty), default=ENDLESS)
                room[item] = self.stock[item] + steps * net.parts[item]
        ((root, weight),) = self.mix.weights
        return min(limit, ((room[root] // net.parts[root] + 1) * self.mix.per - 1) // weight)

    def alone(self, items: Collection[int], limit: int = MOST) -> dict[int, int]:
        """For each of these items the largest number of sets for which it is enough by itself (without substitutes and without
        being made), whatever else is short; ``limit`` where it holds nothing back."""
        found: dict[int, int] = {}
        several = []
        for item in items:
            chain = None if self.net.losses else self._chain(item)
            if chain is None:
                several.append(item)
            else:
                found[item] = min(chain, limit)
        todo = [(0, limit + 1, several)] if several else []
        while todo:  # enough for ``low`` sets, not for ``high``
            low, high, mine = todo.pop()
            if high - low == 1:
                found |= dict.fromkeys(mine, low)
                continue
            middle = min(2 * low + 1, (low + high) // 2) if high > limit else (low + high) // 2
            need = self.use(middle).need
            enough = [item for item in mine if need[item] <= self.stock[item]]
            rest = [item for item in mine if need[item] > self.stock[item]]
            todo += [(a, b, those) for a, b, those in ((middle, high, enough), (low, middle, rest)) if those]
        return found

    def _chain(self, item: int) -> int | None:
        """The same by walking up, where one thing only takes each thing on the way, up to the one item of the mix."""
        if len(self.mix.weights) != 1:
            return None
        root, weight = self.mix.weights[0]
        room = self.stock[item]
        while item != root:
            if item in self.shared:
                return None
            item, qty = self.taker[item]
            if not qty:
                return MOST
            room = self.stock[item] + room // qty * self.net.parts[item]
        pieces = room // self.net.parts[root]
        return ((pieces + 1) * self.mix.per - 1) // weight

    def take(self, sets: int) -> list[int]:
        """What is left of everything once so many sets were made; what is made in whole steps may leave something."""
        found, left = self.use(sets), list(self.stock)
        for item, wanted in found.need.items():
            there = left[item] + found.made.get(item, 0) * self.net.parts[item]
            left[item] = max(0, there - wanted)
        swapped: dict[int, Fraction] = {}
        for (_main, other), (taken, _covered) in found.swapped.items():
            swapped[other] = swapped.get(other, Fraction(0)) + taken
        for other, taken in swapped.items():
            left[other] -= -int(-taken // 1)
        return left

    def per_set(self) -> dict[int, Fraction]:
        """What one set takes of each item through all levels, whatever lies there and without what is lost once: in parts."""
        net = self.net
        need: dict[int, Fraction] = {item: Fraction(0) for item in self.order}
        for item, weight in self.mix.weights:
            need[item] += Fraction(weight * net.parts[item], self.mix.per)
        for item in self.order:
            if need[item]:
                steps = need[item] / net.parts[item]
                for child, qty, _loss in net.edges[item]:
                    need[child] += steps * qty
        return need


def largest(ask: Callable[[int], bool], limit: int) -> int:
    """The largest n ≤ ``limit`` that is possible, where all smaller ones are too; 0 where not even 1 is."""
    low, high = 0, 1
    while high < limit and ask(high):
        low, high = high, high * 2
    high = min(high, limit)
    if ask(high):
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if ask(middle):
            low = middle
        else:
            high = middle
    return low


class Stage(NamedTuple):
    """A bottleneck and what lies behind it: so many sets are possible, these items hold them back, and for ``more`` sets (as
    many as the next bottleneck allows) so much of them is missing."""

    sets: int
    items: tuple[int, ...]
    more: int
    missing: tuple[Fraction, ...]


def stages(question: Question, limit: int = MOST, rounds: int = 3) -> list[Stage]:
    """The bottleneck, then the next ones: each time as if there were enough of those before."""
    found: list[Stage] = []
    stock = list(question.stock)
    asked = Question(question.net, question.mix, stock)
    sets = asked.most(limit)
    while sets < limit and len(found) < rounds:
        items = tuple(sorted(asked.use(sets + 1).short))
        for item in items:
            stock[item] = ENDLESS
        further = asked.most(limit)
        real = question.use(further if further < limit else sets + 1)
        found.append(
            Stage(sets, items, (further if further < limit else sets + 1) - sets,
                  tuple(real.short.get(item, Fraction(0)) for item in items))
        )  # fmt: skip
        sets = further
    return found
