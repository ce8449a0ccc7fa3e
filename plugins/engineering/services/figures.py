"""How figures of engineering are written."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

PLACES = 4


def money_text(value: Fraction) -> str:
    """An amount per piece with four decimals, rounded once, half up."""
    return f"{as_decimal(value, PLACES):,.4f}"


def as_decimal(value: Fraction, places: int = 6) -> Decimal:
    """A fraction as a decimal, halves away from zero, without needless zeros behind."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)
