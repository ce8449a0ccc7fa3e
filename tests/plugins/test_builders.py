"""What plugins offer to the tests of others: each builder gives a document that stands, as a fixture and called twice."""

from __future__ import annotations

from decimal import Decimal

from core import ledger


def test_each_builder_makes_a_document_that_stands(
    ctx, make_order, make_factory_order, make_purchase_order, make_stock
):
    order = make_order()
    assert (order.state, sum(line.qty for line in order.lines)) == ("confirmed", 300)
    work = make_factory_order(order)
    assert (work.state, work.total) == ("issued", Decimal("750"))
    bought = make_purchase_order(("FAB", "120", "2.50"), ("LIN", "10", "1"))
    assert (bought.state, bought.total) == ("issued", Decimal("310"))
    item = make_stock("FAB", "70")
    make_stock("FAB", "30")
    assert sum(ledger.balances(ctx, items=[item], place_kinds=["store"]).values()) == 100


def test_a_builder_stops_where_it_is_told(make_order, make_factory_order):
    draft = make_order(("ST-9", "RED", "DE-HAM", {"M": 5}), customer="C9", confirm=False)
    assert (draft.state, draft.customer.code) == ("draft", "C9")
    assert make_factory_order(issue=False).state == "draft"


def test_the_demo_company_is_there_under_its_short_name(demo, demo_tenant):
    assert demo is demo_tenant
