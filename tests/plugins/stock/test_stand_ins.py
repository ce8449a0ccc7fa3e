"""Figures of demands with substitutes: what there is of one counts for the material that it stands in for."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.catalog.api import Key
from plugins.stock.api import StandIn, stand_ins
from tests.support.order import examples

D = Decimal
MAIN, SUB, OTHER = Key(1), Key(2), Key(3)


def by(sub: Key, ratio: str = "1", wanted: Key = MAIN) -> StandIn:
    """A decision."""
    return StandIn(1, wanted, sub, D(ratio))


@pytest.mark.parametrize(
    ("wanted", "had", "found", "after"),
    [
        ({MAIN: 100}, {SUB: 60}, [by(SUB)], {MAIN: 40, SUB: 60}),
        ({MAIN: 100}, {MAIN: 70, SUB: 60}, [by(SUB)], {MAIN: 70, SUB: 30}),
        ({MAIN: 100}, {SUB: 60}, [by(SUB, "1.5")], {MAIN: 60, SUB: 60}),
        (
            {MAIN: 100, SUB: 50},
            {SUB: 60},
            [by(SUB)],
            {MAIN: 90, SUB: 60},
        ),  # what it is wanted for itself comes first
        ({MAIN: 100}, {SUB: 60, OTHER: 60}, [by(OTHER), by(SUB)], {MAIN: 0, OTHER: 60, SUB: 40}),
        (
            {MAIN: 100, OTHER: 50},
            {SUB: 120},
            [by(SUB), by(SUB, wanted=OTHER)],
            {MAIN: 0, OTHER: 30, SUB: 120},
        ),
        ({MAIN: 100}, {OTHER: 60}, [by(SUB), by(OTHER, wanted=SUB)], {MAIN: 100}),  # no chain
        ({MAIN: 10}, {MAIN: 12, SUB: 5}, [by(SUB)], {MAIN: 10}),
        ({}, {SUB: 5}, [by(SUB)], {}),
    ],
)
def test_what_is_wanted_of_each(
    wanted: dict[Key, int], had: dict[Key, int], found: list[StandIn], after: dict[Key, int]
) -> None:
    def exact(figures: dict[Key, int]) -> dict[Key, Decimal]:
        return {key: D(qty) for key, qty in figures.items()}

    assert stand_ins.shifted(exact(wanted), exact(had), found) == exact(after)


amounts = st.dictionaries(
    st.sampled_from([MAIN, SUB, OTHER]), st.decimals(min_value=0, max_value=500, places=3), max_size=3
)
decisions = st.lists(
    st.builds(
        StandIn,
        st.just(1),
        st.sampled_from([MAIN, SUB]),
        st.sampled_from([SUB, OTHER]),
        st.decimals(min_value=D("0.1"), max_value=D(9), places=3),
    ).filter(lambda each: each.wanted != each.by),
    max_size=3,
)


@given(amounts, amounts, decisions)
@settings(max_examples=examples(60, 600), deadline=None)
def test_nothing_is_counted_twice(
    wanted: dict[Key, Decimal], had: dict[Key, Decimal], found: list[StandIn]
) -> None:
    steps = stand_ins.steps(wanted, had, found)
    for key in (MAIN, SUB, OTHER):
        used = sum((step.qty for step in steps if step.decided.by == key), D(0))
        assert used <= max(D(0), had.get(key, D(0)) - wanted.get(key, D(0)))
        covered = sum((step.covers for step in steps if step.decided.wanted == key), D(0))
        assert covered <= max(D(0), wanted.get(key, D(0)) - had.get(key, D(0)))
