"""Adding work: everything comes in by itself, and never more than was ordered."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.api import Ctx, Refused, run_action
from plugins.orders.models import CustomerOrder
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine
from plugins.outsourcing.services import allocation, rows
from plugins.outsourcing.services.work import share_out
from tests.plugins.outsourcing.conftest import SHIP, do, made, picked, pieces, sized, sold
from tests.support.order import examples


def messages(caught: Any) -> str:
    return " | ".join(str(p) for p in caught.value.problems)


def test_everything_comes_in_by_itself(shop: Ctx, so: CustomerOrder) -> None:
    order = made(shop)
    do(shop, order, "add_work", work=picked(so.number.lower()))
    found = rows.lines(shop, order)
    assert [
        (x.position, x.style.code, x.destination.code, x.customer_po, x.ship_date, x.qty) for x in found
    ] == [
        (1, "ST-1", "US-LAX", "PO-1", SHIP, 600),
        (2, "ST-1", "DE-HAM", "PO-1", SHIP, 300),
        (3, "ST-2", "US-LAX", "PO-1", SHIP, 300),
    ]
    assert (order.currency, order.terms.code, order.qty, order.ship_date) == ("USD", "T3070", 1200, SHIP)
    assert [x.price for x in found] == [
        Decimal("2.5"),
        Decimal("2.5"),
        None,
    ]  # the price list knows ST-1 only
    assert order.total == Decimal("2250")


def test_one_order_style_over_two_factories_60_40(shop: Ctx, so: CustomerOrder) -> None:
    one, two = made(shop), made(shop, "F2")
    do(shop, one, "add_work", work=picked(so.number, "ST-1", "US-LAX"), share="60")
    do(shop, two, "add_work", work=picked(so.number, "ST-1", "US-LAX"))
    assert pieces(shop, one) == {1: 360}
    assert pieces(shop, two) == {1: 240}
    assert {c.qty for c in rows.cells(shop, [one.id])} == {60}
    # the customer enlarges it: the rest shows on the order and is not pushed to a factory order
    assert one.qty == 360


REFUSALS: list[tuple[tuple[str, ...], str]] = [
    (("SO-0",), "no Customer order “SO-0”"),
    (("{so}", "ST-9"), "no Style “ST-9”"),
    (("{so}", "ST-1", "JP-TYO"), "no Destination “JP-TYO”"),
    (("{so}", "ST-2", "DE-HAM"), "{so}/ST-2/DE-HAM: there is no such order, style or destination"),
    (("", "ST-1"), "needed"),
    (("{so}", "ST-1"), "on this factory order already, line 1"),
    (("{draft}",), "not confirmed"),
    ((), "At least one row is needed"),
]


def test_what_is_refused(shop: Ctx, fo: FactoryOrder, so: CustomerOrder, subtests: Any) -> None:
    numbers = {
        "so": so.number,
        "draft": sold(shop, ("ST-2", "WHT", "US-LAX", {"S": 5}), confirm=False).number,
    }
    before = pieces(shop, fo)
    for typed, message in REFUSALS:
        with subtests.test(typed=typed):
            with pytest.raises(Refused) as caught:
                do(shop, fo, "add_work", work=picked(*(t.format(**numbers) for t in typed)) if typed else [])
            assert message.format(**numbers) in messages(caught)
            assert pieces(shop, fo) == before


def test_every_wrong_pick_is_named(shop: Ctx, so: CustomerOrder) -> None:
    order = made(shop)
    with pytest.raises(Refused) as caught:
        do(
            shop,
            order,
            "add_work",
            work=picked("SO-0") + picked(so.number, "ST-9") + picked(so.number, "ST-1"),
        )
    assert len(caught.value.problems) == 2
    assert pieces(shop, order) == {}


def test_nothing_left(shop: Ctx, fo: FactoryOrder, so: CustomerOrder) -> None:
    other = made(shop, "F2")
    with pytest.raises(Refused, match="on factory orders already"):
        do(shop, other, "add_work", work=picked(so.number, "ST-1", "US-LAX"))
    do(shop, other, "add_work", work=picked(so.number))  # the whole order: what is left of it
    assert pieces(shop, other) == {1: 300}


def test_a_cancelled_factory_order_gives_its_pieces_back(
    shop: Ctx, fo: FactoryOrder, so: CustomerOrder
) -> None:
    do(shop, fo, "cancel", reason="no")
    other = made(shop, "F2")
    do(shop, other, "add_work", work=picked(so.number, "ST-1"))
    assert pieces(shop, other) == {1: 600, 2: 300}
    # and then the first one no longer fits
    with pytest.raises(Refused, match="more than the"):
        run_as_merch(shop, fo)


def run_as_merch(ctx: Ctx, fo: FactoryOrder) -> None:
    ctx.permissions = frozenset({"outsourcing.order.reopen", "outsourcing.order.issue"})
    try:
        do(ctx, fo, "reopen", reason="try")
        do(ctx, fo, "issue")
    finally:
        ctx.permissions = frozenset({"*"})


def test_above_the_order_needs_a_manager(shop: Ctx, fo: FactoryOrder, ctx_as: Callable[..., Any]) -> None:
    number = fo.id
    shop.session.commit()
    with ctx_as("merch") as ctx:
        row = ctx.session.get(FactoryOrder, (ctx.tenant.id, number))
        do(ctx, row, "set_quantities", line=1, sizes=sized("NVY", S=103))  # 3 % over is allowed
        with pytest.raises(Refused) as caught:
            do(ctx, row, "set_quantities", line=1, sizes=sized("NVY", S=104))
        assert (
            "NVY S: 104 here and 0 on other factory orders are more than the 100 ordered (at most 103"
            in messages(caught)
        )
        assert caught.value.problems[0].field.startswith("cell-")
        ctx.session.rollback()
    with ctx_as("mgr") as ctx:
        row = ctx.session.get(FactoryOrder, (ctx.tenant.id, number))
        do(ctx, row, "set_quantities", line=1, sizes=sized("NVY", S=104))
        assert pieces(ctx, row)[1] == 604


def test_the_order_knows_what_is_allocated(shop: Ctx, fo: FactoryOrder, so: CustomerOrder) -> None:
    from plugins.orders.services import allocation as order_side

    assert sum(order_side.allocated(shop, [so.id]).values()) == 900
    assert sum(order_side.unallocated(shop, so).values()) == 300


def test_a_cancelled_customer_order_flags_its_lines(
    shop: Ctx, issued: FactoryOrder, so: CustomerOrder
) -> None:
    run_action(shop, shop.registry.get("orders.order"), so, "cancel", {"reason": "shop closed"})
    assert {x.flag for x in rows.lines(shop, issued)} == {"cancelled"}
    do(shop, issued, "decide_line", line=1, decision="stock", reason="sells anyway")
    do(shop, issued, "decide_line", line=2, decision="remove", reason="too many")
    assert [(x.position, x.flag) for x in rows.lines(shop, issued)] == [(1, "stock")]
    assert (issued.revision, issued.qty, issued.state) == (1, 600, "issued")
    with pytest.raises(Refused, match="not cancelled"):
        do(shop, issued, "decide_line", line=1, decision="remove", reason="x")


def test_a_draft_with_an_undecided_line_is_not_issued(shop: Ctx, fo: FactoryOrder, so: CustomerOrder) -> None:
    run_action(shop, shop.registry.get("orders.order"), so, "cancel", {"reason": "shop closed"})
    with pytest.raises(Refused, match="customer cancelled this order"):
        do(shop, fo, "issue")


# --- properties ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=12), st.integers(1, 100))
def test_shares_add_up(quantities: list[int], percent: int) -> None:
    parts = share_out(quantities, percent)
    assert sum(parts) == (sum(quantities) * percent + 50) // 100
    assert all(0 <= part <= whole for part, whole in zip(parts, quantities, strict=True))
    assert all(abs(part * 100 - whole * percent) < 100 for part, whole in zip(parts, quantities, strict=True))


@given(st.integers(0, 100_000), st.decimals(0, 50, places=2))
def test_the_limit_is_exact(ordered: int, pct: Decimal) -> None:
    most = allocation.limit(ordered, pct)
    assert most * 100 <= ordered * (100 + pct) < (most + 1) * 100


@settings(
    max_examples=examples(4, 12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(1, 100), st.integers(0, 130)), min_size=1, max_size=8
    )
)
def test_never_more_than_ordered_goes_out(shop: Ctx, steps: list[tuple[str, int, int]]) -> None:
    """Whatever two merchandisers try, all live factory orders together stay within ordered × 1.03 per size."""
    shop.permissions = frozenset({"*"})
    so = sold(shop, ("ST-1", "NVY", "US-LAX", {"S": 100, "M": 40}))
    fos = {"a": made(shop), "b": made(shop, "F2")}
    shop.permissions = frozenset(
        {"outsourcing.order.add_work", "outsourcing.order.set_quantities", "outsourcing.order.view"}
    )
    for who, share, wanted in steps:
        order = fos[who]
        savepoint = shop.session.begin_nested()
        try:
            if not rows.lines(shop, order):
                do(shop, order, "add_work", work=picked(so.number), share=share)
            else:
                do(shop, order, "set_quantities", line=1, sizes=sized("NVY", S=wanted, M=wanted // 2))
            savepoint.commit()
        except Refused:
            savepoint.rollback()
            shop.session.expire_all()
        cells = rows.cells(shop, [o.id for o in fos.values()])
        sizes: dict[int, int] = {}
        for cell in cells:
            sizes[cell.size_id] = sizes.get(cell.size_id, 0) + cell.qty
        bought = {
            size: qty
            for (_line, size), qty in allocation.ordered(shop, {c.order_line_id for c in cells}).items()
        }
        assert all(qty <= allocation.limit(bought[size], Decimal(3)) for size, qty in sizes.items())
        for o in fos.values():
            found = shop.session.query(FactoryOrderLine).filter_by(order_id=o.id).all()
            assert sum(x.qty for x in found) == sum(c.qty for c in rows.cells(shop, [o.id]))
    shop.permissions = frozenset({"*"})
