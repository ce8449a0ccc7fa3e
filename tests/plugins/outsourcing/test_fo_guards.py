"""Guards say every reason at once; goods-in, four eyes and closing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.api import Ctx, Refused, audit_history
from core.entities.recording import flush_rows
from plugins.catalog.models import FactoryPrice
from plugins.orders.models import CustomerOrder
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.services import allocation, amounts, prices, rows, snapshot
from tests.plugins.outsourcing.conftest import GoodsIn, do, made, picked, pieces, priced, sized, sold


def reasons(caught: Any) -> str:
    return " | ".join(str(p) for p in caught.value.problems)


def test_issue_names_everything_that_is_missing(shop: Ctx, so: CustomerOrder) -> None:
    order = made(shop)
    with pytest.raises(Refused, match="no line yet"):
        do(shop, order, "issue")
    do(shop, order, "add_work", work=picked(so.number))
    first, second, _third = rows.lines(shop, order)
    do(shop, order, "set_quantities", line=1, sizes=sized("NVY", S=0, M=0, L=0) + sized("WHT", S=0, M=0, L=0))
    second.ship_date = None
    second.qty += 1
    order.factory.active = False
    flush_rows(shop.session)
    with pytest.raises(Refused) as caught:
        do(shop, order, "issue")
    found = reasons(caught)
    for part in (
        "F1 is not an active factory",
        "Line 1: the quantity is 0",
        "Line 2: the sizes add up to 300, not to 301",
        "Line 2: there is no ship date",
        "Line 3: ST-2 has no factory price",
    ):
        assert part in found
    assert len(caught.value.problems) == 5
    assert first.qty == 0


def test_a_zero_price_needs_a_reason(shop: Ctx, fo: FactoryOrder) -> None:
    with pytest.raises(Refused, match="needs a reason"):
        do(shop, fo, "set_price", style="ST-1", price="0")
    do(shop, fo, "set_price", style="ST-1", price="0", reason="sample run")
    do(shop, fo, "issue")
    assert fo.total == 0
    assert shop.registry.get("outsourcing.order").figures(shop, fo)["progress"] is None  # type: ignore[misc]


def test_bad_prices_are_refused_at_their_input(shop: Ctx, fo: FactoryOrder, subtests: Any) -> None:
    for price in ("-1", "1.1234567", "abc", "1e3", ""):
        with subtests.test(price=price):
            with pytest.raises(Refused) as caught:
                do(shop, fo, "set_price", style="ST-1", price=price)
            assert caught.value.problems[0].field == "price"


BAD_SIZES = [
    (sized("NVY", S=-1), "cannot be negative"), ([{"color": "NVY", "size": "S", "pcs": "1.5"}], "whole pieces"),
    ([{"color": "NVY", "size": "S", "pcs": "x"}], "not a number"), (sized("NVY", XXL=1), "no NVY/XXL"),
    (sized("RED", S=1), "no RED/S"), (sized("NVY", S=1) + sized("NVY", S=2), "stands there twice"),
    ([{"color": "NVY", "S": 3}], "no field S"), (sized("NVY", S=99999999999), "too large"),
    ([{"cell": 999_999, "pcs": 1}], "no 999999"), ([], "At least one row"),
]  # fmt: skip


def test_bad_quantities_are_refused(shop: Ctx, fo: FactoryOrder, subtests: Any) -> None:
    before = pieces(shop, fo)
    for sizes, message in BAD_SIZES:
        with subtests.test(sizes=sizes):
            with pytest.raises(Refused, match=message):
                do(shop, fo, "set_quantities", line=1, sizes=sizes)
            assert pieces(shop, fo) == before


def test_sizes_must_add_up_to_the_total_given(shop: Ctx, fo: FactoryOrder) -> None:
    with pytest.raises(Refused, match="add up to 510 pieces, not to 500"):
        do(shop, fo, "set_quantities", line=1, sizes=sized("NVY", S=10), pieces="500")
    do(shop, fo, "set_quantities", line=1, sizes=sized("NVY", S=10), pieces="510")
    assert (fo.qty, fo.total) == (810, Decimal("2025"))


def test_a_line_may_have_a_price_of_its_own_with_a_reason(shop: Ctx, fo: FactoryOrder) -> None:
    with pytest.raises(Refused, match="Say why"):
        do(shop, fo, "set_price", line=2, price="2.80")
    do(shop, fo, "set_price", line=2, price="2.80", reason="lined")
    do(shop, fo, "set_price", style="ST-1", price="2.60")
    assert [(x.price, x.amount) for x in rows.lines(shop, fo)] == [
        (Decimal("2.6"), Decimal("1560")),
        (Decimal("2.8"), Decimal("840")),
    ]
    do(shop, fo, "set_price", line=2)
    assert fo.total == Decimal("2340")


def test_removing_a_line_numbers_the_rest_anew(shop: Ctx, fo: FactoryOrder, so: CustomerOrder) -> None:
    do(shop, fo, "add_work", work=picked(so.number, "ST-2"))
    do(shop, fo, "remove_line", line=1)
    assert pieces(shop, fo) == {1: 300, 2: 300}
    do(shop, fo, "remove_line", line=2)  # the last of ST-2: its price goes too
    assert len(shop.registry.get("outsourcing.order").figures(shop, fo)["prices"]) == 1  # type: ignore[misc]
    do(shop, fo, "add_work", work=picked(so.number, "ST-1", "US-LAX"))
    assert fo.qty == 900


# --- four eyes ----------------------------------------------------------------------------------------------------------


def test_four_eyes(
    shop: Ctx, so: CustomerOrder, ctx_as: Callable[..., Any], user_of: Callable[..., Any]
) -> None:
    shop.set_setting("outsourcing.four_eyes", True)
    number = so.number
    shop.session.commit()
    with ctx_as("mgr") as ctx:
        order = made(ctx)
        do(ctx, order, "add_work", work=picked(number, "ST-1"))
        with pytest.raises(Refused, match="you made"):
            do(ctx, order, "issue")
        order_id = order.id
    with ctx_as("merch") as ctx:
        row = ctx.session.get(FactoryOrder, (ctx.tenant.id, order_id))
        with pytest.raises(Refused, match="a manager must do this"):
            do(ctx, row, "issue")
    with ctx_as("mgr,fin") as ctx:  # another manager
        row = ctx.session.get(FactoryOrder, (ctx.tenant.id, order_id))
        do(ctx, row, "issue")
        do(ctx, row, "revise", style_prices=priced(ST_1="2.6"), reason="agreed")
        do(ctx, row, "start")
        do(ctx, row, "short_close", reason="enough")
        assert row.state == "completed"


# --- completion ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("unrecorded")
def test_without_goods_in_somebody_says_so(shop: Ctx, issued: FactoryOrder) -> None:
    do(shop, issued, "start")
    with pytest.raises(Refused, match="say who confirmed"):
        do(shop, issued, "complete")
    do(shop, issued, "complete", statement="Mr. Hu, by phone")
    entry = audit_history(shop, "outsourcing.order", issued.id)[0]
    assert ["statement", None, "Mr. Hu, by phone"] in (entry.changes or [])


def test_with_goods_in_quantities_decide(goods: GoodsIn, shop: Ctx, issued: FactoryOrder) -> None:
    do(shop, issued, "start")
    goods.accept(shop, issued, 0.98)
    with pytest.raises(Refused, match="Line 1 is short: NVY/S −2") as caught:
        do(shop, issued, "complete", statement="all there")
    assert "short-close" in reasons(caught)
    shop.set_setting("outsourcing.under_pct", 2)
    goods.came[next(iter(goods.came))] -= 1
    with pytest.raises(Refused, match="Line 1 is short: NVY/S −3"):
        do(shop, issued, "complete", statement="all there")
    goods.came[next(iter(goods.came))] += 1
    do(shop, issued, "complete")
    assert issued.state == "completed"


def test_one_long_size_does_not_hide_a_short_one(goods: GoodsIn, shop: Ctx, issued: FactoryOrder) -> None:
    do(shop, issued, "start")
    goods.accept(shop, issued)
    key = next(iter(goods.came))
    goods.came[key] = 50
    for other in list(goods.came)[1:]:
        goods.came[other] = 200
    with pytest.raises(Refused, match="is short"):
        do(shop, issued, "complete")


def test_short_closing_releases_what_will_not_come(
    goods: GoodsIn, shop: Ctx, issued: FactoryOrder, so: CustomerOrder
) -> None:
    do(shop, issued, "start")
    goods.accept(shop, issued, 1.0, line=1)
    goods.accept(shop, issued, 0.4, line=2)
    do(shop, issued, "short_close", reason="machine broke")
    assert issued.state == "completed"
    assert [x.short_closed for x in rows.lines(shop, issued)] == [False, True]
    other = made(shop, "F2")
    do(shop, other, "add_work", work=picked(so.number, "ST-1"))
    assert pieces(shop, other) == {1: 180}
    # reopening takes the pieces back, where nobody else has them
    limited = frozenset({"outsourcing.order.reopen"})
    shop.permissions = limited
    with pytest.raises(Refused, match="more than the"):
        do(shop, issued, "reopen", reason="they found more")
    shop.permissions = frozenset({"*"})
    do(shop, other, "cancel", reason="not needed")
    shop.permissions = limited
    do(shop, issued, "reopen", reason="they found more")
    assert issued.state == "in_production"
    assert not any(c.released for c in rows.cells(shop, [issued.id]))


def test_one_line_may_be_short_closed(goods: GoodsIn, shop: Ctx, issued: FactoryOrder) -> None:
    do(shop, issued, "start")
    goods.accept(shop, issued, 0.5, line=2)
    do(shop, issued, "short_close", line=2, reason="enough")
    assert issued.state == "in_production"
    goods.accept(shop, issued, 1.0, line=1)
    do(shop, issued, "complete")


def test_the_ship_date_is_the_earliest_of_what_is_still_made(
    goods: GoodsIn, shop: Ctx, issued: FactoryOrder
) -> None:
    first, second = rows.lines(shop, issued)
    first.ship_date, second.ship_date = date(2027, 1, 20), date(2027, 1, 5)
    amounts.refresh(shop, issued)
    assert issued.ship_date == date(2027, 1, 5)
    do(shop, issued, "start")
    goods.accept(shop, issued, 0.5, line=2)
    do(shop, issued, "short_close", line=2, reason="enough")
    assert issued.ship_date == date(2027, 1, 20)
    goods.accept(shop, issued, 0.5, line=1)
    do(shop, issued, "short_close", reason="enough")  # nothing is left: the earliest there was
    assert issued.ship_date == date(2027, 1, 5)
    do(shop, issued, "reopen", reason="they found more")
    assert issued.ship_date == date(2027, 1, 5)


def test_a_line_that_the_customer_cancelled_ships_no_more(shop: Ctx, issued: FactoryOrder) -> None:
    first, second = rows.lines(shop, issued)
    first.ship_date, second.ship_date = date(2027, 1, 5), date(2027, 1, 20)
    first.flag = "cancelled"
    assert (amounts.refresh(shop, issued), issued.ship_date)[1] == date(2027, 1, 20)


def test_what_came_in_stands_in_the_way(goods: GoodsIn, shop: Ctx, issued: FactoryOrder) -> None:
    goods.accept(shop, issued, 0.1)
    with pytest.raises(Refused, match="90 finished pieces have come in"):
        do(shop, issued, "withdraw")
    with pytest.raises(Refused, match="90 finished pieces have come in"):
        do(shop, issued, "cancel", reason="no")
    do(shop, issued, "start")
    with pytest.raises(Refused, match="90 finished pieces have come in"):
        do(shop, issued, "reopen", reason="no")


def test_start_may_need_the_signed_contract(shop: Ctx, issued: FactoryOrder) -> None:
    shop.set_setting("outsourcing.require_signed_contract", True)
    with pytest.raises(Refused, match="not signed"):
        do(shop, issued, "start")
    issued.contract_status = "signed"
    do(shop, issued, "start")


@pytest.mark.usefixtures("unrecorded")
def test_closing_needs_everything_paid_or_a_manager(
    shop: Ctx, issued: FactoryOrder, ctx_as: Callable[..., Any]
) -> None:
    do(shop, issued, "start")
    do(shop, issued, "complete", statement="yes")
    number = issued.id
    shop.session.commit()
    with ctx_as("fin") as ctx:
        row = ctx.session.get(FactoryOrder, (ctx.tenant.id, number))
        with pytest.raises(Refused, match="Paid 0 is not payable 2250"):
            do(ctx, row, "close")
    with ctx_as("mgr") as ctx:
        row = ctx.session.get(FactoryOrder, (ctx.tenant.id, number))
        do(ctx, row, "close")
        assert row.state == "closed"


def test_an_issued_factory_order_keeps_what_it_said(
    shop: Ctx, issued: FactoryOrder, so: CustomerOrder
) -> None:
    said = issued.snapshot
    assert said is not None
    issued.factory.name = "Renamed"
    flush_rows(shop.session)
    assert said.factory.name == "Factory one"
    assert said.lines[0].customer_po == "PO-1"
    assert said.total == 2250


def test_the_price_list_knows_breaks_validity_and_currency(shop: Ctx, fo: FactoryOrder) -> None:
    style = rows.lines(shop, fo)[0].style_id

    def listed(
        price: str, least: int = 0, currency: str = "USD", start: date = date(2026, 2, 1), **more: Any
    ) -> None:
        shop.session.add(
            FactoryPrice(factory_id=fo.factory_id, style_id=style, currency=currency, price=Decimal(price), min_qty=least,
                         valid_from=start, **more)
        )  # fmt: skip
        flush_rows(shop.session)

    listed("2.40", 500)
    listed("2.20", 1000)
    listed("1.00", 500, "CNY")
    listed("1.10", 600, valid_to=date(2026, 3, 1))
    listed("1.20", 600, start=date(2027, 1, 1))
    listed("1.30", 600, process="printing")
    found = {n: prices.proposed(shop, fo, {style: n})[style] for n in (1, 499, 500, 999, 1000)}
    assert found == {
        1: Decimal("2.5"), 499: Decimal("2.5"), 500: Decimal("2.4"), 999: Decimal("2.4"), 1000: Decimal("2.2")
    }  # fmt: skip


def test_two_ship_dates_of_one_colour_are_one_line(shop: Ctx) -> None:
    from plugins.orders.services import lines as order_lines
    from plugins.orders.services.inputs import LineInput

    so = sold(shop, ("ST-1", "NVY", "US-LAX", {"S": 10, "M": 10}), confirm=False)
    order_lines.save_lines(
        shop, so,
        [LineInput(style="ST-1", color="NVY", destination="US-LAX", ship_date=date(2026, 12, d), price="5",
                   sizes=(("S", "10"), ("M", "20")), name=f"lines-{d}") for d in (20, 11)],
    )  # fmt: skip
    do(shop, so, "confirm")
    order = made(shop)
    do(shop, order, "add_work", work=picked(so.number))
    (line,) = rows.lines(shop, order)
    assert (line.qty, line.ship_date) == (60, date(2026, 12, 11))
    do(shop, order, "set_quantities", line=1, sizes=sized("NVY", S=15))
    cells = [
        c.qty for c in rows.cells(shop, [order.id]) if c.size_id == rows.cells(shop, [order.id])[0].size_id
    ]
    assert sorted(cells) == [5, 10]
    assert snapshot.build_snapshot(shop, order).lines[0].colors[0].sizes == (("S", 15), ("M", 40), ("L", 0))
    assert allocation.excess(shop, {}, order_id=order.id) == []
