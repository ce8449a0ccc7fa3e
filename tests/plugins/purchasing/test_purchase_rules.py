"""Tolerance, suggestion, dates and shares as tables of the trade's figures; no database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.purchasing.services import dates, quantities
from plugins.receiving.services import receipt_lines, receiving
from plugins.stock.services import claims

D = Decimal


@pytest.mark.parametrize(
    ("qty", "over", "under", "uom", "most", "least"),
    [
        ("400", "5", "2", "kg", "420", "392"),
        ("2350", "5", "2", "m", "2467.5", "2303"),
        ("6500", "3", "0", "pcs", "6695", "6500"),
        ("70", "3", "0", "pcs", "72", "70"),  # 72.1: pieces are rounded down
        ("10", "3", "0", "pcs", "10", "10"),  # 10.3: not one more
        ("164", "3", "0", "gross", "168.916667", "164"),  # 24,324.48 pieces: packs are counted in pieces
        ("10", "3", "0", "gross", "10.298611", "10"),  # 1,483 pieces
        ("10", "3", "0", "dozen", "10.25", "10"),  # 123.6 pieces
        ("72", "0", "0", "cone", "72", "72"),
        ("0.03", "5", "2", "kg", "0.0315", "0.0294"),
    ],
)
def test_how_much_may_come_and_when_a_line_is_complete(
    qty: str, over: str, under: str, uom: str, most: str, least: str
) -> None:
    assert quantities.limits(D(qty), D(over), D(under), uom) == (D(most), D(least))


@pytest.mark.parametrize(
    ("remaining", "factor", "moq", "multiple", "uom", "buy"),
    [
        ("0", "1", "1000", "500", "pcs", "0"),  # nothing is lacking, nothing is bought
        ("384.25", "1", "300", "25", "kg", "400"),
        ("26.72", "1", "50", "25", "kg", "50"),  # the minimum
        ("2516.6", "1.093613", "1000", "50", "m", "2350"),  # 2301.18 m
        ("23567", "144", "50", "1", "gross", "164"),  # 163.66
        ("6284", "1", "1000", "500", "pcs", "6500"),
        ("80", "1", "50", "10", "pcs", "80"),  # a multiple already
        ("10.001", "1", "0", "0", "kg", "10.01"),  # no minimum: the unit's step
    ],
)
def test_what_to_buy(remaining: str, factor: str, moq: str, multiple: str, uom: str, buy: str) -> None:
    assert quantities.suggest(D(remaining), D(factor), D(moq), D(multiple), uom) == D(buy)


amounts = st.decimals("0.01", "100000", places=2)


@given(
    remaining=amounts,
    moq=st.integers(0, 2000),
    multiple=st.integers(1, 500),
    factor=st.sampled_from(["1", "1.093613", "144"]),
)
def test_a_suggestion_covers_the_need_and_never_more_than_one_multiple_above(
    remaining: Decimal, moq: int, multiple: int, factor: str
) -> None:
    buy = quantities.suggest(remaining, D(factor), D(moq), D(multiple), "m")
    assert buy * D(factor) >= remaining
    assert buy >= moq
    assert buy % multiple == 0
    assert buy - multiple < max(remaining / D(factor), D(moq))


@pytest.mark.parametrize(
    ("availability", "ordered", "month"),
    [
        ("oct", "2026-10-05", "2026-10-01"),  # this very month
        ("dec", "2026-10-05", "2026-12-01"),
        ("jan", "2026-10-05", "2027-01-01"),
        ("sep", "2026-10-05", "2027-09-01"),
        ("local", "2026-10-05", None),
        ("unknown", "2026-10-05", None),
        ("never", "2026-10-05", None),
    ],
)
def test_the_year_of_an_availability_is_implied(availability: str, ordered: str, month: str | None) -> None:
    found = dates.available_month(availability, date.fromisoformat(ordered))
    assert found == (date.fromisoformat(month) if month else None)


@pytest.mark.parametrize(
    ("value", "uom", "said"),
    [
        (None, "kg", "needed"), ("-1", "kg", "not negative"), ("0", "kg", "zero"), ("1.5", "pcs", "whole numbers"),
        ("0.001", "m", "At most 2 decimals"), ("0.01", "kg", None), ("3", "gross", None),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_quantity(value: str | None, uom: str, said: str | None) -> None:
    found = quantities.fault(D(value) if value is not None else None, quantities.step(uom), uom)
    assert (found is None) == (said is None)
    assert said is None or said in str(found)


def test_scales_show_grams_on_receipt() -> None:
    assert quantities.fault(D("12.345"), quantities.step("kg", weighed=True), "kg") is None
    assert quantities.fault(D("12.345"), quantities.step("kg"), "kg") is not None


@pytest.mark.parametrize(
    ("value", "uom", "said"),
    [
        ("9.5", "gross", None), ("10.298611", "gross", None), ("0.006944", "gross", None), ("1.25", "dozen", None),
        ("9.503", "gross", "1368.432 pieces, which is no whole number"), ("0.1", "dozen", "1.2 pieces"),
        ("9.5", "pcs", "whole numbers"), ("9.5", "cone", "whole numbers"), ("12.345", "kg", None),
    ],
)  # fmt: skip
def test_packs_come_by_the_piece(value: str, uom: str, said: str | None) -> None:
    found = quantities.came_problem(D(value), uom, "qty")
    assert [str(p.message) for p in found] == [] if said is None else said in str(found[0].message)


@given(pieces=st.integers(1, 10_000_000), uom=st.sampled_from(["gross", "dozen"]))
def test_any_number_of_pieces_can_be_said_in_packs(pieces: int, uom: str) -> None:
    pack = quantities.pack_size(uom)
    assert pack is not None
    typed = (D(pieces) / pack).quantize(D("0.000001"))
    assert quantities.came_problem(typed, uom, "qty") == []
    assert quantities.stock_qty(typed, pack, D(1)) == pieces


def claimed(*rows: tuple[str, str, str]) -> list[claims.Claim]:
    """(claimed, came, state), in the order in which they are served."""
    return [claims.Claim(n, D(qty), D(came), state) for n, (qty, came, state) in enumerate(rows, 1)]


@pytest.mark.parametrize(
    ("comes", "plan", "shares", "free"),
    [
        ("0", [("300", "0", "open"), ("100", "0", "open")], {}, "0"),
        ("350", [("300", "0", "open"), ("100", "0", "open")], {1: "300", 2: "50"}, "0"),  # who is due first is served first
        ("350", [("300", "280", "open"), ("100", "0", "draft")], {1: "20", 2: "100"}, "230"),  # each what it still lacks
        ("412.5", [("400", "0", "open")], {1: "400"}, "12.5"),  # what is over is free
        ("350", [("300", "0", "cancelled"), ("100", "0", "open"), ("10", "0", "closed")], {2: "100"}, "250"),
        ("5", [("10", "15", "open"), ("2", "0", "open")], {2: "2"}, "3"),  # it had more than it claims now
    ],
)  # fmt: skip
def test_one_line_serves_several_factory_orders(
    comes: str, plan: list[tuple[str, str, str]], shares: dict[int, str], free: str
) -> None:
    found = claims.divide(D(comes), claimed(*plan))
    assert found.shares == {o: D(q) for o, q in shares.items()}
    assert found.free == D(free)


@given(qty=amounts, plan=st.lists(st.tuples(amounts, amounts), min_size=0, max_size=4))
def test_dividing_loses_nothing(qty: Decimal, plan: list[tuple[Decimal, Decimal]]) -> None:
    mine = claimed(*((str(a), str(b), "open") for a, b in plan))
    found = claims.divide(qty, mine)
    assert sum(found.shares.values(), found.free) == qty
    assert min([found.free, *found.shares.values()]) >= 0
    assert all(found.shares.get(c.demand_id, 0) <= c.lacks for c in mine)


def test_shares_of_a_measured_quantity_add_up() -> None:
    rolls = [receiving.Roll(qty=D(q)) for q in ("33.3", "33.3", "33.4")]
    parts = receipt_lines.spread(rolls, D("109.37"), D(100), D("0.01"))
    assert sum(p["stock_qty"] for p in parts) == D("109.37")
    assert [p["stock_qty"] for p in parts] == [D("36.42"), D("36.42"), D("36.53")]
