"""The Hub page names orders that differ from their purchase orders, and those whose dear goods are late."""

from __future__ import annotations

from plugins.fulfilment.shown import hub_page
from plugins.orders.testing import make_order
from tests.plugins.fulfilment.conftest import do, in_context, split
from tests.plugins.fulfilment.test_sync import add, change
from tests.plugins.fulfilment.trade import buy, came


def told(ctx):
    ctx.memo.clear()
    return [task.subject for task in hub_page.tasks(ctx)]


def test_orders_that_differ_wait_for_who_may_put_it_right(ctx, sold, client_as):
    split(ctx, sold)
    assert told(ctx) == []
    change(ctx, sold, 0, {"S": 10, "M": 20, "L": 31})
    assert told(ctx) == []  # one more may be bought anywhere
    change(ctx, sold, 0, {"S": 9, "M": 20, "L": 31})
    assert told(ctx) == [sold.number]
    do(ctx, sold, "align", reason="more")
    assert told(ctx) == []
    add(ctx, sold, ("TEE", "WHT", "US-LAX", {"S": 3}))
    assert told(ctx) == []  # to be bought
    in_context(ctx, sold, reference="required")
    assert told(ctx) == [sold.number]
    ctx.session.commit()
    for role, sees in (("purch", True), ("wh", False)):
        assert ("Bring purchase orders in line" in client_as(role).get("/").text) == sees


def test_dear_goods_that_are_late(ctx, client_as):
    order = make_order(
        ctx, ("ST-1", "NVY", "US-LAX", {"S": 10}), ("ST-2", "NVY", "US-LAX", {"S": 10}), price="5"
    )
    for vendor in ("V1", "V2"):
        buy(ctx, order, vendor)
    came(ctx, order, ("ST-1", {"S": 9}))
    assert hub_page.alerts(ctx) == []
    change(ctx, order, 1, price="20")
    ctx.memo.clear()
    (alert,) = hub_page.alerts(ctx)  # 45 % of the pieces, 18 % of the value
    assert ("45" in str(alert.message), "18" in str(alert.message)) == (True, True)
    ctx.session.commit()
    assert f"/fulfilment/progress/{order.id}" in client_as("mgr").get("/").text
    assert f"/fulfilment/progress/{order.id}" not in client_as("wh").get("/").text
