"""Invoices and payments for tests, of this plugin's and others'."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.api import Ctx, run_action, save_row
from plugins.invoicing.models import Invoice, Payment
from plugins.invoicing.services import drafting
from plugins.invoicing.services.sides import side_of
from plugins.invoicing.words import INVOICE, PAYMENT
from plugins.orders.api import CustomerOrder
from plugins.orders.testing import make_order


def make_invoice(ctx: Ctx, *orders: CustomerOrder, issue: bool = True) -> Invoice:
    """An issued invoice (``issue=False``: a draft) over all that may be invoiced of these orders; where none is named, of one
    that is made."""
    row = drafting.invoice_goods(ctx, orders or [make_order(ctx)], ctx.today())
    if issue:
        run_action(ctx, ctx.registry.get(INVOICE), row, "issue")
    return row


def make_payment(
    ctx: Ctx, document: Any, amount: str, *, currency: str = "", post: bool = True, **more: Any
) -> Payment:
    """A posted payment (``post=False``: a draft) of an invoice, a bill or, in advance, an order; ``more`` are fields of it."""
    ahead = hasattr(document, "customer") or hasattr(document, "supplier")
    partner = document.partner if not ahead else getattr(document, "customer", None) or document.supplier
    sold = hasattr(document, "customer") if ahead else side_of(document).direction == "in"
    row: Payment = save_row(
        ctx, ctx.registry.get(PAYMENT), None,
        {"direction": "in" if sold else "out", "partner": partner, "paid_on": ctx.today(), "amount": Decimal(amount),
         "currency": currency or document.currency, **more},
        {"parts": [{"document": document.number, "amount": None, "rate": None, "applied": None}]},
    )  # fmt: skip
    if post:
        run_action(ctx, ctx.registry.get(PAYMENT), row, "post")
    return row
