"""Names of entities, states, kinds and rights of invoicing."""

from __future__ import annotations

from core.api import TC, EntityName, ListSpec, State, T, Text

INVOICE = EntityName("invoicing.invoice")
BILL = EntityName("invoicing.bill")
PAYMENT = EntityName("invoicing.payment")
TAX = EntityName("invoicing.tax")
CUSTOMER_ORDER = EntityName("orders.order")
PURCHASE_ORDER = EntityName("purchasing.order")
SHIPMENT = EntityName("shipping.shipment")
PARTNER = EntityName("catalog.partner")

FINANCE = ("fin", "mgr")
MAKE_INVOICES = "invoicing.invoice.make"
"""Whoever has it makes invoices and credit notes."""
MAKE_BILLS = "invoicing.bill.make"
"""Whoever has it enters bills and debit notes."""
DIFFERING = "invoicing.bill.differing"
"""Whoever has it accepts bills that differ from what was ordered or received."""
RELEASE = "invoicing.release"
"""Whoever has it lets goods go though the deposit is not paid."""
AGEING = "invoicing.ageing"
"""Whoever has it sees what is owed by and to everybody."""
CREDIT_SERIES = "invoicing_credit"
DEBIT_SERIES = "invoicing_debit"

DOCUMENT_STATES = (
    State("draft", T("Draft")),
    State("issued", TC("invoice", "Issued"), "info"),
    State("cancelled", T("Cancelled"), "bad", closed=True),
)
PAYMENT_STATES = (
    State("draft", T("Draft")),
    State("posted", T("Posted"), "info"),
    State("final", T("Final"), "done", closed=True),
    State("reversed", T("Reversed"), "bad", closed=True),
)
COUNTING = ("posted", "final")
"""States in which a payment counts."""
Words = tuple[tuple[str, Text], ...]
INVOICE_KINDS: Words = (
    ("goods", T("Invoice")),
    ("share", T("Deposit or progress invoice")),
    ("credit", T("Credit note")),
)
BILL_KINDS: Words = (("bill", T("Bill")), ("debit", T("Debit note")))
DIRECTIONS: Words = (("in", T("Money in")), ("out", T("Money out")))
BASES: Words = (
    ("delivered", T("What was delivered")),
    ("ordered", T("What was ordered")),
)
UPFRONT = ("contract_signed", "before_delivery")
"""Triggers of instalments that are paid before goods leave."""

RELEASE_REASONS = ListSpec(
    "invoicing_release",
    T("Why goods go before they are paid"),
    (
        ("trusted", "The customer is trusted", "信用良好的客戶", "信用良好的客户"),
        ("proof", "Proof of the transfer was shown", "已出示匯款水單", "已出示汇款水单"),
        ("agreed", "Agreed by management", "主管同意", "主管同意"),
    ),
)
