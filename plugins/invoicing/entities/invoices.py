"""Invoices and credit notes to customers as core knows them."""

from __future__ import annotations

from core.api import Column, Ctx, Declare, EntityType, Field, T
from plugins.catalog.api import CUSTOMER_PRICES
from plugins.invoicing.models import Invoice
from plugins.invoicing.services import drafting
from plugins.invoicing.shown import columns, figures
from plugins.invoicing.words import (
    CREDIT_SERIES,
    DOCUMENT_STATES,
    FINANCE,
    INVOICE,
    INVOICE_KINDS,
    MAKE_INVOICES,
)


def _retax(ctx: Ctx, row: Invoice, is_new: bool) -> None:
    if not is_new and row.kind != "credit":
        drafting.follow_date(ctx, row)


def register(registry: Declare) -> None:
    """Declare them, and the right to make them."""
    registry.series(CREDIT_SERIES, "CN-{YYYY}-{0000}")
    registry.entity(
        EntityType(
            name=INVOICE, model=Invoice, label=T("Invoice"), plural=T("Invoices"), key="number", title="",
            series=drafting.SERIES, pattern="INV-{YYYY}-{0000}", states=DOCUMENT_STATES,
            fields=(
                Field("partner", T("Customer"), "ref", ref="catalog.partner", readonly=True),
                Field("kind", T("Kind"), "choice", choices=INVOICE_KINDS, readonly=True),
                Field("credits", T("Lowers the invoice"), "ref", ref=INVOICE, readonly=True),
                Field("dated", T("Date"), "date", required=True, fact=True),
                Field("due_date", T("Due"), "date", readonly=True),
                Field("terms", T("Payment terms"), "ref", ref="catalog.payment_term"),
                Field("currency", T("Currency"), readonly=True),
                Field("because", T("Reason"), max_length=400, readonly=True),
                Field("notes", T("Notes"), "long", wide=True, max_length=4000),
            ),
            columns=(
                Column("number", T("Number"), attr="number"), Column("state", T("State"), "state", attr="state"),
                "partner", "kind", Column("orders", T("Customer orders"), load=columns.customer_orders, sort=False), "dated",
                "due_date", Column("currency", T("Currency"), attr="currency"),
                Column("total", T("Total"), "money", attr="total", right=CUSTOMER_PRICES),
                Column("open", T("Open amount"), "money", load=columns.open_of_invoices, sort=False, right=CUSTOMER_PRICES),
                Column("settled", T("Paid"), "badge", load=columns.invoice_badges, sort=False),
            ),
            filters=("partner", "kind", "dated", "due_date", columns.overdue_filter(CUSTOMER_PRICES)),
            search=("number", "partner"), totals=("total",), figures=figures.of_invoice,
            sees=dict.fromkeys(figures.AMOUNTS, CUSTOMER_PRICES), before_save=_retax, edit_states=("draft",),
            edit_roles=FINANCE, view_roles=("merch", "fin", "mgr"), creatable=False, needs=(CUSTOMER_PRICES,),
            menu=("invoicing", 10), icon="invoice",
        )
    )  # fmt: skip
    registry.permission(
        MAKE_INVOICES, T("Make invoices and credit notes"), ("merch", "fin", "mgr"), needs=(CUSTOMER_PRICES,)
    )
