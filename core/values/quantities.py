"""How finely a unit is counted and measured, and a quantity as it is shown: never finer than its unit.

What is kept is exact: consumption by standard comes with all its decimals, and sums are made of those. A step is for show, and
for what is asked of people.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)

STEPS: Mapping[str, Decimal] = {
    **dict.fromkeys(("pcs", "dozen", "gross", "set", "cone", "roll", "g"), Decimal(1)),
    **dict.fromkeys(("kg", "m", "yd", "in"), Decimal("0.01")),
    "cm": Decimal("0.1"),
}
"""Smallest quantity of each unit of the trade."""

PACKS = ("dozen", "gross")
"""Counted in pieces: nine and a half gross came, though nobody orders half a gross."""
PACK_SHOWN = Decimal("0.01")


def shown_in(
    qty: Decimal, unit: str, step: Decimal | None = None, *, rounding: str = ROUND_HALF_UP
) -> Decimal:
    """``qty`` as it is shown: in steps of ``unit``, half a step up; of a thing with a smaller ``step`` of its own, in those.

    A unit that nobody knows has no step: the quantity stays as it is. ``rounding``: what is there to be taken is said rounded
    down, so that it can be.
    """
    known = [each for each in (PACK_SHOWN if unit in PACKS else STEPS.get(unit), step) if each]
    if not known:
        return qty
    least = min(known)
    return (Decimal(qty) / least).to_integral_value(rounding=rounding) * least + 0


def decimal_text(value: Decimal, *, grouped: bool = False) -> str:
    """A number exactly, as people write it: no exponent, no needless zeros; ``grouped``: with commas between thousands."""
    number = value.normalize()
    return f"{number:,f}" if grouped else f"{number:f}"
