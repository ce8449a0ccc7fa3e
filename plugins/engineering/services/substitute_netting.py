"""The order in which a main material and its substitutes cover a demand: pure arithmetic, for whoever plans or allots.

after main   main on hand, supply of the main, then substitutes by priority: on hand, supply in time; what is left is ordered
             of the main
before main  the substitute first (it is to be used up): on hand, supply in time; then main on hand, supply of the main

What is left over is always asked of the main. Substitutes of substitutes are never looked at: a substitute only ever stands for
the material that is asked for, so two that stand for each other stop after one step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from core.values import ZERO
from plugins.stock.api import stand_ins

Strategy = Literal["after_main", "before_main"]
Source = Literal["on_hand", "supply", "order"]


@dataclass(frozen=True)
class Available:
    """What there is of one material for this demand, in its own stock units: usable on hand, and supply due in time."""

    on_hand: Decimal = ZERO
    supply: Decimal = ZERO


@dataclass(frozen=True)
class Offer:
    """A substitute that is allowed for this demand. ``ratio``: one of the main is so many of it; ``ref`` is the caller's."""

    ref: int
    ratio: Decimal
    priority: int
    strategy: Strategy
    available: Available


class Take(NamedTuple):
    """A step of the answer: of the main (``ref`` None) or of a substitute, from where, how much of the main it covers and how
    much of the material itself that is."""

    ref: int | None
    source: Source
    covers: Decimal
    qty: Decimal


def net_with_substitutes(qty: Decimal, main: Available, offers: Sequence[Offer]) -> list[Take]:
    """How ``qty`` of the main is covered, step by step; the steps' ``covers`` add up to it exactly, and nothing is taken that
    is not there. Steps of nothing are left out. Of equal priority the first offered goes first."""
    order = sorted(range(len(offers)), key=lambda n: (offers[n].priority, n))
    before = [offers[n] for n in order if offers[n].strategy == "before_main"]
    after = [offers[n] for n in order if offers[n].strategy == "after_main"]
    steps: list[Take] = []
    left = qty
    for offer in (*before, None, *after):
        there = main if offer is None else offer.available
        found: tuple[tuple[Source, Decimal], ...] = (("on_hand", there.on_hand), ("supply", there.supply))
        for source, amount in found:
            if left <= 0 or amount <= 0:
                continue
            step = _taken(left, source, amount, offer)
            if step.covers > 0:
                steps.append(step)
                left -= step.covers
    if left > 0:
        steps.append(Take(None, "order", left, left))
    return steps


def _taken(left: Decimal, source: Source, amount: Decimal, offer: Offer | None) -> Take:
    if offer is None:
        part = min(left, amount)
        return Take(None, source, part, part)
    covers = min(left, stand_ins.covered_by(amount, offer.ratio))
    return Take(offer.ref, source, covers, min(amount, stand_ins.stands_for(covers, offer.ratio)))
