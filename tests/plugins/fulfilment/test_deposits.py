"""Goods that vendors send to customers wait for the deposit, as shipments do."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.api import Refused, audit_history
from core.kernel import enablement
from tests.plugins.fulfilment.conftest import do, in_context
from tests.plugins.fulfilment.trade import came, sold


def test_drop_shipped_goods_wait_for_their_deposit(ctx):
    if "invoicing" not in ctx.enabled:
        enablement.enable_plugin(ctx, "invoicing")
    order = sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 10}))
    in_context(ctx, order, ships_via="vendor").deposit_pct = Decimal(30)
    ctx.session.flush()
    told = ctx.hooks.bought_pieces(order_ids=[order.id])
    assert sum(pieces for each in told for pieces in each.values()) == 10  # no factory is asked
    ours = came(ctx, order, ("ST-1", {"S": 1}), place="ours")
    do(ctx, ours, "finalise")  # it is here: a shipment will be held
    for place in ("customer", "vendor"):
        sheet = came(ctx, order, ("ST-1", {"S": 4}), place=place)
        with pytest.raises(
            Refused, match=r"30 % \(15.00 USD\) is to be paid before goods leave; 15.00 is missing"
        ):
            do(ctx, sheet, "finalise")
        assert sheet.state == "posted"
        leaving = ctx.hooks.goods_leave(entity="fulfilment.sheet", row=sheet, action="finalise")
        assert [list(each) for each in leaving] == [[order.id]]
    with pytest.raises(Refused, match="15.00 is missing"):
        do(ctx, order, "finalise")  # all at once neither
    do(ctx, sheet, "finalise", override_code="trusted", override_reason="paid always")
    assert "paid always" in audit_history(ctx, "fulfilment.sheet", sheet.id)[0].reason
