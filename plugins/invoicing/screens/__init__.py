"""Pages of invoicing."""

from __future__ import annotations

from core.api import Declare


def register(registry: Declare) -> None:
    """Use these pages."""
    from plugins.invoicing.screens import ageing, documents
    from plugins.invoicing.words import BILL, INVOICE, PAYMENT

    registry.screen(INVOICE, documents.InvoiceView)
    registry.screen(BILL, documents.BillView)
    registry.screen(PAYMENT, documents.PaymentView)
    registry.view(ageing.AgeingPage())
