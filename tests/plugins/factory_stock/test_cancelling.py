"""A factory order is cancelled when nothing of ours is left there and nothing came of it, whatever papers there were."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core import ledger
from core.api import Ctx, Refused
from plugins.outsourcing.models import FactoryOrder
from tests.plugins.factory_stock.conftest import FULL, at_factory, came, do, fab, item, sent, shipped, stock
from tests.plugins.stock.conftest import paper as document
from tests.plugins.stock.conftest import st

WHY = {"reason": "lost", "payer": "factory"}
STORIES = [
    # 21 kg issued, then …                                                     what is still at the factory
    ([("return", "20"), ("write_off", "1")], "0"),
    ([("return", "21")], "0"),
    ([("write_off", "21")], "0"),
    ([("return", "20"), ("count", "0")], "0"),
    ([("return", "20")], "1"),
    ([("return", "20"), ("count", "0.01")], "0.01"),
    ([], "21"),
]


@pytest.mark.parametrize(
    ("papers", "left"), STORIES, ids=[" ".join(f"{k}-{q}" for k, q in s) or "none" for s, _l in STORIES]
)
def test_what_is_still_there_decides(shop: Ctx, draft: FactoryOrder, papers: list[Any], left: str) -> None:
    do(shop, draft, "issue")
    stock(shop, (item(shop, "FAB", "WHT"), "63"))
    sent(shop, draft, fab("21", "WHT"))
    for kind, qty in papers:
        sent(shop, draft, fab(qty, "WHT", **WHY), kind=kind)
    assert at_factory(shop, draft, "FAB") == ({"WHT": Decimal(left)} if Decimal(left) else {})
    if Decimal(left):
        with pytest.raises(Refused, match="still at the factory: 1 items"):
            do(shop, draft, "cancel", reason="the factory burned down")
    else:
        do(shop, draft, "cancel", reason="the factory burned down")
        assert draft.state == "cancelled"
    assert ledger.verify(shop) == []


def test_a_reversed_issue_is_as_good_as_none(shop: Ctx, draft: FactoryOrder) -> None:
    do(shop, draft, "issue")
    stock(shop, (item(shop, "FAB", "WHT"), "63"))
    row = sent(shop, draft, fab("21", "WHT"))
    do(shop, row, "reverse", reason="wrong")
    do(shop, draft, "cancel", reason="no longer wanted")
    assert draft.state == "cancelled"


def test_goods_that_came_in_keep_it(shop: Ctx, fo: FactoryOrder, draft: FactoryOrder) -> None:
    row = came(shop, fo, {(1, "WHT"): {"S": (10, 10)}})  # all of it rejected, and lying here
    do(shop, fo, "reopen", reason="not begun")
    assert fo.state == "issued"
    with pytest.raises(Refused, match=row.number):
        do(shop, fo, "cancel", reason="no")


def test_a_customer_order_whose_goods_all_came_back(shop: Ctx, fo: FactoryOrder, so: Any) -> None:
    came(shop, fo, {(1, "WHT"): FULL})
    ship = shipped(shop, so, {"WHT": {"S": 100}})
    do(shop, ship, "confirm")
    do(shop, ship, "ship")
    for qty in ("60", "40"):
        with pytest.raises(Refused, match=ship.number):
            do(shop, so, "cancel", reason="the customer is bankrupt")
        row = document(shop, "customer_return", st(shop, qty, "S", "WHT"), owner=so.number, cause="defect")
        do(shop, row, "post")
    do(shop, so, "cancel", reason="the customer is bankrupt")
    assert so.state == "cancelled"
