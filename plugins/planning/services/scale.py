"""Quantities as whole numbers of a unit so small that nothing is lost."""

from __future__ import annotations

from decimal import Decimal

SCALE = 6
ONE = 10**SCALE


def units(qty: Decimal) -> int:
    """A quantity in millionths, the least that is kept of any."""
    return int(qty.scaleb(SCALE))


def quantity(count: int) -> Decimal:
    """The same back."""
    return Decimal(count).scaleb(-SCALE).normalize() if count % ONE else Decimal(count // ONE)
