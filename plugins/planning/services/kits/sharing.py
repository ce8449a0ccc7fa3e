"""Substitutes for what is short: each of its own in their order, and those that share one so that all have as much as there is.

Whoever is asked first would take what another one needs, although it could be replaced by something else. So where that leaves
something short, the shares are found together: a linear programme, solved exactly (the simplex method in fractions, by Bland's
rule, which always ends).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

Swapped = dict[tuple[int, int], tuple[Fraction, Fraction]]
"""(main, substitute): parts of the substitute taken, and what of the main they cover."""


class Way(NamedTuple):
    """``per`` parts of ``other`` stand for one part of ``main``."""

    main: int
    other: int
    per: Fraction


def stand_in(
    short: Mapping[int, int],
    substitutes: Sequence[Sequence[tuple[int, int, int]]],
    spare: Callable[[int], Fraction],
) -> tuple[Swapped, dict[int, Fraction]]:
    """What is taken of substitutes for what is short (parts by item), and what stays short. ``substitutes`` by item as
    in a network; ``spare`` is what there is of one beyond its own need."""
    swapped: Swapped = {}
    still: dict[int, Fraction] = {}
    left: dict[int, Fraction] = {}
    for item, lacks in short.items():
        rest = Fraction(lacks)
        for other, num, den in substitutes[item]:
            if other not in left:
                left[other] = spare(other)
            part = min(rest, left[other] * den / num)
            if part > 0:
                swapped[item, other] = (part * num / den, part)
                left[other] -= part * num / den
                rest -= part
        if rest > 0:
            still[item] = rest
    together = _sharing(still, {item: {each[0] for each in substitutes[item]} for item in short})
    if len(together) > 1:
        ways = [
            Way(item, other, Fraction(num, den)) for item in together for other, num, den in substitutes[item]
        ]
        rest_of = {item: Fraction(short[item]) for item in together}
        parts = shared(
            {item: short[item] for item in together}, ways, {way.other: spare(way.other) for way in ways}
        )
        for way, part in zip(ways, parts, strict=True):
            swapped.pop((way.main, way.other), None)
            if part > 0:
                swapped[way.main, way.other] = (part * way.per, part)
                rest_of[way.main] -= part
        still = {item: rest for item, rest in (still | rest_of).items() if rest > 0}
    return swapped, still


def _sharing(still: Iterable[int], others_of: Mapping[int, set[int]]) -> list[int]:
    """What is still short and may be replaced, with all that is short and shares a substitute with it, and so on."""
    reached = {item for item in still if others_of[item]}
    while True:
        others = set().union(*(others_of[item] for item in reached))
        more = {item for item, mine in others_of.items() if not mine.isdisjoint(others)}
        if more == reached:
            return sorted(reached)
        reached = more


def shared(wanted: Mapping[int, int], ways: Sequence[Way], left: Mapping[int, Fraction]) -> list[Fraction]:
    """By way how many parts of its main are covered: together the largest sum of shares of what is wanted, none of the others
    taken beyond what is left of it."""
    limits = [*wanted, *left]
    row_of = {main: n for n, main in enumerate(wanted)}
    other_of = {other: n for n, other in enumerate(left, len(wanted))}
    rows = [[Fraction(0)] * len(ways) for _ in limits]
    for n, way in enumerate(ways):
        rows[row_of[way.main]][n] = Fraction(1)
        rows[other_of[way.other]][n] = way.per * wanted[way.main]
    room = [Fraction(1)] * len(wanted) + list(left.values())
    shares = _largest(rows, room)
    return [share * wanted[way.main] for way, share in zip(ways, shares, strict=True)]


def _largest(rows: list[list[Fraction]], room: list[Fraction]) -> list[Fraction]:
    """x ≥ 0 with rows · x ≤ room (none below zero) and the largest sum."""
    count = len(rows[0])
    gain = [Fraction(1)] * count
    free, kept = list(range(count)), list(range(count, count + len(rows)))
    while True:
        rising = [n for n in range(count) if gain[n] > 0]
        if not rising:
            break
        column = min(rising, key=free.__getitem__)
        bound = [r for r in range(len(rows)) if rows[r][column] > 0]
        row = min(bound, key=lambda r: (room[r] / rows[r][column], kept[r]))
        _swap(rows, room, gain, row, column)
        free[column], kept[row] = kept[row], free[column]
    found = [Fraction(0)] * count
    for name, value in zip(kept, room, strict=True):
        if name < count:
            found[name] = value
    return found


def _swap(
    rows: list[list[Fraction]], room: list[Fraction], gain: list[Fraction], row: int, column: int
) -> None:
    """Let the unknown of a column rise as far as a row allows, and count the row's rest instead."""
    pivot = rows[row][column]
    rows[row] = [each / pivot for each in rows[row]]
    rows[row][column] = 1 / pivot
    room[row] /= pivot
    for other, mine in enumerate(rows):
        factor = mine[column]
        if other != row and factor:
            room[other] -= factor * room[row]
            rows[other] = [a - factor * b for a, b in zip(mine, rows[row], strict=True)]
            rows[other][column] = -factor / pivot
    factor = gain[column]
    gain[:] = [a - factor * b for a, b in zip(gain, rows[row], strict=True)]
    gain[column] = -factor / pivot
