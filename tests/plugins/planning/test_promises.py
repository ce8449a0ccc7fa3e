"""What may be promised: the rule as a table, and as a property against trying day by day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.planning.services.promises import promise_day, stretches

D = Decimal
TODAY = date(2026, 11, 23)


def later(days: int) -> date:
    return TODAY + timedelta(days=days)


def test_a_stretch_that_promises_too_much_takes_from_the_one_before() -> None:
    """500 there, 300 in week 3; promised 200, 150, 100, 250 in weeks 1 to 4: 150 and −50, after taking back 100 and 0."""
    found = stretches(
        D(500),
        [(later(14), D(300))],
        [(later(0), D(200)), (later(7), D(150)), (later(14), D(100)), (later(21), D(250))],
        TODAY,
    )
    assert [(s.day, s.available, s.total) for s in found] == [
        (TODAY, D(100), D(100)),
        (later(14), D(0), D(100)),
    ]


@pytest.mark.parametrize(("qty", "day"), [(1, 0), (100, 0), (101, 7), (150, 7), (151, None)])
def test_the_first_day_by_which_there_is_enough(qty: int, day: int | None) -> None:
    found = stretches(D(100), [(later(7), D(50))], [], TODAY)
    assert promise_day(found, D(qty)) == (later(day) if day is not None else None)


def test_what_is_late_counts_as_today_and_what_was_never_there_stays_below_zero() -> None:
    assert stretches(D(0), [(later(-3), D(5))], [(later(-9), D(7))], TODAY)[0].available == -2


flows = st.lists(st.tuples(st.integers(-2, 9), st.integers(1, 40)), max_size=6)


@given(st.integers(0, 60), flows, flows)
def test_whoever_is_promised_still_gets_it_when_what_is_available_is_given_away(
    on_hand: int, receipts: list[tuple[int, int]], promised: list[tuple[int, int]]
) -> None:
    """Day by day: giving away what is available by a day leaves every promise as well kept as it was, and one more does not."""
    found = stretches(
        D(on_hand), [(later(d), D(q)) for d, q in receipts], [(later(d), D(q)) for d, q in promised], TODAY
    )

    def stock(day: int, given: int = 0, on: int = 0) -> int:
        came = on_hand + sum(q for d, q in receipts if max(d, 0) <= day)
        gone = sum(q for d, q in promised if max(d, 0) <= day)
        return came - gone - (given if day >= on else 0)

    for each in found:
        on = (each.day - TODAY).days
        lowest = min(stock(day) for day in range(on, 12))
        assert each.total == lowest or lowest < 0 or each.total < 0
        if lowest >= 0:
            assert min(stock(day, int(each.total), on) for day in range(on, 12)) == 0
