"""Payments: what they settle, over-application, prepayments used up, fees, currencies, locking."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, select

from core.api import Ctx, Refused, save_row
from core.data.records import Currency, ExchangeRate
from plugins.invoicing.models import Draw
from plugins.invoicing.services import paying, settled
from plugins.invoicing.services.sides import SALES
from plugins.invoicing.testing import make_invoice, make_payment
from plugins.orders.models import CustomerOrder
from plugins.orders.testing import make_order

D = Decimal


def _open(ctx: Ctx, row: Any) -> Decimal:
    return settled.of_documents(ctx, SALES, [row.id])[row.id].open


def test_more_than_is_open_is_refused(office: Ctx, sold: CustomerOrder) -> None:
    row = make_invoice(office, sold)
    make_payment(office, row, "1000")
    with pytest.raises(Refused, match=r"only 500(\.00)? USD is open"):
        make_payment(office, row, "500.01")
    make_payment(office, row, "500")
    assert _open(office, row) == 0


def test_fee_and_rounding_are_settled_too(office: Ctx, sold: CustomerOrder) -> None:
    row = make_invoice(office, sold)
    make_payment(office, row, "1484.90", bank_fee=D(15), rounding=D("0.10"))
    assert _open(office, row) == 0


def test_another_currency_settles_by_its_rate(office: Ctx, sold: CustomerOrder, do: Any) -> None:
    """1,500 USD are paid with 1,000 EUR, then with TWD: by the rates of the day, to the cent."""
    known = set(office.session.scalars(select(Currency.code)))
    office.session.add_all(
        Currency(code=c, decimals=2, active=True) for c in ("EUR", "TWD", "USD") if c not in known
    )
    office.session.execute(delete(ExchangeRate))
    ours = office.setting("base_currency")
    for code, rate in (("EUR", "33.75"), ("USD", "31.25"), ("TWD", "1")):
        if code != ours:
            office.session.add(ExchangeRate(currency=code, valid_from=date(2020, 1, 1), rate=D(rate)))
    office.session.flush()
    row = make_invoice(office, sold)
    (part,) = make_payment(office, row, "1000", currency="EUR").parts
    assert (part.rate, part.applied, _open(office, row)) == (D("1.08"), D("1080.00"), D("420.00"))
    (part,) = make_payment(office, row, "13124", currency="TWD").parts
    assert (part.rate, part.applied, _open(office, row)) == (D("0.032"), D("419.97"), D("0.03"))


def test_parts_must_add_up(office: Ctx, sold: CustomerOrder) -> None:
    row = make_invoice(office, sold)
    payment = make_payment(office, row, "1000", post=False)
    save_row(office, office.registry.get("invoicing.payment"), payment, {"amount": D(900)})
    with pytest.raises(Refused, match="add up to 1000"):
        paying.post(office, payment)


def test_a_prepayment_is_used_up_and_given_back(office: Ctx, sold: CustomerOrder, do: Any) -> None:
    payment = make_payment(office, sold, "400")
    with pytest.raises(Refused, match="only 1100"):
        make_payment(office, sold, "1100.01")
    row = make_invoice(office, sold)
    assert _open(office, row) == D("1100.00")
    money = settled.of_orders(office, SALES, [sold.id])[sold.id]
    assert (money.invoiced, money.paid, money.advance) == (D(1500), D(400), D(0))
    do(payment, "withdraw", reason="wrong account")
    assert _open(office, row) == D("1500.00")
    assert not office.session.scalars(select(Draw)).all()
    do(payment, "post")
    assert _open(office, row) == D("1100.00")
    do(row, "cancel", reason="wrong")
    assert settled.of_orders(office, SALES, [sold.id])[sold.id].advance == D(400)


def test_what_was_paid_back_is_not_taken_out_again(office: Ctx, sold: CustomerOrder, do: Any) -> None:
    """400 were paid in advance, used up, and paid back once the invoice was credited: they stay."""
    payment = make_payment(office, sold, "400")
    row = make_invoice(office, sold)
    do(do(row, "credit", reason="torn", lines=[{"line": 1, "qty": "300"}]), "issue")
    make_payment(office, row, "400", direction="out")
    with pytest.raises(Refused, match=f"{row.number}: some of it was paid back already"):
        do(payment, "withdraw", reason="wrong account")


@pytest.mark.parametrize("what", ["draft", "cancelled", "order"])
def test_only_what_is_owed_is_paid(office: Ctx, sold: CustomerOrder, do: Any, what: str) -> None:
    """No draft, nothing that was cancelled, and no order that is cleared."""
    document: Any = sold
    if what == "order":
        make_payment(office, make_invoice(office, sold), "1500")
        assert sold.state == "closed"
    else:
        document = make_invoice(office, sold, issue=what == "cancelled")
        if what == "cancelled":
            do(document, "cancel", reason="wrong")
    with pytest.raises(
        Refused, match=f"{document.number} is not issued, or is cancelled|{document.number}.*only 0"
    ):
        make_payment(office, document, "10")


def test_final_is_locked(office: Ctx, sold: CustomerOrder, do: Any) -> None:
    payment = make_payment(office, make_invoice(office, sold), "100")
    do(payment, "finalise")
    for action in ("withdraw", "reverse", "fill"):
        with pytest.raises(Refused, match="Final|not possible"):
            do(payment, action, reason="no")
    with pytest.raises(Refused):
        save_row(office, office.registry.get("invoicing.payment"), payment, {"amount": D(1)})


def test_oldest_first(office: Ctx, sold: CustomerOrder, do: Any) -> None:
    first, second = make_invoice(office, sold), make_invoice(office, make_order(office, customer_po="PO-2"))
    payment = make_payment(office, first, "2000", post=False)
    do(payment, "fill")
    assert [(p.document, p.amount) for p in payment.parts] == [
        (first.number, D(1500)),
        (second.number, D(500)),
    ]
    do(payment, "post")
    assert (_open(office, first), _open(office, second)) == (D(0), D(1000))


def test_a_refund_is_bounded_by_what_was_paid_too_much(office: Ctx, sold: CustomerOrder, do: Any) -> None:
    row = make_invoice(office, sold)
    make_payment(office, row, "1500")
    with pytest.raises(Refused, match="only 0"):
        make_payment(office, row, "10", direction="out")
    note = do(row, "credit", reason="torn", lines=[{"line": 1, "qty": "10"}])
    do(note, "issue")
    make_payment(office, row, "50", direction="out")
    assert _open(office, row) == 0


def test_what_is_missing_until_cleared(office: Ctx, sold: CustomerOrder) -> None:
    def said() -> list[str]:
        return [
            str(t) for answer in office.hooks.clearing(order_ids=[sold.id]) for t in answer.get(sold.id, ())
        ]

    assert said() == ["300 pieces are not invoiced."]
    row = make_invoice(office, sold)
    assert said() == ["0.00 of 1,500.00 USD is paid."]
    make_payment(office, row, "1500")
    assert said() == []
    assert sold.state == "closed"
