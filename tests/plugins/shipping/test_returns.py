"""What comes back from a customer: to be replaced it is open again, paid back it is not. Shipped is meant net everywhere."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.api import Ctx, Refused
from core.kernel import enablement
from plugins.invoicing.services import invoiceable
from plugins.outsourcing.models import FactoryOrder
from plugins.shipping.services import came_back, shipping, shipping_lines, wanted
from plugins.shipping.shown import panels, process
from plugins.statistics.services.sums import Asked
from plugins.statistics.services.views import table_of
from plugins.stock.api import keepers
from tests.plugins.factory_stock.conftest import FULL, came, do, garment, shipped
from tests.plugins.stock.conftest import paper, st


def gone(ctx: Ctx, so: Any, **sizes: int) -> Any:
    row = shipped(ctx, so, {"NVY": sizes})
    do(ctx, row, "confirm")
    do(ctx, row, "ship")
    return row


def back(ctx: Ctx, so: Any, qty: int, settlement: str | None = None, size: str = "S") -> Any:
    more = {"settlement": settlement} if settlement else {}
    row = paper(ctx, "customer_return", st(ctx, str(qty), size), owner=so.number, cause="defect", **more)
    do(ctx, row, "post")
    return row


def open_of(ctx: Ctx, so: Any) -> list[int]:
    """Open pieces of navy for US-LAX by size, as a new shipment sees them."""
    ctx.memo.clear()
    [navy, *_] = shipping_lines.sheet(ctx, shipped(ctx, so, {}))
    return [cell.open for cell in navy.cells.values()]


def figures(ctx: Ctx, so: Any) -> tuple[Any, ...]:
    """Not shipped of the panel, what stock still owes the order, the percentage of the table."""
    ctx.memo.clear()
    [panel] = panels.of_order(ctx, so)
    rows: list[Any] = panel.values["rows"]  # type: ignore[index, call-overload]
    line, out, again, _otherwise = rows[0]
    owes = wanted.of_orders(ctx, [so.id])[so.id].get(garment(ctx, "NVY", "S"), 0)
    return line.qty - out + again, owes, process.shipped(ctx, [so.id])[so.id].value


@pytest.mark.parametrize(
    ("settlement", "open_pieces", "share"),
    # 900 pieces ordered in nine sizes of 100; 300 of them (navy for US-LAX) went out, 10 came back
    [(None, 10, "32.22"), ("replacement", 10, "32.22"), ("credit", 0, "33.33")],
)
def test_ten_of_a_hundred_came_back(
    shop: Ctx, fo: FactoryOrder, so: Any, settlement: str | None, open_pieces: int, share: str
) -> None:
    came(shop, fo, {(1, "NVY"): FULL})
    gone(shop, so, S=100, M=100, L=100)
    row = back(shop, so, 10, settlement)
    assert open_of(shop, so) == [open_pieces, 0, 0]
    left, owes, pct = figures(shop, so)
    assert (left, owes, str(pct)) == (open_pieces, 100 + open_pieces, share)  # 100 more for DE-HAM
    assert keepers.returned(shop, so_ref(so))[garment(shop, "NVY", "S")] == 10
    do(shop, row, "reverse", reason="they keep them")
    assert open_of(shop, so) == [0, 0, 0]


def so_ref(so: Any) -> Any:
    return shipping_lines.ORDER.ref(so.id)


def test_the_replacement_is_within_the_order_and_more_is_not(shop: Ctx, fo: FactoryOrder, so: Any) -> None:
    came(shop, fo, {(1, "NVY"): FULL})
    gone(shop, so, S=100)
    back(shop, so, 10)
    again = shipped(shop, so, {"NVY": {"S": 10}})
    assert shipping.warnings(shop, again) == []
    do(shop, again, "confirm")
    do(shop, again, "ship")
    assert open_of(shop, so)[0] == 0
    assert shipping.warnings(shop, again) == []
    back(shop, so, 10, "credit")
    assert open_of(shop, so)[0] == 0
    with pytest.raises(Refused, match="90 were shipped and not returned"):
        back(shop, so, 91)


def test_after_a_credit_another_piece_is_too_many(shop: Ctx, fo: FactoryOrder, so: Any) -> None:
    came(shop, fo, {(1, "NVY"): FULL})
    gone(shop, so, S=100)
    back(shop, so, 10, "credit")
    more = shipped(shop, so, {"NVY": {"S": 10, "M": 100, "L": 101}})
    [said] = shipping.warnings(shop, more)
    assert "311 shipped of 300 ordered" in str(said)


def test_two_destinations_share_what_came_back(shop: Ctx, fo: FactoryOrder, so: Any) -> None:
    """A return names no destination: it is taken off the line that stands last of those that had the pieces."""
    came(shop, fo, {(1, "NVY"): FULL})
    came(shop, fo, {(2, "NVY"): FULL})
    gone(shop, so, S=100)
    other = shipped(shop, so, {"NVY": {"S": 20}}, place="DE-HAM")
    do(shop, other, "confirm")
    do(shop, other, "ship")
    back(shop, so, 50)
    taken = came_back.to_replace(shop, [so.id])
    assert sorted(taken.values()) == [20, 30]
    assert wanted.of_orders(shop, [so.id])[so.id][garment(shop, "NVY", "S")] == 200 - 120 + 50


@pytest.mark.parametrize("fulfilment", [True, False])
def test_figures_know_what_came_back(shop: Ctx, fo: FactoryOrder, so: Any, fulfilment: bool) -> None:
    """900 ordered. 300 left at 5: 10 come back to be replaced, 20 are paid back. The customer has 270 and waits for 610 (900
    less 270 less 20); 270 may be invoiced, and 880 are by the end. Whether fulfilment is on makes no difference."""
    if not fulfilment:
        enablement.disable_plugin(shop, "fulfilment")
    came(shop, fo, {(1, "NVY"): FULL})
    gone(shop, so, S=100, M=100, L=100)
    again, paid = back(shop, so, 10), back(shop, so, 20, "credit", "M")
    shop.memo.clear()
    span = Asked(shop.today(), shop.today())
    whole = Asked(date(2026, 1, 1), shop.today())
    for group, expected in (
        ("size", {"S": 90, "M": 80, "L": 100}),
        ("style", {"ST-1": 270}),
        ("destination", {"US-LAX": 270, "DE-HAM": 0}),
    ):
        found = table_of(shop, "sellers", group, whole)
        assert {row.code: row.figures["beside"] for row in found.rows} == expected
    [order] = table_of(shop, "balance", "", whole).rows
    told = [order.figures[name] for name in ("qty", "settled", "balance")]
    assert told == [900, 20, 610]
    behind = {row.code: row.figures["qty"] for row in table_of(shop, "documents", "", span, "shipped").rows}
    assert {again.number: -10, paid.number: -20}.items() <= behind.items()
    assert sum(behind.values()) == 270
    lines = invoiceable.billable(shop, [so.id])
    assert [each.base for each in lines] == [270, 0, 0]
    assert invoiceable.pieces_missing(shop, [so])[so.id] == 880
    do(shop, paid, "reverse", reason="they keep them")
    shop.memo.clear()
    assert [each.base for each in invoiceable.billable(shop, [so.id])] == [290, 0, 0]
    assert table_of(shop, "balance", "", whole).rows[0].figures["balance"] == 610
