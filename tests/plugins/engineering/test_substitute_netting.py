"""The order in which a main material and its substitutes cover a demand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.engineering.services.substitute_netting import Available, Offer, Take, net_with_substitutes
from tests.support.order import examples

D = Decimal


def offer(
    ref: int,
    strategy: str = "after_main",
    *,
    ratio: str = "1",
    priority: int = 1,
    on_hand: int = 0,
    supply: int = 0,
) -> Offer:
    """A substitute."""
    return Offer(ref, D(ratio), priority, strategy, Available(D(on_hand), D(supply)))  # type: ignore[arg-type]


MAIN = Available(D(30), D(20))


@pytest.mark.parametrize(
    ("qty", "offers", "steps"),
    [
        (25, [], [(None, "on_hand", 25, 25)]),
        (80, [], [(None, "on_hand", 30, 30), (None, "supply", 20, 20), (None, "order", 30, 30)]),
        (80, [offer(7, on_hand=10, supply=5)],
         [(None, "on_hand", 30, 30), (None, "supply", 20, 20), (7, "on_hand", 10, 10), (7, "supply", 5, 5),
          (None, "order", 15, 15)]),
        (40, [offer(7, on_hand=10)], [(None, "on_hand", 30, 30), (None, "supply", 10, 10)]),
        (40, [offer(7, "before_main", on_hand=10, supply=5)],
         [(7, "on_hand", 10, 10), (7, "supply", 5, 5), (None, "on_hand", 25, 25)]),
        (60, [offer(7, ratio="2", on_hand=15)],
         [(None, "on_hand", 30, 30), (None, "supply", 20, 20), (7, "on_hand", D("7.5"), 15),
          (None, "order", D("2.5"), D("2.5"))]),
        (60, [offer(7, on_hand=50, priority=2), offer(8, on_hand=4, priority=1)],
         [(None, "on_hand", 30, 30), (None, "supply", 20, 20), (8, "on_hand", 4, 4), (7, "on_hand", 6, 6)]),
        (5, [offer(7, on_hand=9), offer(8, "before_main", on_hand=2)], [(8, "on_hand", 2, 2), (None, "on_hand", 3, 3)]),
        (0, [offer(7, "before_main", on_hand=9)], []),
    ],
)  # fmt: skip
def test_the_order(qty: int, offers: list[Offer], steps: list[tuple[object, ...]]) -> None:
    assert net_with_substitutes(D(qty), MAIN, offers) == [Take(*step) for step in steps]  # type: ignore[arg-type]


amount = st.decimals(min_value=0, max_value=1000, places=3)
available = st.builds(Available, amount, amount)
offers = st.lists(
    st.builds(
        Offer,
        st.integers(1, 3),
        st.decimals(min_value=D("0.01"), max_value=D(50), places=4),
        st.integers(1, 3),
        st.sampled_from(["after_main", "before_main"]),
        available,
    ),
    max_size=4,
    unique_by=lambda each: each.ref,
)


@given(amount, available, offers)
@settings(max_examples=examples(80, 800), deadline=None)
def test_it_adds_up_and_takes_only_what_is_there(qty: Decimal, main: Available, found: list[Offer]) -> None:
    steps = net_with_substitutes(qty, main, found)
    assert sum((step.covers for step in steps), D(0)) == qty
    by_ref = {each.ref: each for each in found}
    for step in steps:
        there = main if step.ref is None else by_ref[step.ref].available
        assert step.covers > 0
        if step.source != "order":
            assert step.qty <= getattr(there, step.source)
        if step.ref is not None:
            assert abs(step.qty - step.covers * by_ref[step.ref].ratio) <= D("0.000001")
    ordered = [step for step in steps if step.source == "order"]
    assert all(step.ref is None for step in ordered)
    if ordered:  # the main is ordered only where nothing else is left, but what rounding leaves
        taken = {(step.ref, step.source): step for step in steps}
        for each in found:
            for source in ("on_hand", "supply"):
                left = getattr(each.available, source) - (
                    taken[each.ref, source].qty if (each.ref, source) in taken else 0
                )
                assert left <= D("0.0001")
