"""The fulfil rate: a table of what it says, and what holds of it for whatever is ordered."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.progress import FulfilRates, Part, fulfil_rates

D = Decimal


@pytest.mark.parametrize(
    ("parts", "qty", "value", "complete"),
    [
        ([("a", 10, 10, "2"), ("b", 10, 0, "6")], "50", "25", 1),  # cheap ones are here, dear ones late
        ([("a", 10, 15, "2"), ("b", 10, 0, "6")], "50", "25", 1),  # too much of one hides no other
        ([("a", 10, 15, "1"), ("a", 10, 5, "1")], "75", "75", 0),  # nor one size another of its line
        ([("a", 10, 10, "2"), ("b", 0, 5, "6")], "100", "100", 1),  # nothing was ordered of it
        ([("a", 10, -3, "2")], "0", "0", 0),
        ([("a", 3, 1, None)], "33.3333", None, 0),  # worth nothing as far as anybody knows
        ([], None, None, 0),
    ],
)
def test_what_the_rates_say(
    parts: list[tuple[str, int, int, str | None]], qty: str | None, value: str | None, complete: int
) -> None:
    found = fulfil_rates(Part(line, D(n), D(done), None if p is None else D(p)) for line, n, done, p in parts)
    rounded = [None if r is None else r.quantize(D("0.0001")).normalize() for r in (found.qty, found.value)]
    assert rounded == [None if r is None else D(r).normalize() for r in (qty, value)]
    assert found.complete == complete


def test_the_factory_order_of_the_trade() -> None:
    """2,184 of 6,160 pieces, the cheap ones."""
    found = fulfil_rates([Part(1, D(2184), D(2184), D("8.1079")), Part(2, D(3976), D(0), D("14.321"))])
    assert found.qty is not None
    assert found.value is not None
    assert (round(found.qty, 2), round(found.value, 2)) == (D("35.45"), D("23.72"))
    assert found.gap is not None
    assert found.warns


def test_units_do_not_mix() -> None:
    found = fulfil_rates([Part(1, D(10), D(10), D(1), "m"), Part(2, D(10), D(0), D(3), "kg")])
    assert (found.qty, found.gap, found.warns) == (None, None, False)
    assert (found.value, found.complete, found.lines) == (25, 1, 2)


@pytest.mark.parametrize(("gap", "warns"), [("9.99", False), ("10", True), ("-40", False)])
def test_when_the_gap_is_told(gap: str, warns: bool) -> None:
    assert FulfilRates(D(50), D(50) - D(gap), 1, 2).warns is warns


PARTS = st.lists(
    st.builds(
        Part,
        st.integers(0, 3),
        st.integers(0, 500).map(D),
        st.integers(-50, 900).map(D),
        st.none() | st.decimals("0", "99.999999", places=6),
    ),
    max_size=12,
)


@given(PARTS)
def test_rates_are_between_nothing_and_everything(parts: list[Part]) -> None:
    found = fulfil_rates(parts)
    for rate in (found.qty, found.value):
        assert rate is None or 0 <= rate <= 100
    if found.whole:
        assert found.qty == 100
        assert found.value in (None, 100)
    elif found.qty is not None:
        assert found.qty < 100


@given(PARTS, st.integers(0, 11), st.integers(1, 99))
def test_more_of_one_never_lowers_a_rate(parts: list[Part], at: int, more: int) -> None:
    if at >= len(parts):
        return
    before = fulfil_rates(parts)
    one = parts[at]
    parts[at] = Part(one.line, one.ordered, one.done + more, one.price)
    after = fulfil_rates(parts)
    for was, now in ((before.qty, after.qty), (before.value, after.value)):
        assert was is None or (now is not None and now >= was)
