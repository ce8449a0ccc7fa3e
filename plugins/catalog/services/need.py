"""What material an amount of garments takes: pure arithmetic over BOM rules and pieces.

Net, gross and required per material × colour × size × destination. Everything is summed exactly and rounded up to the
unit's step once per group: rounding each size or each line would give more. Cartons are not part of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

from plugins.catalog.services.conversion import to_decimal

HUNDRED = Fraction(100)
NONE: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Pieces:
    """Garments of one style, colour, size and destination; or so much of a material that is itself made by such rules."""

    style: int
    color: int | None
    size: int | None
    destination: int | None
    qty: int | Fraction


class Rule(NamedTuple):
    """A BOM line in plain values.

    to_stock     how many stock units one unit of consumption is
    step         step of the stock unit
    consumption  for ``per_pieces`` pieces; ``by_size`` replaces it for its size id
    wastage_pct  mark-up: 5 means 1.05 × net
    breaks       (pieces of a style in one colour, mark-up from there on), rising; below the first ``wastage_pct`` holds
    fixed_loss   once per group, in the unit of consumption
    color_rule   match, map (``color_map``: garment colour → material colour), fixed (``fixed_color``), none
    size_rule, dest_rule   none, track
    """

    style: int
    material: int
    to_stock: Fraction
    step: Decimal
    consumption: Decimal | None
    by_size: Mapping[int, Decimal] = NONE
    wastage_pct: Decimal = Decimal(0)
    fixed_loss: Decimal = Decimal(0)
    color_rule: str = "none"
    fixed_color: int | None = None
    color_map: Mapping[int, int] = NONE
    size_rule: str = "none"
    dest_rule: str = "none"
    stage: str = ""
    line: int = 0
    per_pieces: int = 1
    breaks: tuple[tuple[Decimal, Decimal], ...] = ()


class Key(NamedTuple):
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


@dataclass
class Amount:
    """What a group takes before anything is rounded: exact, in stock units."""

    net: Fraction
    gross: Fraction
    step: Decimal
    stage: str


class MissingColor(ValueError):
    """A colour map without the garment's colour."""

    def __init__(self, rule: Rule, color: int | None) -> None:
        super().__init__(f"no colour of material {rule.material} for garment colour {color}")
        self.rule = rule
        self.color = color


def color_key(rule: Rule, color: int | None) -> int | None:
    """The material's colour for a garment's colour. Raises MissingColor for a gap in a map."""
    if rule.color_rule == "match":
        return color
    if rule.color_rule == "fixed":
        return rule.fixed_color
    if rule.color_rule == "map":
        if color is None or color not in rule.color_map:
            raise MissingColor(rule, color)
        return rule.color_map[color]
    return None


def wastage_of(rule: Rule, pieces: int | Fraction) -> Decimal:
    """The mark-up where so many pieces of a style are made in one colour."""
    return next((pct for least, pct in reversed(rule.breaks) if pieces >= least), rule.wastage_pct)


def exact_need(
    rules: Iterable[Rule],
    pieces: Iterable[Pieces],
    size_codes: Mapping[int, str],
    *,
    overcut_pct: Decimal = Decimal(0),
    yield_mode: bool = False,
) -> dict[Key, Amount]:
    """Need of all pieces together by group, nothing rounded; see :func:`compute_need`. Raises MissingColor."""
    by_style: dict[int, list[tuple[int, Rule]]] = {}
    for number, rule in enumerate(rules):
        by_style.setdefault(rule.style, []).append((number, rule))
    made = [piece for piece in pieces if piece.qty > 0]
    colored: dict[tuple[int, int | None], int | Fraction] = {}
    for piece in made:
        same = (piece.style, piece.color)
        colored[same] = colored.get(same, 0) + piece.qty
    counted: dict[tuple[int, Key, Decimal, Decimal], int | Fraction] = {}
    for piece in made:
        for number, rule in by_style.get(piece.style, ()):
            each = rule.consumption if piece.size is None else rule.by_size.get(piece.size, rule.consumption)
            if not each:
                continue
            key = Key(
                rule.material,
                color_key(rule, piece.color),
                size_codes[piece.size] if rule.size_rule == "track" and piece.size is not None else None,
                piece.destination if rule.dest_rule == "track" else None,
            )
            pct = wastage_of(rule, colored[piece.style, piece.color]) if rule.breaks else rule.wastage_pct
            spot = (number, key, each, pct)
            counted[spot] = counted.get(spot, 0) + piece.qty
    by_number = {number: rule for own in by_style.values() for number, rule in own}
    return _summed(by_number, counted, 1 + Fraction(overcut_pct) / HUNDRED, yield_mode)


def _summed(
    rules: Mapping[int, Rule],
    counted: Mapping[tuple[int, Key, Decimal, Decimal], int | Fraction],
    more: Fraction,
    yield_mode: bool,
) -> dict[Key, Amount]:
    found: dict[Key, Amount] = {}
    lost: set[tuple[Key, int]] = set()
    for (number, key, each, pct), qty in counted.items():
        rule, share = rules[number], Fraction(pct) / HUNDRED
        loss = 1 / (1 - share) if yield_mode else 1 + share
        amount = qty * Fraction(each) / rule.per_pieces * rule.to_stock
        group = found.setdefault(key, Amount(Fraction(0), Fraction(0), rule.step, rule.stage))
        group.net += amount
        group.gross += amount * more * loss
        if rule.fixed_loss and (key, number) not in lost:
            lost.add((key, number))
            group.gross += Fraction(rule.fixed_loss) * rule.to_stock
    return found


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

    Wastage with breaks is that of all pieces of a style in one colour together. Raises MissingColor.
    """
    found = exact_need(rules, pieces, size_codes, overcut_pct=overcut_pct, yield_mode=yield_mode)
    return [rounded(key, found[key]) for key in sorted(found, key=sort_key)]


def rounded(key: Key, amount: Amount) -> Need:
    """A group's need as it is shown, kept and bought by: rounded once, up to the step."""
    return Need(
        key,
        to_decimal(amount.net),
        to_decimal(amount.gross),
        round_up(amount.gross, amount.step),
        amount.stage,
    )


def sort_key(key: Key) -> tuple[int, int, str, int]:
    """Order of groups: by material, colour, size, destination; without one first."""
    return (key.material, key.color or 0, key.size or "", key.destination or 0)


def round_up(value: Fraction, step: Decimal) -> Decimal:
    """``value`` rounded up to a multiple of ``step``."""
    return math.ceil(value / Fraction(step)) * step


def cartons(pieces: int, pcs_per_carton: int | None) -> int:
    """Export cartons for the pieces of one line: a last carton may be part-filled. 0 where no packing is set."""
    return -(-pieces // pcs_per_carton) if pcs_per_carton else 0
