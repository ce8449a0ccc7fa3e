"""The demo company's deliveries, on whatever traded orders there are."""

from __future__ import annotations

from sqlalchemy import select

from core import ledger
from core.api import Ctx
from plugins.fulfilment.demo import deliveries
from plugins.fulfilment.models import GoodsReturn, Settlement, Sheet
from plugins.fulfilment.services import rows
from tests.plugins.fulfilment.trade import sold


def test_goods_come_go_back_and_are_settled(ctx: Ctx) -> None:
    first = sold(
        ctx,
        ("ST-1", "NVY", "US-LAX", {"S": 40, "M": 40}),
        ("ST-2", "NVY", "US-LAX", {"S": 40}),
        ("ST-3", "NVY", "US-LAX", {"S": 40}),
    )
    sold(ctx, ("ST-1", "WHT", "US-LAX", {"S": 20}))
    for _twice in range(2):
        deliveries.load(ctx, 0)
    assert [sheet.state for sheet in ctx.session.scalars(select(Sheet).order_by(Sheet.id))] == [
        "finalised",
        "posted",
        "finalised",
    ]
    assert {each.bearer for each in ctx.session.scalars(select(GoodsReturn))} == {
        "seller",
        "buyer",
        "vendor",
        "carrier",
    }
    assert ctx.session.scalars(select(Settlement)).one().state == "posted"
    found = rows.of_orders(ctx, [first.id])
    assert sum(row.total("substituted") for row in found) == 2
    assert sum(row.total("damaged") for row in found) == 2
    assert ledger.verify(ctx) == []
