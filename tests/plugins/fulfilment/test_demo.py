"""The trading customer of the demo company: split, allotted, and told where it no longer agrees."""

from __future__ import annotations

from sqlalchemy import select

from plugins.fulfilment.api import allocations
from plugins.fulfilment.services import differences, needs, tabs
from plugins.orders.api import CustomerOrder


def test_a_season_of_a_trading_customer(hub, demo):
    with hub.context(demo) as ctx:
        number = CustomerOrder.number
        orders = {
            o.number: o for o in ctx.session.scalars(select(CustomerOrder).where(number.startswith("SO-261")))
        }
        first, second, third = orders["SO-26101"], orders["SO-26102"], orders["SO-26103"]
        assert [tab.vendor.code if tab.vendor else "" for tab in tabs.of_order(ctx, first)] == [
            "V01", "V02", "V03", "V04", "V05", "V06", "",
        ]  # fmt: skip
        assert {(d.kind, d.qty) for d in differences.of_orders(ctx, [first.id])} == {
            ("grown", 20),
            ("late", 50),
        }
        assert sum(need.rest for need in needs.of_orders(ctx, [second.id])) == 0
        assert sum(each.qty for each in allocations(ctx, [third.id])) == 160
