"""What 100 % is made of, whatever the figures are."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.fulfilment.services.explaining import Cell, cut, most_of, spread


@pytest.mark.parametrize(
    ("ordered", "pct", "most"), [(10, "0", 10), (100, "3", 103), (33, "3", 33), (34, "3", 35), (0, "5", 0)]
)
def test_most(ordered: int, pct: str, most: int) -> None:
    assert most_of(ordered, Decimal(pct)) == most


PIECES = st.integers(0, 60)


@st.composite
def cells(draw: st.DrawFn) -> Cell:
    """Figures as the documents let them become."""
    goods, resent = draw(PIECES), draw(PIECES)
    returned = draw(st.integers(0, goods + resent))
    owed = draw(st.integers(0, returned))
    resent = min(resent, owed)
    returned = min(returned, goods + resent)
    closed = draw(st.integers(0, max(0, returned - owed)))
    return Cell(
        ordered=draw(PIECES), goods=goods, resent=resent, returned=returned, owed=owed, closed=closed,
        substituted=draw(PIECES), agreed=draw(PIECES),
    )  # fmt: skip


@given(cells())
def test_the_parts_are_the_whole(cell: Cell) -> None:
    assert cell.accepted + cell.replaced + cell.substituted + cell.settled == cell.done
    assert cell.accepted + cell.replaced == cell.goods + cell.resent - cell.returned
    assert min(cell.accepted, cell.replaced, cell.settled, cell.balance, cell.to_replace) >= 0
    assert cell.balance + cell.to_replace == cell.open == max(0, cell.ordered - cell.done)


@given(PIECES, st.lists(cells(), min_size=1, max_size=4))
def test_what_is_closed_is_spread_wholly(qty: int, found: list[Cell]) -> None:
    before, left = sum(cell.agreed for cell in found), sum(cell.open for cell in found)
    spread(qty, found, "agreed")
    assert sum(cell.agreed for cell in found) == before + qty
    assert sum(cell.open for cell in found) == max(0, left - qty)


@given(st.lists(cells(), min_size=1, max_size=4), PIECES)
def test_a_cut_leaves_what_is_wanted_and_takes_what_is_open_first(found: list[Cell], wanted: int) -> None:
    before = [(cell.ordered, cell.done) for cell in found]
    whole = sum(ordered for ordered, _done in before)
    opened = sum(cell.open for cell in found)
    cut(found, wanted)
    assert sum(cell.ordered for cell in found) == min(whole, wanted)
    assert sum(cell.open for cell in found) == max(0, opened - max(0, whole - wanted))
    assert all(0 <= cell.ordered <= ordered for cell, (ordered, _done) in zip(found, before, strict=True))
