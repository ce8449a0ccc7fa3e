"""What is left at a factory: dust of rounding that is nothing, and what is to return when an order wants less."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core import ledger
from core.api import Ctx, Refused
from core.data.records import AuditEntry
from core.entities.recording import flush_rows
from plugins.catalog.models import BomLine, Material, Style
from plugins.factory_stock.services import statement
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.services import rows
from tests.plugins.factory_stock.conftest import (
    FULL,
    at_factory,
    came,
    do,
    fab,
    item,
    one,
    sent,
    started,
    stock,
)

D = Decimal


def white(ctx: Ctx, fo: FactoryOrder) -> statement.MaterialRow:
    ctx.memo.clear()
    found = statement.of_order(ctx, fo)
    assert found.balances
    return next(r for r in found.materials if str(r.name) == "FAB WHT")


def all_made(ctx: Ctx, fo: FactoryOrder) -> None:
    came(ctx, fo, {(1, "NVY"): FULL, (1, "WHT"): FULL, (2, "NVY"): FULL})


@pytest.fixture
def odd(shop: Ctx, draft: FactoryOrder) -> FactoryOrder:
    """300 white pieces take 300 × 0.1666 × 1.0531 = 52.633938 kg: 52.64 are needed."""
    style = one(shop, Style, "ST-1")
    line = shop.session.scalars(
        select(BomLine).where(BomLine.style_id == style.id, BomLine.position == 0)
    ).one()
    line.consumption, line.wastage_pct = D("0.1666"), D("5.31")
    flush_rows(shop.session)
    do(shop, draft, "issue")
    started(shop, draft)
    stock(shop, (item(shop, "FAB", "WHT"), "100"))
    return draft


@pytest.mark.parametrize(("issued", "left"), [("52.64", "0.006062"), ("52.63", None), ("52.65", "0.016062")])
def test_less_than_a_step_is_written_off_by_itself(
    shop: Ctx, odd: FactoryOrder, issued: str, left: str | None
) -> None:
    assert white(shop, odd).required == D("52.64")
    more = {"reason": "lost", "payer": "us"} if issued == "52.65" else {}
    sent(shop, odd, fab(issued, "WHT", **more))
    all_made(shop, odd)
    assert at_factory(shop, odd, "FAB") == ({"WHT": D(left)} if left else {})
    if left and D(left) >= D("0.01"):
        with pytest.raises(Refused, match="still at the factory: 1 items"):
            do(shop, odd, "close")
        return
    do(shop, odd, "close")
    assert odd.state == "closed"
    row = white(shop, odd)
    assert (row.at_factory, row.written_off) == (0, D(left or 0))
    changes = [
        change
        for entry in shop.session.scalars(select(AuditEntry).where(AuditEntry.entity == "outsourcing.order"))
        for change in entry.changes or ()
        if "at the factory" in change[0]
    ]
    assert changes == ([["FAB WHT at the factory", left, 0]] if left else [])
    assert ledger.verify(shop) == []


def test_lots_count_together(shop: Ctx, odd: FactoryOrder) -> None:
    """Three lots of 0.004 are more than a step."""
    stock(shop, *((item(shop, "FAB", "WHT", lot=lot), "1") for lot in "XYZ"))
    one(shop, Material, "FAB").stock_step = D("0.001")
    flush_rows(shop.session)
    for lot in "XYZ":
        sent(shop, odd, {"material": "FAB", "color": "WHT", "lot": lot, "qty": "0.004"})
    one(shop, Material, "FAB").stock_step = D("0.01")
    flush_rows(shop.session)
    with pytest.raises(Refused, match="still at the factory: 3 items"):
        do(shop, odd, "close") if odd.state == "completed" else _closed(shop, odd)


def _closed(ctx: Ctx, fo: FactoryOrder) -> None:
    do(ctx, fo, "reopen", reason="not begun")
    do(ctx, fo, "cancel", reason="no")


RETURNS: list[tuple[dict[str, Any], str]] = [
    # 63 kg white issued for 300 pieces, S wanted after a revision, accepted S, returned, lost                 to return
    ({}, "0"),
    ({"wanted": 50}, "10.5"),  # 250 × 0.21 = 52.5
    ({"wanted": 50, "accepted": 50}, "10.5"),
    ({"wanted": 50, "returned": "4"}, "6.5"),
    ({"wanted": 50, "returned": "10.5"}, "0"),
    ({"wanted": 50, "lost": "2"}, "8.5"),
    ({"wanted": 50, "extra": "1"}, "10.5"),  # that was issued on top for what is cut again
    ({"accepted": 100}, "0"),
]


@pytest.mark.parametrize(("what", "left"), RETURNS, ids=[str(w) for w, _l in RETURNS])
def test_what_is_to_return(shop: Ctx, fo: FactoryOrder, what: dict[str, Any], left: str) -> None:
    stock(shop, (item(shop, "FAB", "WHT"), "10"))
    sent(shop, fo, fab("63", "WHT"))
    if "extra" in what:
        sent(shop, fo, fab(what["extra"], "WHT", reason="cutting_loss", payer="factory"))
    if "wanted" in what:
        number = next(r.position for r in rows.lines(shop, fo) if r.destination.code == "US-LAX")
        do(shop, fo, "revise", reason="fewer",
           lines=[{"line": number, "sizes": [{"color": "WHT", "size": "S", "pcs": what["wanted"]}]}])  # fmt: skip
    if "accepted" in what:
        came(shop, fo, {(1, "WHT"): {"S": what["accepted"]}})
    if "returned" in what:
        sent(shop, fo, fab(what["returned"], "WHT"), kind="return")
    if "lost" in what:
        sent(shop, fo, fab(what["lost"], "WHT", reason="lost", payer="factory"), kind="write_off")
    assert white(shop, fo).to_return == D(left)


def test_all_that_is_left_when_all_is_made(shop: Ctx, fo: FactoryOrder) -> None:
    sent(shop, fo, fab("63", "WHT"), fab("2", lot="A2"))
    sent(shop, fo, {"material": "BTN", "qty": "5", "reason": "lost", "payer": "us"})
    all_made(shop, fo)
    found = statement.of_order(shop, fo)
    assert {str(r.name): r.to_return for r in found.materials if r.to_return} == {"BTN": D(5)}


def test_the_page_says_it(shop: Ctx, fo: FactoryOrder, client_as: Any) -> None:
    stock(shop, (item(shop, "FAB", "WHT"), "10"))
    sent(shop, fo, fab("63", "WHT"))
    number = next(r.position for r in rows.lines(shop, fo) if r.destination.code == "US-LAX")
    do(shop, fo, "revise", reason="fewer",
       lines=[{"line": number, "sizes": [{"color": "WHT", "size": "S", "pcs": 50}]}])  # fmt: skip
    fo_id = fo.id
    shop.session.commit()
    mgr = client_as("mgr")
    part = f"/outsourcing/order/{fo_id}?part=factory-stock-panel-statement"
    for address in (f"/factory_stock/statement/{fo_id}", part):
        text = mgr.get(address).get_data(as_text=True)
        assert "To return" in text
        assert ">10.5<" in text
