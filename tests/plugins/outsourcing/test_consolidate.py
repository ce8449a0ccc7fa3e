"""Customer orders ticked in their list become one factory order: factory proposed, everything that is left, prices listed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from core.api import Ctx, Refused
from core.entities import audit, transitions
from plugins.orders.models import CustomerOrder
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.services import consolidate, contracts, rows
from tests.plugins.outsourcing.conftest import do, made, picked, pieces, sold


def make(ctx: Ctx, *orders: CustomerOrder, factory: str = "F1") -> FactoryOrder:
    kind = ctx.registry.get("orders.order")
    [done] = transitions.run_on_many(ctx, kind, orders, "factory_order", {"factory": factory})
    assert isinstance(done, FactoryOrder)
    return done


def test_three_orders_become_one(shop: Ctx) -> None:
    small = {"S": 10, "M": 20}
    orders = [sold(shop, ("ST-1", "NVY", "US-LAX", small), po=f"PO-{i}") for i in (1, 2, 3)]
    do(shop, made(shop, "F2"), "add_work", work=picked(orders[0].number), share="50")
    order = make(shop, *orders)
    assert (order.factory.code, order.currency, order.total) == ("F1", "USD", Decimal("187.50"))
    assert pieces(shop, order) == {1: 15, 2: 30, 3: 30}
    assert [line.customer_po for line in rows.lines(shop, order)] == ["PO-1", "PO-2", "PO-3"]
    for each in orders:
        newest = audit.audit_history(shop, "orders.order", each.id)[0]
        assert (newest.action, newest.changes) == ("factory_order", [["factory order", None, order.number]])
    with pytest.raises(Refused) as caught:
        make(shop, *orders)
    assert [str(p).split(":")[0] for p in caught.value.problems] == [o.number for o in orders]


def test_the_factory_is_the_one_that_knows_the_styles(shop: Ctx, so: CustomerOrder) -> None:
    def proposed() -> str:
        shop.memo.clear()
        found = consolidate.proposal(shop, [so]).factory
        return found.code if found is not None else ""

    assert proposed() == "F1"  # its price list has ST-1
    order = made(shop, "F2")
    do(shop, order, "add_work", work=picked(so.number, "ST-2"))
    assert proposed() == "F1"  # what is left is ST-1, which F2 has never made
    other = sold(shop, ("ST-2", "NVY", "US-LAX", {"S": 1}), po="PO-2")
    assert consolidate.proposal(shop, [other]).factory is order.factory
    order.factory.active = False
    shop.session.flush()
    shop.memo.clear()
    assert consolidate.proposal(shop, [other]).factory is not order.factory


def test_what_it_would_hold(shop: Ctx, so: CustomerOrder) -> None:
    found = consolidate.proposal(shop, [so])
    told = [(s.style, s.destination, s.unallocated, price, amount) for s, price, amount in found.lines]
    assert told == [
        ("ST-1", "US-LAX", 600, Decimal("2.5"), Decimal(1500)),
        ("ST-1", "DE-HAM", 300, Decimal("2.5"), Decimal(750)),
        ("ST-2", "US-LAX", 300, None, None),
    ]
    assert (found.qty, found.total) == (1200, None)


def test_in_the_browser_made_and_issued_at_once(
    shop: Ctx, so: CustomerOrder, client_as: Callable[..., Any]
) -> None:
    """Prices that are missing hold the issue, and then nothing is made. The contract is made as its dialog starts."""
    priced = sold(shop, ("ST-1", "NVY", "US-LAX", {"S": 5}), po="PO-2")
    shop.session.commit()
    merch = client_as("merch")
    form = {"row": [so.id, priced.id], "factory": "F1", "_then": "1"}
    reply = merch.post("/orders/order/with/factory_order", data=form)
    assert (reply.status_code, "ST-2" in reply.text) == (422, True)
    reply = merch.post("/orders/order/with/factory_order", data={**form, "row": [priced.id]})
    assert reply.status_code == 302
    page = merch.get(reply.location).text
    assert page.count("data-next") == 1
    assert 'name="_at_once"' in page
    assert merch.post(f"{reply.location}/do/generate_contract", data={"_at_once": "1"}).status_code == 302
    shop.session.rollback()
    [order] = [o for o in shop.session.query(FactoryOrder).all() if o.state == "issued"]
    assert contracts.of_order(shop, order, contracts.current(shop, order).id).language == "zh_Hant_TW"
    assert client_as("wh").post("/orders/order/with/factory_order", data=form).status_code == 403
