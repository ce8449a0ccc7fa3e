"""交貨達成率, the fulfil rate: customer orders, factory orders and purchase orders are measured by the same functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from core.values import ZERO

HUNDRED = Decimal(100)
GAP_WARNING = Decimal(10)
"""From this many points between the two rates on, the dear goods are late enough to be told."""


@dataclass(frozen=True)
class Part:
    """What is measured by itself: a line, or a size of one.

    line     what it is a part of, for counting lines that are complete
    ordered, done  quantities in ``uom``; done is what was accepted, replaced or settled
    price    of one unit, in one currency throughout; None while it is not known: then it has no value
    """

    line: Hashable
    ordered: Decimal
    done: Decimal
    price: Decimal | None = None
    uom: str = "pcs"

    @property
    def counted(self) -> Decimal:
        """Done, at most what was ordered and never below nothing: too much of one hides no other that is short."""
        return max(ZERO, min(self.done, self.ordered))


@dataclass(frozen=True)
class FulfilRates:
    """The two rates in percent, unrounded, from 0 to 100.

    qty    None where parts have different units, or nothing is ordered
    value  None where what is ordered is worth nothing
    complete, lines  how many lines are wholly done, and how many there are
    """

    qty: Decimal | None
    value: Decimal | None
    complete: int
    lines: int

    @property
    def gap(self) -> Decimal | None:
        """By quantity less by value, in points: above zero the dear goods are late."""
        return None if self.qty is None or self.value is None else self.qty - self.value

    @property
    def warns(self) -> bool:
        """Is the gap so large that it is told?"""
        return self.gap is not None and self.gap >= GAP_WARNING

    @property
    def whole(self) -> bool:
        """Is everything done? An order of nothing is not."""
        return self.lines > 0 and self.complete == self.lines


def fulfil_rates(parts: Iterable[Part]) -> FulfilRates:
    """Σ min(done, ordered) ÷ Σ ordered × 100, and the same weighted by price, each part capped at what was ordered."""
    units: set[str] = set()
    done: dict[Hashable, bool] = defaultdict(lambda: True)
    ordered = counted = worth = reached = ZERO
    for part in parts:
        if part.ordered <= 0:
            continue
        units.add(part.uom)
        done[part.line] &= part.counted >= part.ordered
        ordered, counted = ordered + part.ordered, counted + part.counted
        price = part.price or ZERO
        worth, reached = worth + part.ordered * price, reached + part.counted * price
    return FulfilRates(
        qty=counted * HUNDRED / ordered if len(units) == 1 else None,
        value=reached * HUNDRED / worth if worth else None,
        complete=sum(done.values()),
        lines=len(done),
    )
