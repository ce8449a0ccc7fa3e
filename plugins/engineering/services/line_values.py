"""A line of consumption in plain values: what a change compares, keeps as before and after, and writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from core.values import ZERO, code_key


@dataclass(frozen=True, kw_only=True)
class LineValues:
    """Everything a line says but its place among the others. Ids stand for materials, colours and sizes; pairs are in order,
    so that two lines that say the same are equal.

    wastage_breaks  from so many pieces on, this wastage instead
    color_map       garment colour → material colour; ``sizes``: size → consumption of its own
    """

    material: int
    place: str = ""
    uom: str = ""
    consumption: Decimal | None = None
    per_pieces: int = 1
    wastage_pct: Decimal = ZERO
    wastage_breaks: tuple[tuple[Decimal, Decimal], ...] = ()
    fixed_loss: Decimal = ZERO
    color_rule: str = "none"
    fixed_color: int | None = None
    color_map: tuple[tuple[int, int], ...] = ()
    size_rule: str = "none"
    dest_rule: str = "none"
    stage: str = ""
    optional: bool = False
    sizes: tuple[tuple[int, Decimal], ...] = ()

    @property
    def same_place(self) -> tuple[Any, ...]:
        """What makes a second line the same use of a material: the part of the garment, and its colour there."""
        return (self.material, code_key(self.place), self.color_rule, self.fixed_color, self.color_map)

    @property
    def figures(self) -> tuple[Decimal, ...]:
        """Its consumption, for all sizes and for single ones."""
        common = () if self.consumption is None else (self.consumption,)
        return (*common, *(each for _size, each in self.sizes))


NAMES = tuple(each.name for each in fields(LineValues))


def differences(before: LineValues | None, after: LineValues | None) -> list[tuple[str, Any, Any]]:
    """What differs: (name, before, after), in the order of the line; every value that is there where a line comes or goes."""
    if before is None or after is None:
        there = after or before
        assert there is not None
        empty = LineValues(material=0)
        named = [name for name in NAMES if getattr(there, name) != getattr(empty, name)]
        return [(name, getattr(before, name, None), getattr(after, name, None)) for name in named]
    return [
        (name, getattr(before, name), getattr(after, name))
        for name in NAMES
        if getattr(before, name) != getattr(after, name)
    ]


def sorted_pairs(found: Mapping[Any, Any] | None) -> tuple[tuple[int, Any], ...]:
    """Pairs in order, ids as numbers."""
    return tuple(sorted((int(key), value) for key, value in (found or {}).items()))
