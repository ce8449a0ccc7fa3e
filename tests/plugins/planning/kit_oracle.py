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


def most(world: World, weights: dict[str, int], per: int, limit: int) -> int:
    """The number of sets before the first that cannot be made."""
    for sets in range(1, limit + 1):
        if shortage(world, {item: sets * weight // per for item, weight in weights.items()}):
            return sets - 1
    return limit
