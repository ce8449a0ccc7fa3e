"""Kits counted by hand: try one set after the other, with fractions, item by item. Slow, and shares nothing with the engine."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

World = dict[str, dict[str, Any]]
"""item → step, stock, lines [(item, qty, loss)], substitutes [(item, ratio)]"""


def levels(world: World) -> list[str]:
    """Items, each after all that take it."""
    depth: dict[str, int] = dict.fromkeys(world, 0)
    for _ in world:
        for item, each in world.items():
            for child, _qty, _loss in each["lines"]:
                depth[child] = max(depth[child], depth[item] + 1)
    return sorted(world, key=lambda item: (depth[item], list(world).index(item)))


def shortage(world: World, pieces: dict[str, int]) -> dict[str, Fraction]:
    """What is short of bought items when these pieces are made."""
    wanted: dict[str, Fraction] = {item: Fraction(0) for item in world}
    for item, qty in pieces.items():
        wanted[item] += qty
    for item in levels(world):
        each = world[item]
        missing = wanted[item] - each["stock"]
        if each["lines"] and missing > 0:
            made = math.ceil(missing / each["step"]) * each["step"]
            for child, qty, loss in each["lines"]:
                wanted[child] += made * qty + loss
    bought = [item for item in levels(world) if not world[item]["lines"]]
    left = {item: max(Fraction(0), world[item]["stock"] - wanted[item]) for item in world}
    lacks = {
        item: wanted[item] - world[item]["stock"] for item in bought if wanted[item] > world[item]["stock"]
    }
    if coverable({item: (lacks[item], world[item]["substitutes"]) for item in lacks}, left):
        return {}
    short = {}
    for item in bought:
        missing = wanted[item] - world[item]["stock"]
        for other, ratio in world[item]["substitutes"] if missing > 0 else ():
            helped = min(missing, left[other] / ratio)
            left[other] -= helped * ratio
            missing -= helped
        if missing > 0:
            short[item] = missing
    return short


def coverable(lacks: dict[str, tuple[Fraction, Any]], left: dict[str, Fraction]) -> bool:
    """Can substitutes cover all of it, whoever takes which? Every quantity is an unknown from 0 to what lacks; unknowns are
    taken out one by one (Fourier and Motzkin), until only numbers are left to be compared."""
    names: list[tuple[str, str]] = []
    takes: dict[
        str, tuple[dict[tuple[str, str], Fraction], Fraction]
    ] = {}  # of a substitute: factors, and a fixed part
    rows: list[tuple[dict[tuple[str, str], Fraction], Fraction]] = []  # factors · unknowns ≤ bound
    for item, (qty, others) in lacks.items():
        if not others:
            return False
        mine = [(item, other) for other, _ratio in others[:-1]]
        names += mine
        rows += [({name: Fraction(-1)}, Fraction(0)) for name in mine]
        rows.append((dict.fromkeys(mine, Fraction(1)), qty))  # the last substitute covers the rest
        for (other, ratio), name in zip(others, [*mine, None], strict=True):
            factors, fixed = takes.get(other, ({}, Fraction(0)))
            if name is not None:
                factors = factors | {name: factors.get(name, Fraction(0)) + ratio}
            else:
                fixed += ratio * qty
                factors = factors | {each: factors.get(each, Fraction(0)) - ratio for each in mine}
            takes[other] = factors, fixed
    rows += [(factors, left[other] - fixed) for other, (factors, fixed) in takes.items()]
    for name in names:
        above = [(f, b) for f, b in rows if f.get(name, 0) > 0]
        below = [(f, b) for f, b in rows if f.get(name, 0) < 0]
        rows = [(f, b) for f, b in rows if not f.get(name, 0)]
        for f, b in above:
            for g, c in below:
                rows.append(
                    ({n: f.get(n, Fraction(0)) / f[name] - g.get(n, Fraction(0)) / g[name] for n in {*f, *g} - {name}},
                     b / f[name] - c / g[name])
                )  # fmt: skip
    return all(bound >= 0 for _factors, bound in rows)


def most(world: World, weights: dict[str, int], per: int, limit: int) -> int:
    """The number of sets before the first that cannot be made."""
    for sets in range(1, limit + 1):
        if shortage(world, {item: sets * weight // per for item, weight in weights.items()}):
            return sets - 1
    return limit
