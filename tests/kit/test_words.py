"""Amounts in words: English and banker's Chinese."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.printing.words import amount_in_words, in_english, in_simplified, in_traditional

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("74648.00", "柒萬肆仟陸佰肆拾捌元整"),
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.30", "參角整"),
        ("50.05", "伍拾元零伍分"),
        ("10.50", "壹拾元伍角整"),
        ("1010", "壹仟零壹拾元整"),
        ("10500", "壹萬零伍佰元整"),
        ("100000001.50", "壹億零壹元伍角整"),
        ("20000000", "貳仟萬元整"),
        ("1234567890.12", "壹拾貳億參仟肆佰伍拾陸萬柒仟捌佰玖拾元壹角貳分"),
        ("-3", "負參元整"),
        ("1000000000000", "壹兆元整"),
        ("12.3456", "壹拾貳元參角肆分伍厘陸毫"),
    ],
)
def test_bankers_figures(amount, shown):
    assert in_traditional(Decimal(amount)) == shown


def test_the_mainland_counts_ten_thousands_of_hundred_millions():
    assert in_simplified(Decimal("1799300000000.30")) == "壹万柒仟玖佰玖拾叁亿元叁角整"
    assert in_traditional(Decimal("1799300000000.30")) == "壹兆柒仟玖佰玖拾參億元參角整"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("74648.00", "Seventy-four thousand six hundred forty-eight"),
        ("0", "Zero"),
        ("1000000", "One million"),
        ("1000019.4", "One million nineteen and 40/100"),
        ("300000004", "Three hundred million four"),
        ("12.3456", "Twelve and 3456/10000"),
    ],
)
def test_english(amount, shown):
    assert in_english(Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("currency", "language", "shown"),
    [
        ("CNY", "zh_Hant_TW", "人民幣壹佰元整"),
        ("CNY", "zh_Hans_CN", "人民币壹佰元整"),
        ("TWD", "zh_Hant_TW", "新臺幣壹佰元整"),
        ("USD", "en", "US Dollars One hundred only"),
        ("XAF", "en", "XAF One hundred only"),
    ],
)
def test_the_currency_comes_first(currency, language, shown):
    assert amount_in_words(Decimal(100), currency, language) == shown


def test_an_amount_beyond_all_reason():
    with pytest.raises(ValueError, match="too large"):
        amount_in_words(Decimal(10) ** 15, "USD", "en")


DIGITS = "零壹貳參肆伍陸柒捌玖"
SMALL = {"拾": 10, "佰": 100, "仟": 1000}


def number(text: str) -> Decimal:
    """Read banker's figures back, by another way than they are written."""
    whole, _, rest = text.rstrip("整").rpartition("元")
    total = section = digit = 0
    for sign in whole:
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        elif sign in SMALL:
            section, digit = section + digit * SMALL[sign], 0
        else:
            section += digit
            total, section, digit = (total + section) * (10**4 if sign == "萬" else 1), 0, 0
            if sign in "億兆":
                total *= 10**8 if sign == "億" else 10**12
    cents = Decimal(0)
    for place, unit in ((1, "角"), (2, "分")):
        if unit in rest:
            cents += Decimal(DIGITS.index(rest[rest.index(unit) - 1])).scaleb(-place)
    return Decimal(total + section + digit) + cents


@given(st.integers(0, 10**8 - 1).map(lambda n: Decimal(n).scaleb(-2)))
def test_what_is_written_can_be_read_back(amount):
    text = in_traditional(amount)
    assert number(text) == amount
    assert "零零" not in text
