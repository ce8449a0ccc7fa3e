"""What material an amount of garments takes: pure arithmetic over BOM rules and pieces.

Net, gross and required per material × colour × size × destination. Everything is summed exactly and rounded up to the
unit's step once per group: rounding each size or each line would give more. Cartons are not part of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from plugins.catalog.services.conversion import to_decimal

HUNDRED = Fraction(100)


@dataclass(frozen=True)
class Pieces:
    """Garments of one style, colour, size and destination."""

    style: int
    color: int
    size: int
    destination: int
    qty: int


@dataclass(frozen=True)
class Rule:
    """A BOM line in plain values.

    to_stock     how many stock units one unit of consumption is
    step         step of the stock unit
    consumption  for ``per_pieces`` pieces; ``by_size`` replaces it for its size id
    wastage_pct  mark-up: 5 means 1.05 × net
    fixed_loss   once per group, in the unit of consumption
    color_rule   match, map (``color_map``: garment colour → material colour), fixed (``fixed_color``), none
    size_rule, dest_rule   none, track
    """

    style: int
    material: int
    to_stock: Fraction
    step: Decimal
    consumption: Decimal | None
    by_size: Mapping[int, Decimal] = field(default_factory=dict)
    wastage_pct: Decimal = Decimal(0)
    fixed_loss: Decimal = Decimal(0)
    color_rule: str = "none"
    fixed_color: int | None = None
    color_map: Mapping[int, int] = field(default_factory=dict)
    size_rule: str = "none"
    dest_rule: str = "none"
    stage: str = ""
    line: int = 0
    per_pieces: int = 1


@dataclass(frozen=True, order=True)
class Key:
    """A group: one thing to buy and to have. ``size`` is the size's code: a label "S" serves every run with an S."""

    material: int
    color: int | None = None
    size: str | None = None
    destination: int | None = None


@dataclass(frozen=True)
class Need:
    """Need of a group in stock units. ``net`` and ``gross`` to 6 decimals, ``required`` in steps of the unit."""

    key: Key
    net: Decimal
    gross: Decimal
    required: Decimal
    stage: str


class MissingColor(ValueError):
    """A colour map without the garment's colour."""

    def __init__(self, rule: Rule, color: int) -> None:
        super().__init__(f"no colour of material {rule.material} for garment colour {color}")
        self.rule = rule
        self.color = color


def color_key(rule: Rule, color: int) -> int | None:
    """The material's colour for a garment's colour. Raises MissingColor for a gap in a map."""
    if rule.color_rule == "match":
        return color
    if rule.color_rule == "fixed":
        return rule.fixed_color
    if rule.color_rule == "map":
        if color not in rule.color_map:
            raise MissingColor(rule, color)
        return rule.color_map[color]
    return None


def compute_need(
    rules: Iterable[Rule],
    pieces: Iterable[Pieces],
    size_codes: Mapping[int, str],
    *,
    overcut_pct: Decimal = Decimal(0),
    yield_mode: bool = False,
) -> list[Need]:
    """Need of all pieces together, ordered by key. Groups that need nothing are left out.

    net       Σ pieces × consumption, in stock units
    gross     Σ pieces × (1 + over-cut) × consumption × (1 + wastage), plus each line's fixed loss once per group
    required  gross rounded up to the step, once
    yield_mode  wastage as a share of what is cut: ÷ (1 − wastage) instead of × (1 + wastage)

    Raises MissingColor.
    """
    net: dict[Key, Fraction] = {}
    gross: dict[Key, Fraction] = {}
    steps: dict[Key, tuple[Decimal, str]] = {}
    lost: set[tuple[Key, int]] = set()
    by_style: dict[int, list[tuple[int, Rule]]] = {}
    for number, rule in enumerate(rules):
        by_style.setdefault(rule.style, []).append((number, rule))
    more = 1 + Fraction(overcut_pct) / HUNDRED
    for piece in pieces:
        for number, rule in by_style.get(piece.style, ()):
            each = rule.by_size.get(piece.size, rule.consumption)
            if not each or piece.qty <= 0:
                continue
            key = Key(
                rule.material,
                color_key(rule, piece.color),
                size_codes[piece.size] if rule.size_rule == "track" else None,
                piece.destination if rule.dest_rule == "track" else None,
            )
            share = Fraction(rule.wastage_pct) / HUNDRED
            loss = 1 / (1 - share) if yield_mode else 1 + share
            amount = piece.qty * Fraction(each) / rule.per_pieces * rule.to_stock
            net[key] = net.get(key, Fraction(0)) + amount
            gross[key] = gross.get(key, Fraction(0)) + amount * more * loss
            if rule.fixed_loss and (key, number) not in lost:
                lost.add((key, number))
                gross[key] += Fraction(rule.fixed_loss) * rule.to_stock
            steps.setdefault(key, (rule.step, rule.stage))
    return [
        Need(
            key,
            to_decimal(net[key]),
            to_decimal(gross[key]),
            round_up(gross[key], steps[key][0]),
            steps[key][1],
        )
        for key in sorted(net, key=sort_key)
    ]


def sort_key(key: Key) -> tuple[int, int, str, int]:
    """Order of groups: by material, colour, size, destination; without one first."""
    return (key.material, key.color or 0, key.size or "", key.destination or 0)


def round_up(value: Fraction, step: Decimal) -> Decimal:
    """``value`` rounded up to a multiple of ``step``."""
    return math.ceil(value / Fraction(step)) * step


def cartons(pieces: int, pcs_per_carton: int | None) -> int:
    """Export cartons for the pieces of one line: a last carton may be part-filled. 0 where no packing is set."""
    return -(-pieces // pcs_per_carton) if pcs_per_carton else 0
