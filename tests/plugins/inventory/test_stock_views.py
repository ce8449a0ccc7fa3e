"""Figures of the views, the stock card, ageing and short stock, from plain arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core import ledger
from core.api import Ctx, EntityRef
from plugins.inventory.services import ageing, balances, cards, garments
from plugins.orders.models import CustomerOrder
from tests.plugins.outsourcing.conftest import do
from tests.plugins.stock.conftest import (
    TODAY,
    D,
    fab,
    fabric,
    paper,
    put,
    shirt,
    st,
    store,
    take,
    thread,
)


def figures(ctx: Ctx, **asked: Any) -> dict[tuple[str, str], dict[str, Decimal]]:
    """Non-zero figures of the rows by (code, colour)."""
    found = balances.materials(ctx, "", **asked)
    return {(r.code, r.color): {k: v for k, v in r.qty.items() if v} for r in found.rows}


def test_one_row_an_item_with_a_figure_a_place(depot: Ctx) -> None:
    put(depot, fabric(depot, lot="A"), "60")
    put(depot, fabric(depot, lot="B"), "40.5")
    put(depot, fabric(depot, "WHT"), "7", at=ledger.Place("inspection", store(depot).id))
    put(depot, fabric(depot, "WHT"), "2", at=ledger.Place("rejected", store(depot).id))
    put(depot, fabric(depot), "9", at=store(depot, "EAST"))
    take(depot, fabric(depot, lot="A"), "25")
    kept = ledger.Place("reserved", store(depot).id, EntityRef("orders.order", 9))
    take(depot, fabric(depot, lot="B"), "10", kind="reserve", target=kept)
    put(depot, thread(depot), "3")
    assert figures(depot) == {
        ("FAB", "NVY"): {"on_hand": D("84.5"), "reserved": D(10), "available": D("74.5"), "factory": D(25)},
        ("FAB", "WHT"): {"inspection": D(7), "rejected": D(2)},
        ("THR", ""): {"on_hand": D(3), "available": D(3)},
    }
    east = figures(depot, store=store(depot, "EAST").id)
    assert east == {("FAB", "NVY"): {"on_hand": D(9), "available": D(9)}}
    assert [r.code for r in balances.materials(depot, "trim").rows] == ["THR"]
    assert [r.code for r in balances.materials(depot, "", search="material", size=1, page=2).rows] == ["THR"]


def test_as_of_a_day(depot: Ctx) -> None:
    put(depot, fabric(depot), "60", on=date(2026, 9, 1))
    take(depot, fabric(depot), "25", on=date(2026, 10, 1))
    for day, there, away in (
        (date(2026, 8, 31), None, None),
        (date(2026, 9, 30), D(60), None),
        (date(2026, 10, 1), D(35), D(25)),
    ):
        row = figures(depot, on=day).get(("FAB", "NVY"), {})
        assert (row.get("on_hand"), row.get("factory")) == (there, away), day


def test_short_of_safety_stock_also_without_any(depot: Ctx) -> None:
    assert [row[1] for row in balances.low_stock(depot)] == ["FAB"]
    assert [r.code for r in balances.materials(depot, "", low=True).rows] == ["FAB"]
    put(depot, fabric(depot), "49.99")
    assert balances.low_stock(depot)[0][3:5] == (D("49.99"), D(50))
    put(depot, fabric(depot, "WHT"), "0.01")
    assert balances.low_stock(depot) == []
    assert balances.materials(depot, "", low=True).rows == []


def test_short_of_safety_stock_on_a_day_gone_by(depot: Ctx) -> None:
    put(depot, fabric(depot), "40", on=date(2026, 9, 1))
    put(depot, fabric(depot, lot="B"), "20", on=date(2026, 10, 1))
    for day, free in ((date(2026, 8, 31), D(0)), (date(2026, 9, 30), D(40)), (date(2026, 10, 1), None)):
        assert [row[3] for row in balances.low_stock(depot, day)] == ([] if free is None else [free]), day
    assert balances.low_stock(depot) == []


def test_finished_goods_have_a_column_for_each_size_and_seconds_a_row(depot: Ctx) -> None:
    for item, qty in (
        (shirt(depot, "S"), "5"),
        (shirt(depot, "L"), "7"),
        (shirt(depot, "S", "WHT"), "2"),
        (shirt(depot, "S", lot="B"), "1"),
    ):
        put(depot, item, qty, kind="goods_in")
    (table,), total = garments.garment_balances(depot)
    assert [code for _id, code in table.columns] == ["S", "M", "L"]
    ids = {code: size_id for size_id, code in table.columns}
    assert [(r.color, r.lot, [int(r.sizes.get(ids[c], 0)) for c in "SML"], int(r.total)) for r in table.rows] == [
        ("NVY", "", [5, 0, 7], 12), ("NVY", "B", [1, 0, 0], 1), ("WHT", "", [2, 0, 0], 2),
    ]  # fmt: skip
    assert (total, table.total(ids["S"])) == (1, D(8))
    assert garments.garment_balances(depot, "rejected")[0] == []


def card(ctx: Ctx, item: ledger.Item, **more: Any) -> cards.Card:
    return cards.stock_card(
        ctx, cards.Asked(item.kind, item.id, item.color_id, item.size_id, item.dest_id, **more)
    )


def test_the_card_runs_through_lots_and_leaves_out_what_stays_inside(depot: Ctx) -> None:
    put(depot, fabric(depot, lot="A"), "60", on=date(2026, 9, 1))
    put(depot, fabric(depot, lot="B"), "40", on=date(2026, 9, 3))
    put(depot, fabric(depot, "WHT"), "1", on=date(2026, 9, 3))
    take(depot, fabric(depot, lot="A"), "25", on=date(2026, 9, 2))  # posted later, dated before
    kept = ledger.Place("reserved", store(depot).id, EntityRef("orders.order", 9))
    take(depot, fabric(depot, lot="B"), "10", on=date(2026, 9, 4), kind="reserve", target=kept)
    found = card(depot, fabric(depot))
    assert [(x.move.on.day, x.change, x.balance, x.lot) for x in found.lines] == [
        (1, D(60), D(60), "A"),
        (2, D(-25), D(35), "A"),
        (3, D(40), D(75), "B"),
    ]
    assert (found.opening, found.came, found.went, found.closing) == (D(0), D(100), D(25), D(75))
    later = card(depot, fabric(depot), since=date(2026, 9, 2), until=date(2026, 9, 2))
    assert (later.opening, later.closing, len(later.lines)) == (D(60), D(35), 1)
    free = card(depot, fabric(depot), kinds=("store",))
    assert free.closing == D(65)
    assert card(depot, fabric(depot), lot="B", kinds=("store",)).closing == D(30)
    assert cards.balance(depot, cards.Asked("material", fabric(depot).id, fabric(depot).color_id)) == D(75)


def test_a_card_has_pages_from_the_newest_and_its_figures_are_of_all(
    depot: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "PAGE", 2)
    for n in range(1, 6):
        put(depot, thread(depot), str(n), on=date(2026, 9, n))
    asked = cards.Asked("material", thread(depot).id)
    shown = [
        [(x.change, x.balance) for x in cards.stock_card(depot, asked, page).lines] for page in (1, 2, 3, 4)
    ]
    assert shown == [[(4, 10), (5, 15)], [(2, 3), (3, 6)], [(1, 1)], []]
    found = cards.stock_card(depot, asked, 2)
    assert (found.total, found.opening, found.closing, found.came, found.went) == (
        5,
        D(0),
        D(15),
        D(15),
        D(0),
    )
    assert list(found.ends.values()) == [1, 3, 6, 10, 15]


def test_the_chart_steps_through_the_ends_of_days(depot: Ctx) -> None:
    put(depot, thread(depot), "10", on=date(2026, 11, 3))
    take(depot, thread(depot), "5", on=date(2026, 11, 13))
    drawn = cards.chart(card(depot, thread(depot)), None, TODAY)
    assert drawn is not None
    # 20 days over 704 units from 8; half the height (166) is the half of the stock
    assert drawn.line == "M8.0 178.0 H8.0 V12.0 H360.0 V95.0 H712.0"
    assert drawn.top == D(10)
    assert cards.chart(card(depot, fabric(depot)), None, TODAY) is None


@pytest.mark.parametrize(
    ("days", "group"),
    [
        (0, "active"),
        (89, "active"),
        (90, "slow"),
        (179, "slow"),
        (180, "stagnant"),
        (364, "stagnant"),
        (365, "dead"),
    ],
)
def test_classes_by_idle_days(days: int, group: str) -> None:
    assert ageing.group_of(days, ageing.LIMITS) == group


def test_idle_from_the_last_outbound_or_the_first_receipt(depot: Ctx) -> None:
    def ago(days: int) -> date:
        return TODAY - timedelta(days=days)

    put(depot, fabric(depot), "100", on=ago(400), value=D(200), currency="USD")
    put(depot, fabric(depot), "50", on=ago(10), value=D(160), currency="USD")
    put(depot, fabric(depot, "WHT"), "30", on=ago(200))
    take(depot, fabric(depot), "20", on=ago(95))
    take(depot, fabric(depot), "9", on=ago(30))
    take(depot, fabric(depot), "5", on=ago(3), kind="transfer", target=store(depot, "EAST"))
    count = paper(
        depot, "count", fab(depot, "110"), day=ago(1), cause="lost"
    )  # no outbound, like the transfer
    do(depot, count, "post")
    by_color = {x.color: x for x in ageing.idle_stock(depot, "main")}
    navy, white = by_color["NVY"], by_color["WHT"]
    assert (navy.days, navy.group, navy.qty, navy.last_in, navy.last_out) == (
        30,
        "active",
        D(115),
        ago(10),
        ago(30),
    )
    assert (white.days, white.group, white.last_out, white.value) == (200, "stagnant", None, None)
    # 360 USD for 150 yd, 115 of them here, 32 TWD a dollar; 9 yd in 90 days
    assert (navy.value, navy.cover) == (D("8832"), D(1150))
    assert ageing.summary([navy, white])["stagnant"] == (1, D(0))


def test_a_reversed_issue_never_happened(depot: Ctx) -> None:
    put(depot, fabric(depot), "100", on=TODAY - timedelta(days=100))
    take(depot, fabric(depot), "20", on=TODAY)
    ledger.reverse(depot, entity="test.out", entity_id=1, on=TODAY, reason="wrong roll")
    (row,) = ageing.idle_stock(depot, "main")
    assert (row.days, row.last_out, row.cover) == (100, None, None)


def test_what_orders_keep_or_need_is_not_idle(depot: Ctx, so: CustomerOrder) -> None:
    put(depot, shirt(depot), "200", kind="goods_in", on=TODAY - timedelta(days=120))
    put(depot, shirt(depot, "L"), "5", kind="goods_in", on=TODAY - timedelta(days=120))
    do(depot, paper(depot, "reserve", st(depot, "50"), owner=so.number), "post")
    rows = {x.size: x for x in ageing.idle_stock(depot, "garment")}
    # 200 here, 50 kept, the order needs 70 more: 80 nobody asked for
    assert (rows["S"].qty, rows["S"].idle, rows["S"].group) == (D(200), D(80), "slow")
    assert rows["L"].idle == D(5)


@given(some.lists(some.tuples(some.integers(0, 20), some.integers(1, 50), some.booleans()), max_size=12))
def test_the_chart_stays_inside_its_frame(moves: list[tuple[int, int, bool]]) -> None:
    ends, balance = dict[date, D](), D(0)
    for day, qty, out in sorted(moves):
        balance += -min(D(qty), balance) if out else D(qty)
        ends[date(2026, 1, 1) + timedelta(days=day)] = balance
    found = cards.Card(D(0), balance, D(0), D(0), len(moves), ends, [])
    drawn = cards.chart(found, None, date(2026, 1, 10))
    if drawn is not None:
        steps = [part for part in drawn.line.replace("M", "").split() if part[0] in "HV"]
        for part in steps:
            value = float(part[1:])
            assert 0 <= value <= (drawn.width if part[0] == "H" else drawn.height)


def test_statements_do_not_grow_with_rows(depot: Ctx, count_queries: Callable[[], Any]) -> None:
    def count() -> tuple[int, ...]:
        found = []
        for work in (
            lambda: balances.materials(depot, "main"),
            lambda: garments.garment_balances(depot),
            lambda: ageing.idle_stock(depot, "main"),
            lambda: balances.low_stock(depot),
            lambda: card(depot, fabric(depot)),
        ):
            depot.memo.clear()
            with count_queries() as log:
                work()
            found.append(log.count)
        return tuple(found)

    put(depot, fabric(depot), "1")
    put(depot, shirt(depot), "1", kind="goods_in")
    count()  # the first look of a day at the ages reads them all
    first = count()
    for n in range(12):
        put(depot, fabric(depot, "WHT", lot=f"L{n}"), "1")
        put(depot, fabric(depot, lot=f"L{n}"), "1")
        put(depot, shirt(depot, "ML"[n % 2]), "1", kind="goods_in")
    assert count() == first
    assert max(first) <= 20, first
