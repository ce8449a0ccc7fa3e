"""Units of a material: the trade's factors, width and weight, cones, exactly."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from plugins.catalog.services import units
from plugins.catalog.services.conversion import convert, ratio, to_decimal


def material(stock="kg", purchase="kg", factor="1", gsm=None, width=None, content=None, content_uom=None):
    return SimpleNamespace(
        code="X", stock_uom=stock, purchase_uom=purchase, factor=Decimal(factor),
        gsm=Decimal(gsm) if gsm else None, width_in=Decimal(width) if width else None,
        content=Decimal(content) if content else None, content_uom=content_uom,
    )  # fmt: skip


JERSEY = material(gsm="160", width="71")
OXFORD = material("yd", "m", "1.093613", gsm="125", width="57")
THREAD = material("cone", "cone", content="5000", content_uom="m")
BUTTON = material("pcs", "gross", "144")
ROLL = material("m", "roll", "50")


@pytest.mark.parametrize(
    ("what", "qty", "source", "target", "result"),
    [
        (JERSEY, "3.5", "kg", "kg", "3.5"),
        (JERSEY, "1000", "g", "kg", "1"),
        # 71 in = 1.8034 m; × 160 g/m² = 288.544 g a metre
        (JERSEY, "1000", "m", "kg", "288.544"),
        (JERSEY, "288.544", "kg", "m", "1000"),
        (JERSEY, "100", "yd", "kg", "26.384463"),
        (OXFORD, "0.9144", "m", "yd", "1"),
        (OXFORD, "91.44", "m", "yd", "100"),
        (OXFORD, "36", "in", "yd", "1"),
        (THREAD, "135", "m", "cone", "0.027"),
        (THREAD, "1", "cone", "m", "5000"),
        (THREAD, "1", "cone", "yd", "5468.066492"),
        (BUTTON, "1", "gross", "pcs", "144"),
        (BUTTON, "12", "dozen", "gross", "1"),
        (ROLL, "2", "roll", "m", "100"),
        (ROLL, "1", "roll", "yd", "54.680665"),
    ],
)
def test_conversions(what, qty, source, target, result):
    assert convert(what, Decimal(qty), source, target) == Decimal(result)


@pytest.mark.parametrize(
    ("what", "source", "target"),
    [
        (material(), "m", "kg"),
        (material(gsm="160"), "m", "kg"),
        (material(width="60"), "m", "kg"),
        (material("cone"), "m", "cone"),
        (BUTTON, "m", "pcs"),
        (THREAD, "kg", "cone"),
        (JERSEY, "bolt", "kg"),
    ],
)
def test_what_does_not_convert_is_refused_by_name(what, source, target):
    with pytest.raises(Refused, match=f"X: {source} does not convert to {target}"):
        convert(what, Decimal(1), source, target)


@given(st.sampled_from(["kg", "g", "m", "yd", "in", "cm"]), st.sampled_from(["kg", "g", "m", "yd", "in", "cm"]),
       st.decimals("0.01", "400", places=2), st.decimals("1", "120", places=2))  # fmt: skip
def test_there_and_back_is_exactly_one(a, b, gsm, width):
    fabric = material(gsm=str(gsm), width=str(width))
    assert ratio(fabric, a, b) * ratio(fabric, b, a) == 1


@given(st.fractions(-1000, 1000))
def test_rounding_is_half_away_from_zero(value):
    rounded = to_decimal(value, 2)
    assert abs(Fraction(rounded) - value) <= Fraction(1, 200)
    if (value * 200).denominator == 1 and (value * 200).numerator % 2:
        assert abs(Fraction(rounded)) > abs(value)


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [
        ("dozen", "pcs", "12"), ("gross", "dozen", "12"), ("yd", "m", "0.9144"), ("in", "cm", "2.54"), ("m", "cm", "100"),
        ("kg", "g", "1000"), ("m", "m", "1"),
    ],
)  # fmt: skip
def test_fixed_factors(source, target, factor):
    assert units.factor(source, target) == Decimal(factor)


def test_fabric_between_length_and_mass():
    # 180 g/m² at 1.5 m: a metre weighs 0.27 kg
    assert units.factor("m", "kg", gsm=Decimal(180), width_m=Decimal("1.5")) == Decimal("0.27")
    assert units.factor("yd", "g", gsm=Decimal(180), width_m=Decimal("1.5")) == Decimal("0.9144") * 270
    assert units.factor("kg", "m", gsm=Decimal(180), width_m=Decimal("1.5")) * Decimal(
        "0.27"
    ) == pytest.approx(Decimal(1))


@pytest.mark.parametrize(
    ("source", "target"), [("kg", "m"), ("pcs", "kg"), ("cone", "m"), ("set", "pcs"), ("roll", "m")]
)
def test_what_does_not_convert(source, target):
    with pytest.raises(ValueError, match="does not convert"):
        units.factor(source, target)
