"""Amounts, by table and by property."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.records import ExchangeRate
from core.entities import money
from core.errors import Refused

D = Decimal


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        ("2.345", 2, "2.35"),
        ("2.344", 2, "2.34"),
        ("-2.345", 2, "-2.35"),
        ("0.5", 0, "1"),
        ("-0.5", 0, "-1"),
        ("1.005", 2, "1.01"),
    ],
)
def test_halves_go_away_from_zero(value, places, rounded):
    assert money.round_half_up(D(value), places) == D(rounded)


def test_an_amount_is_rounded_once_to_the_currency(ctx):
    assert money.line_amount(ctx, 3, D("0.3333333"), "USD") == D("1.00")
    assert money.line_amount(ctx, 3, D("10.5"), "TWD") == D("32")  # no cents
    assert money.line_amount(ctx, 7, D("1.2345"), "XXX") == D("8.64")  # a currency that is no longer listed


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [("1", "3", "33.33"), ("2", "3", "66.67"), ("0", "5", "0.00"), ("5", "0", None), ("7", "5", "140.00")],
)
def test_percentages(part, whole, shown):
    assert money.percent_of(D(part), D(whole)) == (None if shown is None else D(shown))


def test_shares_of_a_table():
    assert money.shares(D("100"), [D(1), D(1), D(1)], 2) == [D("33.34"), D("33.33"), D("33.33")]
    assert money.shares(D("0.01"), [D(1), D(2)], 2) == [D("0.00"), D("0.01")]
    with pytest.raises(ValueError, match="zero"):
        money.shares(D(1), [D(0)], 2)


@given(
    total=st.decimals(0, 10**9, places=2),
    weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=40).filter(any),
    decimals=st.integers(2, 4),
)
def test_shares_always_add_up(total, weights, decimals):
    parts = money.shares(total, [D(w) for w in weights], decimals)
    assert sum(parts) == total
    assert all(p == money.round_half_up(p, decimals) for p in parts)


def test_the_newest_rate_that_is_not_later_counts(ctx):
    for day, rate in ((1, "31.2"), (10, "31.5")):
        ctx.session.add(ExchangeRate(currency="USD", valid_from=date(2026, 11, day), rate=D(rate)))
    ctx.session.flush()
    assert money.rate_to_base(ctx, "USD", date(2026, 11, 9)) == D("31.2")
    assert money.rate_to_base(ctx, "USD", date(2026, 11, 10)) == D("31.5")
    assert money.rate_to_base(ctx, "TWD", date(2020, 1, 1)) == 1
    with pytest.raises(Refused, match="no exchange rate for USD on 2026-10-31"):
        money.rate_to_base(ctx, "USD", date(2026, 10, 31))


def test_a_rate_is_not_rounded_before_it_is_used(ctx):
    day = date(2026, 1, 1)
    rows = {"USD": "31.5", "VND": "0.00125", "KHR": "0.0077", "IDR": "0.0019", "CNY": "4.4"}
    ctx.session.add_all([ExchangeRate(currency=c, valid_from=day, rate=D(r)) for c, r in rows.items()])
    ctx.session.flush()

    def worth(amount: str, source: str, target: str = "USD") -> Decimal:
        return money.convert_amount(ctx, D(amount), source, target, day)

    assert worth("325000000", "VND") == D("12896.83")  # of a rate with ten decimals: 12,896.81
    assert worth("40000000000", "IDR") == D("2412698.41")  # 2,412,698.4127
    assert worth("1000000000", "KHR", "CNY") == D("1750000.00")
    assert worth("100.005", "USD") == D("100.01")
    with pytest.raises(Refused, match="no exchange rate for EUR"):
        worth("1", "EUR")
