"""退貨 and 結清: what comes back at most, who bears it, and what 100 % is made of."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core import ledger
from core.api import Ctx, Refused, run_action, save_row
from core.testing.scenes import stage
from plugins.catalog.testing import make_style
from plugins.fulfilment.services import progress, rows
from plugins.fulfilment.services.explaining import Cell
from plugins.fulfilment.words import RETURN
from plugins.orders.models import CustomerOrder
from plugins.purchasing.api import positions
from plugins.shipping.services import shipping_lines
from plugins.shipping.shown import panels
from plugins.statistics.services.sums import Asked
from plugins.statistics.services.views import table_of
from plugins.stock.api import garment, stores
from tests.plugins.factory_stock.conftest import shipped
from tests.plugins.fulfilment.trade import came, goods_alone, row_of, settled, sold, went_back
from tests.plugins.stock.conftest import paper, st


@stage
def order(ctx: Ctx) -> CustomerOrder:
    """10 pieces of one vendor, 8 of them here for good."""
    made = sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 10}))
    came(ctx, made, ("ST-1", {"S": 8}), final=True)
    return made


def cell(ctx: Ctx, order: CustomerOrder) -> Cell:
    (found,) = row_of(ctx, order).cells.values()
    return found


def explained(ctx: Ctx, order: CustomerOrder) -> tuple[int, ...]:
    at = cell(ctx, order)
    return at.accepted, at.replaced, at.substituted, at.settled, at.open


@pytest.mark.parametrize(
    ("bearer", "remedy", "what", "position"),
    [
        ("seller", "credit", (5, 0, 0, 3, 2), (8, 0, 0)),
        ("buyer", "none", (5, 0, 0, 3, 2), (8, 0, 0)),
        ("carrier", "credit", (5, 0, 0, 3, 2), (8, 0, 0)),
        ("vendor", "credit", (5, 0, 0, 3, 2), (8, 0, 3)),
        ("vendor", "replacement", (5, 0, 0, 0, 5), (5, 3, 0)),
        ("seller", "replacement", (5, 0, 0, 0, 5), (8, 0, 0)),
    ],
)
def test_who_bears_it_and_what_the_customer_gets(
    ctx: Ctx, order: CustomerOrder, bearer: str, remedy: str, what: tuple[int, ...], position: tuple[int, ...]
) -> None:
    made = went_back(ctx, order, "ST-1", {"S": 3}, bearer=bearer, remedy=remedy)
    assert explained(ctx, order) == what
    at = positions.of_lines(ctx, [cell(ctx, order).purchase_line_id])[cell(ctx, order).purchase_line_id]
    assert (at.accepted, at.returned, at.credited) == position
    (told,) = [each for answer in ctx.hooks.goods_returned(order_ids=[order.id]) for each in answer]
    assert (told.number, told.qty, told.bearer, told.remedy, told.price) == (
        made.number,
        3,
        bearer,
        remedy,
        5,
    )
    assert told.vendor_id == row_of(ctx, order).vendor_id
    size = next(iter(row_of(ctx, order).cells))
    (delivered,) = [each for each in ctx.hooks.goods_delivered(order_ids=[order.id]) if each]
    assert delivered == {(row_of(ctx, order).line_id, size): 8}  # what came back is told apart
    run_action(ctx, ctx.registry.get(RETURN), made, "reverse", {"reason": "it was another's"})
    assert explained(ctx, order) == (8, 0, 0, 0, 2)
    assert ledger.verify(ctx) == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"sizes": {"S": 9}}, "8 were accepted finally"),
        ({"reason": ""}, "Say why it comes back"),
        ({"bearer": "buyer"}, "neither credited nor replaced"),
        ({"remedy": "none"}, "Who bears it"),
    ],
)
def test_what_is_refused(ctx: Ctx, order: CustomerOrder, data: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        went_back(ctx, order, "ST-1", **{"sizes": {"S": 1}, **data})


def test_a_return_names_its_order(ctx: Ctx) -> None:
    head = {"bearer": "seller", "remedy": "credit", "fate": "scrap", "source": "customer", "day": ctx.today()}
    with pytest.raises(Refused, match="order"):
        save_row(ctx, ctx.registry.get(RETURN), None, head)


def test_only_what_is_final_comes_back(ctx: Ctx, order: CustomerOrder) -> None:
    came(ctx, order, ("ST-1", {"S": 2}))  # posted, not finalised
    with pytest.raises(Refused, match="8 were accepted finally"):
        went_back(ctx, order, "ST-1", {"S": 9})
    went_back(ctx, order, "ST-1", {"S": 8})
    with pytest.raises(Refused, match="0 were accepted finally"):
        went_back(ctx, order, "ST-1", {"S": 1})


def test_replacements_come_for_what_went_back(ctx: Ctx, order: CustomerOrder) -> None:
    back = went_back(ctx, order, "ST-1", {"S": 3}, bearer="vendor", remedy="replacement", fate="vendor")
    assert (cell(ctx, order).balance, cell(ctx, order).to_replace) == (2, 3)
    with pytest.raises(Refused, match="3 are to be replaced"):
        came(ctx, order, ("ST-1", {"S": 4}), again=True)
    came(ctx, order, ("ST-1", {"S": 3}), again=True)
    assert explained(ctx, order) == (5, 3, 0, 0, 2)
    with pytest.raises(Refused, match="replaced or settled meanwhile"):
        run_action(ctx, ctx.registry.get(RETURN), back, "reverse", {"reason": "no"})


def test_restocked_pieces_lie_in_the_store(ctx: Ctx, order: CustomerOrder) -> None:
    went_back(ctx, order, "ST-1", {"S": 3}, fate="restock")
    row, store = row_of(ctx, order), stores.place(stores.default(ctx).id)
    size = next(iter(row.cells))
    assert ledger.balances(ctx, places=[store]) == {
        (garment(row.style_id, row.color_id, size), store): Decimal(3)
    }


def test_the_rest_is_settled_and_explained(ctx: Ctx, order: CustomerOrder) -> None:
    goods_alone(ctx)
    make_style(ctx, "ST-2", ("WHT",))
    with pytest.raises(Refused, match="2 are open"):
        settled(ctx, order, "ST-1", {"S": 3})
    with pytest.raises(Refused, match="By which style"):
        settled(ctx, order, "ST-1", {"S": 1}, "substitution")
    settled(ctx, order, "ST-1", {"S": 1}, "substitution", style="ST-2", color="WHT", price="4.5", by_size="M")
    settled(ctx, order, "ST-1", {"S": 1}, "agreement")
    assert explained(ctx, order) == (8, 0, 1, 1, 0)
    assert progress.rates_of(rows.of_orders(ctx, [order.id])).whole
    assert order.state == "closed"  # the last of it cleared the order
    went_back(ctx, order, "ST-1", {"S": 1})  # a customer may still send back
    assert explained(ctx, order) == (7, 0, 1, 2, 0)


def test_substitutes_leave_the_store(ctx: Ctx, order: CustomerOrder) -> None:
    other = sold(ctx, ("ST-2", "NVY", "US-LAX", {"S": 5}))
    came(ctx, other, ("ST-2", {"S": 5}), place="ours", final=True)
    went_back(ctx, other, "ST-2", {"S": 5}, source="store", fate="restock")  # free now
    store = stores.default(ctx)
    with pytest.raises(Refused, match="free"):
        settled(
            ctx, order, "ST-1", {"S": 1}, "substitution", style="ST-2", color="NVY", by_size="M", store=store
        )
    settled(ctx, order, "ST-1", {"S": 2}, "substitution", style="ST-2", color="NVY", price="4", store=store)
    left = ledger.balances(ctx, places=[stores.place(store.id)])
    assert list(left.values()) == [3]
    assert ledger.verify(ctx) == []


def test_what_came_back_to_a_store_counts_once(ctx: Ctx, order: CustomerOrder) -> None:
    goods_alone(ctx)
    span = Asked(ctx.today(), ctx.today())
    sheet = came(ctx, order, ("ST-1", {"S": 2}), place="ours")
    sent = shipped(ctx, order, {"NVY": {"S": 2}})
    for verb in ("confirm", "ship"):
        run_action(ctx, ctx.registry.entity_for(sent), sent, verb)
    run_action(ctx, ctx.registry.entity_for(sheet), sheet, "finalise")
    assert order.state == "closed"
    by_us = went_back(
        ctx, order, "ST-1", {"S": 1}, fate="restock", remedy="replacement"
    )  # through stock: one of the two
    assert (explained(ctx, order), order.state) == ((9, 0, 0, 0, 1), "confirmed")
    back = paper(
        ctx, "customer_return", st(ctx, "1"), owner=order.number, cause="defect", settlement="replacement"
    )
    run_action(ctx, ctx.registry.entity_for(back), back, "post")
    assert explained(ctx, order) == (8, 0, 0, 0, 2)
    ours = [id for answer in ctx.hooks.own_returns() for id in ctx.session.scalars(answer)]
    assert (len(ours), back.id in ours) == (1, False), "the store's own papers are told of by shipping"
    told = [each for answer in ctx.hooks.goods_returned(order_ids=[order.id]) for each in answer]
    assert [(each.number, each.qty, each.bearer, each.remedy) for each in told] == [
        (by_us.number, 1, "seller", "replacement"),
        (back.number, 1, "seller", "replacement"),
    ]
    with pytest.raises(Refused, match="8 were accepted finally"):
        went_back(ctx, order, "ST-1", {"S": 9})
    shipped_now = {
        row.code: row.figures["qty"] for row in table_of(ctx, "documents", "", span, "shipped").rows
    }
    assert shipped_now == {sent.number: 2, by_us.number: -1, back.number: -1}
    came(ctx, order, ("ST-1", {"S": 2}), again=True, final=True)
    assert (explained(ctx, order), order.state) == ((8, 2, 0, 0, 0), "closed")
    with pytest.raises(Refused, match="replaced or settled meanwhile"):
        run_action(ctx, ctx.registry.entity_for(back), back, "reverse", {"reason": "no"})


def wanted(ctx: Ctx, order: CustomerOrder) -> Decimal:
    """Pieces that plans see this order wait for."""
    ctx.memo.clear()
    found = (
        each
        for answer in ctx.hooks.plan_demand(until=None, styles=None, materials=())
        for each in answer or ()
    )
    return sum((each.qty for each in found if each.source.id == order.id), Decimal(0))


@pytest.mark.parametrize("place", ["customer", "vendor"])
def test_nobody_plans_what_customers_have_or_want_no_more(ctx: Ctx, place: str) -> None:
    """10 wanted: 8 that never were ours are with the customer, 3 come back (replaced, credited), 1 is settled."""
    goods_alone(ctx)
    order = sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 10}))
    assert wanted(ctx, order) == 10
    came(ctx, order, ("ST-1", {"S": 8}), place=place, final=True)
    assert wanted(ctx, order) == 2
    went_back(ctx, order, "ST-1", {"S": 2}, remedy="replacement")
    assert wanted(ctx, order) == 4
    went_back(ctx, order, "ST-1", {"S": 1}, remedy="credit")
    assert wanted(ctx, order) == 4
    settled(ctx, order, "ST-1", {"S": 1})
    assert wanted(ctx, order) == 3


def test_a_plan_counts_what_came_back_through_a_store_once(ctx: Ctx) -> None:
    """10 wanted: 6 straight from the vendor, 3 of ours shipped, 1 here and not shipped. 4 come back to be replaced, 3 of them
    of ours (through stock): 5 with the customer. The one that is here goes back to the vendor, who credits it."""
    goods_alone(ctx)
    order = sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 10}))
    came(ctx, order, ("ST-1", {"S": 6}), place="customer", final=True)
    came(ctx, order, ("ST-1", {"S": 4}), place="ours", final=True)
    sent = shipped(ctx, order, {"NVY": {"S": 3}})
    for verb in ("confirm", "ship"):
        run_action(ctx, ctx.registry.entity_for(sent), sent, verb)
    assert wanted(ctx, order) == 1
    went_back(ctx, order, "ST-1", {"S": 4}, remedy="replacement")
    assert wanted(ctx, order) == 5
    went_back(ctx, order, "ST-1", {"S": 1}, source="store", bearer="vendor", fate="vendor")
    assert wanted(ctx, order) == 4


def test_no_shipment_proposes_what_the_customer_has(ctx: Ctx) -> None:
    """10 wanted, 7 straight from the vendor, 1 settled: 2 may still be shipped, and the order's page says so."""
    goods_alone(ctx)
    order = sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 10}))
    came(ctx, order, ("ST-1", {"S": 7}), place="customer", final=True)
    settled(ctx, order, "ST-1", {"S": 1})
    (row,) = shipping_lines.sheet(ctx, shipped(ctx, order, {}))
    assert [cell.open for cell in row.cells.values()] == [2, 0, 0]
    (panel,) = panels.of_order(ctx, order)
    (line,) = panel.values["rows"]  # type: ignore[index, call-overload]
    assert line[1:] == (0, 0, 8)
