"""What is made of what, and what there is of it, as whole numbers that are quick to ask again and again.

Each item counts in its own smallest part: a step of its unit (0.01 kg, one piece), divided so finely that every need and every
stock is a whole number of parts. So nothing is rounded but where things are made: in whole steps.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm
from typing import NamedTuple

from core.values import ZERO


class Line(NamedTuple):
    """What one unit of an item takes of another, wastage included. ``loss`` is lost once, however many are made, and once
    for all items whose ``line`` it is."""

    item: Hashable
    qty: Fraction
    loss: Fraction | None = None
    line: Hashable = None


class Substitute(NamedTuple):
    """``ratio`` units of ``item`` stand for one of the main."""

    item: Hashable
    ratio: Fraction = Fraction(1)


class Item(NamedTuple):
    """Something that is taken. Without ``lines`` it is bought: there is no more of it than is ``usable``. With them it is made
    of them, in whole ``step``s, once what lies there is used up. Only what is bought has substitutes."""

    step: Fraction = Fraction(1)
    usable: Fraction | Decimal = ZERO
    lines: Sequence[Line] = ()
    substitutes: Sequence[Substitute] = ()


class Loop(ValueError):
    """An item is made of itself; ``path`` from it back to it."""

    def __init__(self, path: Sequence[Hashable]) -> None:
        super().__init__(" → ".join(map(str, path)))
        self.path = tuple(path)


@dataclass
class Network:
    """Items by number, those that take before what they take.

    parts       how many parts a step of the item is
    edges       (item, parts of it for one step of this one, number of the loss or -1)
    losses      parts lost once
    substitutes (item, parts of it for one part of this one, as numerator and denominator)
    stock       parts there are; a list of one's own for each question that uses them up
    """

    items: list[Hashable] = field(default_factory=list)
    number: dict[Hashable, int] = field(default_factory=dict)
    step: list[Fraction] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)
    edges: list[list[tuple[int, int, int]]] = field(default_factory=list)
    losses: list[int] = field(default_factory=list)
    substitutes: list[list[tuple[int, int, int]]] = field(default_factory=list)
    stock: list[int] = field(default_factory=list)

    def units(self, number: int, parts: int | Fraction) -> Fraction:
        """So many parts of an item in units."""
        return parts * self.step[number] / self.parts[number]


def network_of(found: Mapping[Hashable, Item]) -> Network:
    """Items by what they are called; one that lines or substitutes name and that is not there has nothing. Raises Loop."""
    order = _order(found)
    number = {item: n for n, item in enumerate(order)}
    nothing = Item()
    known = [found.get(item, nothing) for item in order]
    steps = [each.step for each in known]
    stocked = [_in_steps(each.usable, each.step) for each in known]
    parts = [under for _over, under in stocked]
    shares: dict[tuple[int, int, int], tuple[int, int]] = {}  # many lines are alike, and are the same objects
    scaled: list[list[tuple[int, int, int, Fraction | None, Hashable]]] = []
    for each in known:
        mine, lines = each.step, []
        for item, qty, loss, line in each.lines:
            n = number[item]
            step = steps[n]
            alike = (id(qty), id(mine), id(step))
            share = shares.get(alike)
            if share is None:
                exact = qty * mine / step
                share = shares[alike] = (exact.numerator, exact.denominator)
            if loss:
                parts[n] = lcm(parts[n], share[1], (loss / step).denominator)
            elif parts[n] % share[1]:
                parts[n] = lcm(parts[n], share[1])
            lines.append((n, *share, loss or None, line))
        scaled.append(lines)
    net = Network(order, number, steps, parts)
    lost: dict[Hashable, int] = {}
    for below in scaled:
        row = []
        for n, over, under, loss, line in below:
            place = -1
            if loss is not None:
                key = (line, n) if line is not None else object()
                if key not in lost:
                    lost[key] = len(net.losses)
                    net.losses.append(int(loss / steps[n] * parts[n]))
                place = lost[key]
            row.append((n, over * (parts[n] // under), place))
        net.edges.append(row)
    net.stock = [over * (whole // under) for (over, under), whole in zip(stocked, parts, strict=True)]
    for n, each in enumerate(known):
        instead = []
        for item, ratio in each.substitutes if not each.lines else ():
            other = number[item]
            exact = ratio * each.step / parts[n] / (steps[other] / parts[other])
            instead.append((other, exact.numerator, exact.denominator))
        net.substitutes.append(instead)
    return net


def _in_steps(usable: Fraction | Decimal, step: Fraction) -> tuple[int, int]:
    """A quantity as a fraction of its step, without the dear way over a Fraction."""
    if not usable:
        return 0, 1
    over, under = usable.as_integer_ratio()
    over, under = over * step.denominator, under * step.numerator
    common = gcd(over, under)
    return over // common, under // common


def _order(found: Mapping[Hashable, Item]) -> list[Hashable]:
    """Those that take before what they take, without recursion; what takes nothing last, in the order in which it is met."""
    done: list[Hashable] = []
    last: dict[Hashable, None] = {}
    mark: dict[Hashable, int] = {}
    below: dict[Hashable, list[Hashable]] = {}
    for item, each in found.items():
        if each.lines:
            below[item] = [line[0] for line in each.lines]
        else:
            last[item] = None
    for root, children in below.items():
        if root in mark:
            continue
        mark[root] = 1
        path, todo = [root], [iter(children)]
        while todo:
            for child in todo[-1]:
                if child not in below:
                    last[child] = None
                elif child not in mark:
                    mark[child] = 1
                    path.append(child)
                    todo.append(iter(below[child]))
                    break
                elif mark[child] == 1:
                    raise Loop([*path[path.index(child) :], child])
            else:
                todo.pop()
                over = path.pop()
                mark[over] = 2
                done.append(over)
    for each in found.values():  # substitutes are taken last: they need no place in the order
        last.update((item, None) for item, _ratio in each.substitutes if item not in below)
    return [*reversed(done), *last]
