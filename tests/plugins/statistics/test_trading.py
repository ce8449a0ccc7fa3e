"""Goods that are bought finished: purchase orders, what fulfilment sheets accepted, what went straight to the customer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.api import Ctx
from core.testing.scenes import stage
from plugins.fulfilment.models import (
    GoodsReturn,
    ReturnLine,
    ReturnSize,
    Settlement,
    SettlementLine,
    SettlementSize,
    Sheet,
    SheetLine,
    SheetSize,
)
from plugins.invoicing.services.ageing import Debt
from plugins.orders.models import CustomerOrder, OrderLine, OrderStyle
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.statistics.services.sums import Asked
from plugins.statistics.services.views import table_of
from tests.plugins.statistics.conftest import Adder

D = Decimal
SPAN = Asked(date(2026, 11, 1), date(2026, 11, 30))


@stage
def bought(masters: Ctx) -> Ctx:
    """50 pieces of A bought at 3.5 USD, due on the 10th; 20 came on the 9th, of those 2 damaged; 15 on the 11th, straight to
    the customer, who ordered 40."""
    add = Adder(masters)
    style, color, size = add.ids["Style", "A"], add.ids["Color", "NVY"], add.ids["Size", "ALPHA M"]
    order = add(CustomerOrder, number="S-1", state="confirmed", customer_id=add.ids["Partner", "C1"], currency="USD",
                order_date=date(2026, 11, 2), qty=40)  # fmt: skip
    own = add(OrderStyle, order_id=order, position=0, style_id=style)
    port = add.ids["Destination", "LAX"]
    line = add(OrderLine, order_id=order, order_style_id=own, position=0, color_id=color, destination_id=port,
               ship_date=date(2026, 12, 1), price=D(10), qty=40)  # fmt: skip
    made = add(PurchaseOrder, number="P-1", material_class="goods", state="issued", supplier_id=add.ids["Partner", "F1"],
               currency="USD", order_date=date(2026, 11, 3), required_date=date(2026, 11, 10))  # fmt: skip
    row = add(PurchaseLine, order_id=made, position=1, style_id=style, color_id=color, size_id=size, qty=D(50), uom="pcs",
              factor=D(1), stock_uom="pcs", stock_qty=D(50), price=D("3.5"), amount=D(175), max_qty=D(50),
              close_qty=D(50))  # fmt: skip
    for n, (place, day, came, bad) in enumerate([("ours", 9, 20, 2), ("customer", 11, 15, 0)]):
        sheet = add(
            Sheet, number=f"R-{n}", state="posted", place=place, store_id=add.store, day=date(2026, 11, day)
        )
        part = add(
            SheetLine,
            sheet_id=sheet,
            order_line_id=line,
            purchase_order_id=made,
            style_id=style,
            color_id=color,
        )
        add(SheetSize, line_id=part, size_id=size, purchase_line_id=row, received=came, damaged=bad)
    return masters


def test_goods_that_are_bought_finished_count_like_any(bought: Ctx) -> None:
    (row,) = table_of(bought, "bought", "style", SPAN).rows
    assert (row.code, row.figures["qty"], row.figures["value"]) == ("A", 50, D(5527))  # 175 × 31.5837
    (vendor,) = table_of(bought, "vendors", "", SPAN).rows
    told = {name: vendor.figures[name] for name in ("qty", "accepted", "fulfilled", "on_time")}
    assert told == {"qty": 50, "accepted": 33, "fulfilled": D("66.00"), "on_time": D("36.00")}
    (order,) = table_of(bought, "balance", "", SPAN).rows
    assert (order.figures["qty"], order.figures["balance"]) == (40, 25)
    (earned,) = table_of(bought, "profit", "style", SPAN).rows
    assert earned.figures["margin"] == D(12633) - D(4422)  # 40 × 10 less 40 × 3.5


def test_what_came_back_counts_no_more(bought: Ctx) -> None:
    """The vendor bears 5 that he replaces and 15 that he credits out of our store; 3 the customer sends back at his own cost; 4
    are settled. What the customer bears stays accepted from the vendor; what is replaced is to be shipped again."""
    add = Adder(bought)
    line, purchase = (
        bought.session.scalars(select(OrderLine)).one(),
        bought.session.scalars(select(PurchaseLine)).one(),
    )
    back = [
        ("vendor", "replacement", "customer", 5),
        ("buyer", "none", "customer", 3),
        ("vendor", "credit", "store", 15),
    ]
    for n, (bearer, remedy, source, qty) in enumerate([*back, ("vendor", "credit", "store", 9)]):
        made = add(GoodsReturn, number=f"B-{n}", state="posted" if n < len(back) else "draft", customer_order_id=line.order_id,
                   day=date(2026, 11, 12), bearer=bearer, remedy=remedy, fate="scrap", source=source,
                   store_id=add.store)  # fmt: skip
        part = add(
            ReturnLine,
            return_id=made,
            order_line_id=line.id,
            purchase_order_id=purchase.order_id,
            reason="defect",
        )
        add(ReturnSize, line_id=part, size_id=purchase.size_id, purchase_line_id=purchase.id, qty=qty)
    closed = add(
        Settlement, number="X-1", state="posted", customer_order_id=line.order_id, day=date(2026, 11, 13)
    )
    part = add(SettlementLine, settlement_id=closed, order_line_id=line.id, kind="agreement")
    add(SettlementSize, line_id=part, size_id=purchase.size_id, qty=4)
    (vendor,) = table_of(bought, "vendors", "", SPAN).rows
    told = {name: vendor.figures[name] for name in ("accepted", "fulfilled", "on_time")}
    assert told == {"accepted": 13, "fulfilled": D("26.00"), "on_time": D("26.00")}, (
        "33 - 20; 18 in time, not more than are left"
    )
    (seller,) = table_of(bought, "sellers", "style", SPAN).rows
    assert seller.figures["beside"] == 7
    (order,) = table_of(bought, "balance", "", SPAN).rows
    told = {name: order.figures[name] for name in ("settled", "balance", "pct")}
    assert told == {"settled": 22, "balance": 11, "pct": D("17.50")}
    shipped = {
        row.code: row.figures["qty"] for row in table_of(bought, "documents", "", SPAN, "shipped").rows
    }
    assert shipped == {"R-1": 15, "B-0": -5, "B-1": -3}


def test_customers_stand_with_what_they_owe(bought: Ctx, monkeypatch: pytest.MonkeyPatch) -> None:
    """Invoices tell by the hook `customer_debts`; who owes and bought nothing is there too."""
    add = Adder(bought)
    late = {add.ids["Partner", "C1"]: (D(900), D(300)), add.ids["Partner", "C2"]: (D(50), D(0))}
    monkeypatch.setattr("plugins.invoicing.services.ageing.documents", lambda ctx, side, on: [
        Debt(0, "", partner, buckets={"current": owed - over, "d30": over}) for partner, (owed, over) in late.items()
    ])  # fmt: skip
    table = table_of(bought, "customers", "", SPAN)
    rows = {row.code: row.figures for row in table.rows}
    behind = f"/invoicing/ageing/?on={min(SPAN.until, bought.today()).isoformat()}&partner="
    assert all(row.links["overdue"].startswith(behind) for row in table.rows)
    assert (rows["C1"]["value"], rows["C1"]["owed"], rows["C1"]["overdue"]) == (D(12633), D(900), D(300))
    assert (rows["C2"]["qty"], rows["C2"]["owed"], rows["C2"]["overdue"]) == (0, D(50), D(0))
