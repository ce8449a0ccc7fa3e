"""Invoices and credit notes: what may be invoiced, once; shares deducted; frozen once issued; credited to the cent."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader

from core.api import Ctx, Refused, save_row
from kit.printing import documents
from plugins.invoicing.services import crediting, drafting, settled
from plugins.invoicing.services.sides import SALES
from plugins.invoicing.testing import make_invoice, make_payment
from plugins.orders.models import CustomerOrder
from plugins.orders.testing import make_order

D = Decimal


def test_all_that_is_open_is_invoiced_once(office: Ctx, sold: CustomerOrder) -> None:
    row = make_invoice(office, sold)
    assert (row.subtotal, row.tax, row.total, row.state) == (D("1500.00"), D("0.00"), D("1500.00"), "issued")
    assert row.snapshot is not None
    assert row.snapshot.lines[0].qty == 300
    with pytest.raises(Refused, match="is left to invoice"):
        make_invoice(office, sold)


def test_two_drafts_of_the_same_goods_are_not_both_issued(office: Ctx, sold: CustomerOrder, do: Any) -> None:
    first = make_invoice(office, sold, issue=False)
    line = first.lines[0]
    drafting.change_lines(office, first, [{"line": line.order_line_id, "qty": D(200)}])
    second = make_invoice(office, sold, issue=False)
    assert second.lines[0].qty == 100
    with pytest.raises(Refused, match="Only 100 may be invoiced"):
        drafting.change_lines(office, second, [{"line": line.order_line_id, "qty": D(101)}])
    do(first, "issue")
    first.lines[0].qty = D(250)  # as if somebody had got past the form
    second.lines[0].qty = D(150)
    with pytest.raises(Refused, match="may be invoiced"):
        do(second, "issue")


def test_a_share_in_advance_is_deducted_and_bounded(office: Ctx, sold: CustomerOrder, do: Any) -> None:
    share = drafting.invoice_share(office, [sold], D(30), office.today(), "deposit")
    do(share, "issue")
    assert share.total == D("450.00")
    with pytest.raises(Refused, match="is invoiced already"):
        drafting.invoice_share(office, [sold], D(80), office.today())
    row = make_invoice(office, sold)
    assert [(line.kind, line.amount) for line in row.lines] == [
        ("goods", D("1500.00")),
        ("deduction", D("-450.00")),
    ]
    assert row.total == D("1050.00")
    with pytest.raises(Refused, match="hang on it"):
        do(share, "cancel", reason="wrong")
    do(row, "cancel", reason="wrong")
    do(share, "cancel", reason="wrong")


def test_several_orders_of_one_customer_on_one_invoice(office: Ctx, sold: CustomerOrder) -> None:
    other = make_order(office, customer_po="PO-2")
    row = make_invoice(office, sold, other)
    assert row.total == D("3000.00")
    stranger = make_order(office, customer="C2", customer_po="PO-3")
    with pytest.raises(Refused, match="several customers"):
        make_invoice(office, make_order(office, customer_po="PO-4"), stranger)


def test_credit_in_parts_adds_up_to_the_cent(office: Ctx, do: Any) -> None:
    order = make_order(office, ("ST-1", "NVY", "US-LAX", {"S": 3}), price="3.333333")
    save_row(office, office.registry.get("orders.order"), order, {"tax_pct": D(5)})
    row = make_invoice(office, order)
    assert (row.subtotal, row.tax, row.total) == (D("10.00"), D("0.50"), D("10.50"))
    total = D(0)
    for _ in range(3):
        note = crediting.credit(office, row, [{"line": 1, "qty": D(1)}], "torn", office.today())
        assert settled.of_documents(office, SALES, [row.id])[row.id].credited == total, (
            "a draft lowers nothing"
        )
        do(note, "issue")
        total += note.total
    assert total == row.total
    with pytest.raises(Refused, match=r"Only 0(\.00)? of it is left"):
        crediting.credit(office, row, [{"line": 1, "qty": D(1)}], "torn", office.today())
    stand = settled.of_documents(office, SALES, [row.id])[row.id]
    assert (stand.credited, stand.open) == (D("10.50"), D(0))
    assert make_invoice(office, order).total == D("10.50"), "what was credited may be invoiced again"


def test_no_credit_without_a_reason(office: Ctx, sold: CustomerOrder, do: Any) -> None:
    row = make_invoice(office, sold)
    for reason in ("", "  "):
        with pytest.raises(Refused, match="This is needed"):
            do(row, "credit", reason=reason, lines=[{"line": 1, "qty": "1"}])
        with pytest.raises(Refused, match="This is needed"):
            do(sold, "credit_returns", reason=reason)
    assert settled.of_documents(office, SALES, [row.id])[row.id].credited == 0


def test_an_issued_invoice_is_not_edited(office: Ctx, sold: CustomerOrder) -> None:
    row = make_invoice(office, sold)
    with pytest.raises(Refused):
        save_row(office, office.registry.get("invoicing.invoice"), row, {"notes": "late"})
    with pytest.raises(Refused):
        drafting.change_lines(office, row, [])


def test_a_paid_invoice_is_not_cancelled(office: Ctx, sold: CustomerOrder, do: Any) -> None:
    row = make_invoice(office, sold)
    payment = make_payment(office, row, "100")
    with pytest.raises(Refused, match="PAY-"):
        do(row, "cancel", reason="wrong")
    do(payment, "reverse", reason="wrong")
    do(row, "cancel", reason="wrong")
    assert row.state == "cancelled"


def test_statements_do_not_grow_with_lines(office: Ctx, count_queries: Any, do: Any) -> None:
    def cost(colors: int) -> int:
        wanted = [("ST-1", "NVY", f"P{n}", {"S": 10}) for n in range(colors)]
        order = make_order(office, *wanted, customer_po=f"PO-{colors}")
        office.session.expire_all()
        with count_queries() as count:
            row = make_invoice(office, order, issue=False)
            do(row, "issue")
        return count.count  # type: ignore[no-any-return]

    cost(2)
    assert cost(3) == cost(8)


SAID = {
    "en": ("INVOICE", "Less invoice", "Your PO", "ONE THOUSAND"),
    "zh_Hant_TW": ("發票", "減：已開發票", "客戶PO", "壹仟"),
    "zh_Hans_CN": ("发票", "减：已开发票", "客户PO号", "壹仟"),
}


@pytest.mark.parametrize("language", SAID)
def test_it_says_the_same_in_three_languages(
    office: Ctx, sold: CustomerOrder, do: Any, language: str
) -> None:
    do(drafting.invoice_share(office, [sold], D(30), office.today(), "deposit"), "issue")
    row = make_invoice(office, sold)
    html = documents.compose(office, "invoicing.invoice", row, language).html
    for said in (
        row.number,
        sold.number,
        sold.customer_po,
        "1,500.00",
        "-450.00",
        "1,050.00",
        *SAID[language],
    ):
        assert said.upper() in html.upper(), said


@pytest.mark.more
def test_it_is_printed_with_every_glyph(office: Ctx, sold: CustomerOrder) -> None:
    pdf = documents.render(office, "invoicing.invoice", make_invoice(office, sold), "zh_Hant_TW").pdf
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    for said in ("發票", "訂單號碼", "壹仟伍佰", "1,500.00"):
        assert said in re.sub(r"\s", "", text), said
