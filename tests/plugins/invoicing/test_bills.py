"""Bills: matched to what was ordered and accepted, differences shown and posted with a reason, debit notes, prepayments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.api import Ctx, Refused, save_row
from plugins.invoicing.services import billing, matching, ratios, settled
from plugins.invoicing.services.sides import PURCHASES, SALES
from plugins.invoicing.testing import make_payment
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.services import lines, positions

D = Decimal


@pytest.fixture
def came(monkeypatch: Any) -> dict[str, Decimal]:
    """What came of every line."""
    said = {"accepted": D(100)}

    def of_lines(ctx: Ctx, ids: Any) -> dict[int, positions.Position]:
        return {i: positions.Position(received=said["accepted"]) for i in ids}

    monkeypatch.setattr(positions, "of_lines", of_lines)
    return said


def test_what_was_accepted_is_billed_once(office: Ctx, bought: PurchaseOrder, came: Any, do: Any) -> None:
    row = billing.bill_orders(office, [bought], "V-1", office.today())
    assert (row.total, [line.qty for line in row.lines]) == (D("200.00"), [D(100)])
    do(row, "post")
    with pytest.raises(Refused, match="left to be billed"):
        billing.bill_orders(office, [bought], "V-2", office.today())
    came["accepted"] = D(120)
    second = billing.bill_orders(office, [bought], "V-2", office.today())
    assert second.lines[0].qty == 20
    with pytest.raises(Refused, match="is entered already"):
        save_row(office, office.registry.get("invoicing.bill"), second, {"vendor_number": "v-1"})


def test_a_difference_is_shown_and_wants_a_reason(
    office: Ctx, bought: PurchaseOrder, came: Any, do: Any
) -> None:
    row = billing.bill_orders(office, [bought], "V-1", office.today())
    (line,) = lines.purchase_lines(office, bought.id)
    do(row, "lines", lines=[{"line": line.id, "qty": "105", "price": "2.1"}])
    (match,) = matching.of_bill(office, row)
    assert (match.ordered, match.accepted, match.billed, match.more) == (D(100), D(100), D(105), D(5))
    assert (match.dearer, match.price_gap, row.total) == (D("0.1"), D("10.50"), D("220.50"))
    assert billing.differs(office, row)
    for qty, price, other in (
        ("100", "2.1", True),
        ("100", "1.9", True),
        ("101", "2", True),
        ("99", "2", False),
    ):
        do(row, "lines", lines=[{"line": line.id, "qty": qty, "price": price}])
        assert billing.differs(office, row) is other, (qty, price)
    do(row, "lines", lines=[{"line": line.id, "qty": "105", "price": "2.1"}])
    with pytest.raises(Refused):
        do(row, "post_differing")
    do(row, "post_differing", reason="agreed on the phone")
    assert row.state == "issued"


def test_debit_notes_payments_and_prepayments(office: Ctx, bought: PurchaseOrder, came: Any, do: Any) -> None:
    make_payment(office, bought, "50")
    row = billing.bill_orders(office, [bought], "V-1", office.today())
    do(row, "post")
    note = do(row, "debit", reason="torn", lines=[{"line": 1, "qty": "10"}])
    do(note, "post")
    stand = settled.of_documents(office, PURCHASES, [row.id])[row.id]
    assert (stand.credited, stand.prepaid, stand.open) == (D("20.00"), D("50.00"), D("130.00"))
    with pytest.raises(Refused, match="only 130"):
        make_payment(office, row, "130.01")
    make_payment(office, row, "130")
    with pytest.raises(Refused, match="hang on it"):
        do(row, "cancel", reason="wrong")
    money = settled.of_orders(office, PURCHASES, [bought.id])[bought.id]
    assert money.ratio == 100
    came["accepted"] = D(80)  # ten more went back
    (found,) = matching.of_orders(office, [bought])
    assert found.open == -10
    (more,) = do(bought, "debit_returns", reason="went back")
    assert [(line.qty, line.amount) for line in more.lines] == [(D(10), D("20.00"))]


def test_the_payment_ratio_of_a_vendor(office: Ctx, bought: PurchaseOrder, came: Any, do: Any) -> None:
    row = billing.bill_orders(office, [bought], "V-1", office.today())
    do(row, "post")
    make_payment(office, row, "50")
    money = ratios.of_partner(office, PURCHASES, bought.supplier_id)[bought.currency]
    assert (money.invoiced, money.paid, ratios.ratio(money)) == (D(200), D(50), D("25.00"))
    assert ratios.of_partner(office, SALES, bought.supplier_id) == {}
