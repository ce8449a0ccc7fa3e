"""Counts, transfers, reservations, surplus, customer returns: what they move, what they refuse, taking them back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from core import ledger
from core.api import Ctx, Refused
from plugins.orders.models import CustomerOrder
from plugins.stock.models import Store
from plugins.stock.models.documents import StockDocument
from tests.plugins.outsourcing.conftest import do
from tests.plugins.stock.conftest import (
    TODAY,
    D,
    customer,
    fab,
    fabric,
    held,
    one,
    paper,
    put,
    ship,
    shirt,
    st,
    store,
    take,
)


def test_a_count_posts_the_difference_to_the_books_of_its_day(depot: Ctx) -> None:
    put(depot, fabric(depot), "100", on=date(2026, 11, 1))
    put(depot, fabric(depot, "WHT"), "10", on=date(2026, 11, 1))
    take(depot, fabric(depot), "30", on=date(2026, 11, 20))
    row = paper(
        depot,
        "count",
        fab(depot, "95.5"),
        fab(depot, "12", "WHT"),
        fab(depot, "7", lot="L9"),
        day=date(2026, 11, 10),
    )
    with pytest.raises(Refused, match="3 items differ"):
        do(depot, row, "post")
    row.cause = "miscounted"
    do(depot, row, "post")
    assert [line.book for line in row.lines] == [D(100), D(10), D(0)]
    assert held(depot, fabric(depot)) == D("65.5")  # 100 - 4.5 counted - 30 issued later
    assert held(depot, fabric(depot), on=date(2026, 11, 10)) == D("95.5")
    assert held(depot, fabric(depot, "WHT")) == D(12)
    assert held(depot, fabric(depot, lot="L9")) == D(7)
    do(depot, row, "reverse", reason="wrong sheet")
    assert row.state == "reversed"
    assert held(depot, fabric(depot)) == D(70)
    assert held(depot, fabric(depot, lot="L9")) == D(0)


def test_a_count_that_agrees_needs_no_reason_and_can_be_taken_back(depot: Ctx) -> None:
    put(depot, fabric(depot), "100")
    row = paper(depot, "count", fab(depot, "100"))
    do(depot, row, "post")
    assert row.state == "posted"
    assert not ledger.movements(depot, entity="stock.document")
    do(depot, row, "reverse", reason="again")
    assert row.state == "reversed"


def test_a_count_of_the_shelf_sees_what_is_kept_for_an_order(depot: Ctx, so: CustomerOrder) -> None:
    """100 of 303 are reserved; whoever counts finds 303, and that is no difference (A17)."""
    put(depot, shirt(depot), "303", kind="goods_in")
    do(depot, paper(depot, "reserve", st(depot, "100"), owner=so.number), "post")
    row = paper(depot, "count", st(depot, "303"))
    do(depot, row, "post")  # without a reason
    assert row.lines[0].book == D(303)
    assert not ledger.movements(depot, entity="stock.document", entity_id=row.id)
    assert (held(depot, shirt(depot)), held(depot, shirt(depot), "reserved")) == (D(203), D(100))


def test_a_count_is_filled_in_blind_and_must_be_finished(depot: Ctx) -> None:
    put(depot, fabric(depot), "100")
    put(depot, shirt(depot), "5", kind="goods_in")
    row = paper(depot, "count")
    do(depot, row, "fill", what="main")
    assert [(line.material.code, line.qty) for line in row.lines if line.material] == [("FAB", None)]
    with pytest.raises(Refused, match="Line 1 is not counted"):
        do(depot, row, "post")
    do(depot, row, "fill", what="garment")
    assert [(line.style.code, line.size) for line in row.lines if line.style] == [("ST-1", "S")]


def test_a_count_below_what_left_later_is_refused(depot: Ctx) -> None:
    put(depot, fabric(depot), "100", on=date(2026, 11, 1))
    take(depot, fabric(depot), "90", on=date(2026, 11, 20))
    row = paper(depot, "count", fab(depot, "80"), day=date(2026, 11, 10), cause="lost")
    with pytest.raises(Refused, match="FAB NVY"):
        do(depot, row, "post")


def test_a_transfer_moves_lots_between_stores_and_back(depot: Ctx) -> None:
    put(depot, fabric(depot, lot="A"), "40")
    put(depot, fabric(depot, lot="B"), "10")
    east = one(depot, Store, "EAST")
    row = paper(depot, "transfer", fab(depot, "25.5", lot="A"), target_store=east)
    do(depot, row, "post")
    assert ledger.balance(depot, fabric(depot, lot="A"), store(depot, "EAST")) == D("25.5")
    assert ledger.balance(depot, fabric(depot, lot="A"), store(depot)) == D("14.5")
    do(depot, row, "reverse", reason="never left")
    assert ledger.balance(depot, fabric(depot, lot="A"), store(depot)) == D(40)
    with pytest.raises(Refused):
        do(depot, row, "reverse", reason="once more")
    more = paper(depot, "transfer", fab(depot, "10.01", lot="B"), target_store=east)
    with pytest.raises(Refused, match=r"10.*10\.01"):
        do(depot, more, "post")
    assert more.state == "draft"


@pytest.mark.parametrize(
    ("kind", "lines", "data", "field"),
    [
        ("count", lambda c: [fab(c, "1") | {"color": None}], {}, "lines-0-color"),
        ("count", lambda c: [st(c, "1", size="XXL")], {}, "lines-0-size"),
        ("count", lambda c: [st(c, "1.5")], {}, "lines-0-qty"),
        ("count", lambda c: [fab(c, "-1")], {}, "lines-0-qty"),
        ("count", lambda c: [fab(c, "1"), fab(c, "2")], {}, "lines-1-lot"),
        ("count", lambda c: [{"qty": "1"}], {}, "lines-0-material"),
        ("count", lambda c: [fab(c, "1") | {"style": st(c, "1")["style"]}], {}, "lines-0-material"),
        ("count", lambda c: [fab(c, "1")], {"day": date(2026, 11, 24)}, "day"),
        ("count", lambda c: [fab(c, "1")], {"cause": "defect"}, "cause"),
        ("transfer", lambda c: [fab(c, "0")], {"target": "EAST"}, "lines-0-qty"),
        ("transfer", lambda c: [fab(c, None)], {"target": "EAST"}, "lines-0-qty"),
        ("transfer", lambda c: [fab(c, "1")], {"target": "MAIN"}, "target_store"),
        ("transfer", lambda c: [fab(c, "1")], {}, "target_store"),
        ("reserve", lambda c: [st(c, "1")], {}, "owner"),
        ("customer_return", lambda c: [st(c, "1")], {}, "owner"),
        ("customer_return", lambda c: [fab(c, "1")], {"so": True}, "lines-0-material"),
        ("reserve", lambda c: [fab(c, "1")], {"so": True}, "lines-0-material"),
        ("barter", lambda c: [fab(c, "1")], {}, "kind"),
    ],
)
def test_what_a_form_refuses_stands_at_its_input(
    depot: Ctx,
    so: CustomerOrder,
    kind: str,
    lines: Callable[[Ctx], list[Any]],
    data: dict[str, Any],
    field: str,
) -> None:
    given = {k: v for k, v in data.items() if k not in ("target", "so")}
    if "target" in data:
        given["target_store"] = one(depot, Store, data["target"])
    if "so" in data:
        given["owner"] = so.number
    with pytest.raises(Refused) as refused:
        paper(depot, kind, *lines(depot), **given)
    assert field in {p.field for p in refused.value.problems}


def test_a_reservation_takes_what_the_order_needs_and_no_more(depot: Ctx, so: CustomerOrder) -> None:
    put(depot, shirt(depot), "200", kind="goods_in")
    put(depot, shirt(depot, "M"), "30", kind="goods_in")
    row = paper(depot, "reserve", owner=so.number)
    do(depot, row, "fill")
    assert {line.size: line.qty for line in row.lines} == {
        "S": D(120),
        "M": D(30),
    }  # 100 + 20 ordered; 30 of 50 there
    do(depot, row, "post")
    assert (held(depot, shirt(depot)), held(depot, shirt(depot), "reserved")) == (D(80), D(120))
    more = paper(depot, "reserve", st(depot, "1"), owner=so.number)
    with pytest.raises(Refused, match="the order still needs 0"):
        do(depot, more, "post")
    rest = paper(depot, "reserve", st(depot, "20", "M"), owner=so.number)
    with pytest.raises(Refused, match="ST-1 NVY M"):  # needed, but nothing is free
        do(depot, rest, "post")
    out = paper(depot, "release", st(depot, "15"), owner=so.number)
    with pytest.raises(Refused, match="Say why"):
        do(depot, out, "post")
    out.cause = "priority"
    do(depot, out, "post")
    assert held(depot, shirt(depot), "reserved") == D(105)
    too_many = paper(depot, "release", st(depot, "106"), owner=so.number, cause="expired")
    with pytest.raises(Refused):
        do(depot, too_many, "post")


def test_a_shipment_uses_up_the_reservation(depot: Ctx, so: CustomerOrder) -> None:
    put(depot, shirt(depot), "70", kind="goods_in")
    do(depot, paper(depot, "reserve", st(depot, "60"), owner=so.number), "post")
    ship(depot, so, "S", 65)
    assert (held(depot, shirt(depot)), held(depot, shirt(depot), "reserved")) == (D(5), D(0))


def test_surplus_is_what_is_kept_beyond_the_need_and_an_order_that_is_over_keeps_nothing(
    depot: Ctx, so: CustomerOrder
) -> None:
    put(depot, shirt(depot), "125", kind="goods_in")
    do(depot, paper(depot, "reserve", st(depot, "120"), owner=so.number), "post")
    early = paper(depot, "surplus", st(depot, "1"), owner=so.number)
    with pytest.raises(Refused, match="0 are kept beyond"):
        do(depot, early, "post")
    do(depot, so, "cancel", reason="bankrupt")
    late = paper(depot, "surplus", owner=so.number)
    with pytest.raises(Refused, match="nothing to fill in"):
        do(depot, late, "fill")
    assert (held(depot, shirt(depot)), held(depot, shirt(depot), "reserved")) == (D(125), D(0))
    again = paper(depot, "reserve", st(depot, "1"), owner=so.number)
    with pytest.raises(Refused, match="nothing can be kept"):
        do(depot, again, "post")


def test_a_customer_returns_at_most_what_was_shipped(depot: Ctx, so: CustomerOrder) -> None:
    put(depot, shirt(depot), "80", kind="goods_in")
    ship(depot, so, "S", 80)
    row = paper(depot, "customer_return", owner=so.number, cause="defect", quality="rejected")
    do(depot, row, "fill")
    assert [(line.size, line.qty) for line in row.lines] == [("S", D(80))]
    row.lines[0].qty = D(30)
    do(depot, row, "post")
    assert held(depot, shirt(depot), "rejected") == D(30)
    assert ledger.balance(depot, shirt(depot), customer(depot)) == D(50)
    second = paper(depot, "customer_return", st(depot, "51"), owner=so.number, cause="shade")
    with pytest.raises(Refused, match="50 were shipped and not returned"):
        do(depot, second, "post")
    do(depot, row, "reverse", reason="another order")
    do(depot, second, "post")
    assert held(depot, shirt(depot)) == D(51)


def test_nothing_is_posted_into_a_closed_period(depot: Ctx) -> None:
    put(depot, fabric(depot), "10", on=date(2026, 10, 1))
    ledger.close_period(depot, date(2026, 10, 31))
    row = paper(depot, "count", fab(depot, "9"), day=date(2026, 10, 31), cause="lost")
    with pytest.raises(Refused, match="2026-10-31"):
        do(depot, row, "post")
    assert held(depot, fabric(depot)) == D(10)


def test_numbers_come_from_the_series_of_the_kind_and_a_draft_is_cancelled(depot: Ctx) -> None:
    rows = [paper(depot, kind, fab(depot, "1"), **more) for kind, more in (
        ("count", {}), ("transfer", {"target_store": one(depot, Store, "EAST")}), ("count", {}),
    )]  # fmt: skip
    assert [row.number for row in rows] == ["CO-2026-0001", "TR-2026-0001", "CO-2026-0002"]
    do(depot, rows[0], "cancel", reason="not now")
    with pytest.raises(Refused):
        do(depot, rows[0], "post")
    assert rows[0].day == TODAY


def test_only_the_store_may_post(depot: Ctx, ctx_as: Callable[..., Any]) -> None:
    put(depot, fabric(depot), "10")
    row_id = paper(depot, "count", fab(depot, "10")).id
    depot.session.commit()
    for role, may in (("merch", False), ("fin", False), ("wh", True)):
        with ctx_as(role) as person:
            row = person.session.get_one(StockDocument, (person.tenant.id, row_id))
            if may:
                do(person, row, "post")
            else:
                with pytest.raises(Exception, match="right"):
                    do(person, row, "post")
