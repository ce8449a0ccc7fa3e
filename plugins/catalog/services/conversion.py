"""Units of a material: how much of one is another, by the trade's fixed factors, its width and weight, its content.

Exact fractions, so that a quantity that is whole after conversion stays whole and is not rounded up a step too far.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from core.api import Refused, T
from plugins.catalog.services import units

INCH = Fraction(254, 10000)
"""Metres in an inch."""


class Measured(Protocol):
    """What conversion needs to know of a material (:class:`plugins.catalog.models.Material` has it)."""

    @property
    def code(self) -> str: ...
    @property
    def stock_uom(self) -> str: ...
    @property
    def purchase_uom(self) -> str: ...
    @property
    def factor(self) -> Decimal: ...
    @property
    def gsm(self) -> Decimal | None: ...
    @property
    def width_in(self) -> Decimal | None: ...
    @property
    def content(self) -> Decimal | None: ...
    @property
    def content_uom(self) -> str | None: ...


def unit_ratio(source: str, target: str, *, gsm: Decimal | None, width_in: Decimal | None) -> Fraction | None:
    """How many ``target`` one ``source`` is, or None where they do not convert.

    Fabric: kg = m × width × gsm ÷ 1000; ``width_in`` is the (open) width in inches, ``gsm`` grams per square metre.
    """
    a, b = units.UNITS.get(source), units.UNITS.get(target)
    if a is None or b is None:
        return None
    if a.dimension == b.dimension:
        return Fraction(a.size) / Fraction(b.size)
    if {a.dimension, b.dimension} != {"mass", "length"} or not gsm or not width_in:
        return None
    kg_per_m = Fraction(width_in) * INCH * Fraction(gsm) / 1000
    if a.dimension == "length":
        return Fraction(a.size) * kg_per_m / Fraction(b.size)
    return Fraction(a.size) / kg_per_m / Fraction(b.size)


def to_stock(material: Measured, source: str) -> Fraction | None:
    """How many stock units one ``source`` of this material is, or None where it does not convert.

    The content of a stock unit (a cone of 5,000 m) and the purchase factor of the master record count too.
    """
    target = material.stock_uom
    ratio = unit_ratio(source, target, gsm=material.gsm, width_in=material.width_in)
    if ratio is not None:
        return ratio
    if material.content and material.content_uom:
        into = unit_ratio(source, material.content_uom, gsm=material.gsm, width_in=material.width_in)
        if into is not None:
            return into / Fraction(material.content)
    if source == material.purchase_uom and material.factor:
        return Fraction(material.factor)
    return None


def ratio(material: Measured, source: str, target: str) -> Fraction:
    """How many ``target`` one ``source`` of this material is. Refused where the units do not convert."""
    if source == target:
        return Fraction(1)
    a, b = to_stock(material, source), to_stock(material, target)
    if a is None or b is None:
        raise Refused(
            T("{material}: {source} does not convert to {target}. Width, weight or content may be missing.",
              material=material.code, source=source, target=target)
        )  # fmt: skip
    return a / b


def convert(material: Measured, qty: Decimal, source: str, target: str, places: int = 6) -> Decimal:
    """``qty`` of ``source`` in ``target``, rounded half up to ``places``. Refused where the units do not convert."""
    return to_decimal(Fraction(qty) * ratio(material, source, target), places)


def to_decimal(value: Fraction, places: int = 6) -> Decimal:
    """A fraction as a decimal with at most ``places`` places, halves away from zero."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)
