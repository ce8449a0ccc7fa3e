"""Tables of invoicing: tax codes, invoices to customers, bills of vendors, payments."""

from __future__ import annotations

from plugins.invoicing.models.bills import Bill, BillLine
from plugins.invoicing.models.invoices import (
    Due,
    Invoice,
    InvoiceLine,
    InvoiceSnapshot,
    SaidDue,
    SaidLine,
    SaidTax,
)
from plugins.invoicing.models.payments import Draw, Payment, PaymentPart
from plugins.invoicing.models.taxes import OrderTax, TaxCode, TaxRate, TaxRule

__all__ = [
    "Bill",
    "BillLine",
    "Draw",
    "Due",
    "Invoice",
    "InvoiceLine",
    "InvoiceSnapshot",
    "OrderTax",
    "Payment",
    "PaymentPart",
    "SaidDue",
    "SaidLine",
    "SaidTax",
    "TaxCode",
    "TaxRate",
    "TaxRule",
]
