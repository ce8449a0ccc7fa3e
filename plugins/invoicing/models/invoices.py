"""發票: invoices and credit notes to customers, their lines, when they fall due, and what they said when they were issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Boolean, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Money, Pct, Price, Qty, TenantRow, VersionedRow, children, link, ref
from kit.papers import CreatedColumns, Named, Names, Party, Snapshot
from plugins.catalog.api import Partner, PaymentTerm
from plugins.invoicing.models.taxes import TaxCode
from plugins.orders.api import CustomerOrder, OrderLine


@dataclass(frozen=True, kw_only=True)
class SaidLine:
    """A line as it was issued; ``kind`` as in :class:`InvoiceLine`, ``about`` the number of the invoice deducted or
    credited."""

    position: int
    kind: str
    order: str
    customer_po: str
    style: str
    name: str
    names: Names
    color: str
    color_name: str
    color_names: Names
    destination: str
    about: str
    text: str
    pct: Decimal | None
    qty: Decimal
    price: Decimal
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class SaidTax:
    """Tax of one rate: on what, how much, why not."""

    code: str
    name: str
    names: Names
    pct: Decimal
    included: bool
    exempt_reason: str
    base: Decimal
    tax: Decimal


@dataclass(frozen=True, kw_only=True)
class SaidDue:
    """An instalment."""

    due_on: date
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class InvoiceSnapshot:
    """All that an invoice said when it was issued: the PDF is printed from it."""

    number: str
    kind: str
    dated: date
    currency: str
    seller: Party
    buyer: Party
    terms: Named | None
    credits: str
    because: str
    notes: str
    lines: tuple[SaidLine, ...]
    taxes: tuple[SaidTax, ...]
    dues: tuple[SaidDue, ...]
    subtotal: Decimal
    tax: Decimal
    total: Decimal


class Invoice(CreatedColumns, VersionedRow):
    """What a customer owes us, or (``kind`` credit) no longer owes.

    kind     ``goods``: pieces delivered; ``share``: a percentage of orders (deposit, progress); ``credit``
    credits  the invoice that a credit note lowers; ``because`` says why
    subtotal, tax, total  kept with the lines; of a credit note positive too
    """

    __tablename__ = "invoicing_invoice"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_invoicing_invoice_state", "tenant_id", "state", "id"),
        Index("ix_invoicing_invoice_partner", "tenant_id", "partner_id", "state"),
        Index("ix_invoicing_invoice_credits", "tenant_id", "credits_id"),
    )
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    kind: Mapped[str] = mapped_column(String(10), default="goods")
    partner_id: Mapped[int] = ref("catalog_partner")
    partner: Mapped[Partner] = link("Invoice.partner_id", "Partner")
    currency: Mapped[str] = mapped_column(String(3))
    dated: Mapped[date] = mapped_column(Date)
    due_date: Mapped[date | None] = mapped_column(Date)
    terms_id: Mapped[int | None] = ref("catalog_payment_term")
    terms: Mapped[PaymentTerm | None] = link("Invoice.terms_id", "PaymentTerm")
    credits_id: Mapped[int | None] = ref("invoicing_invoice")
    credits: Mapped[Invoice | None] = link("Invoice.credits_id", "Invoice", remote_side="Invoice.id")
    because: Mapped[str] = mapped_column(String(400), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    subtotal: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    tax: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    total: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    snapshot: Mapped[InvoiceSnapshot | None] = mapped_column(Snapshot(InvoiceSnapshot), deferred=True)
    lines: Mapped[list[InvoiceLine]] = children(
        "InvoiceLine.document_id", "Invoice", order_by="InvoiceLine.position"
    )
    dues: Mapped[list[Due]] = children("Due.document_id", "Invoice", order_by="Due.position")


class InvoiceLine(TenantRow):
    """What is invoiced of an order.

    kind    ``goods``: pieces of a line of the order; ``share``: ``pct`` of it; ``deduction``: what such a share took in
            advance (negative); ``charge``: freight and the like
    amount  as priced; ``tax`` is its part of the tax of its rate, ``total`` what is owed for it
    source  the line that is deducted or credited
    """

    __tablename__ = "invoicing_invoice_line"
    __table_args__ = (
        Index("ix_invoicing_invoice_line_order", "tenant_id", "order_id"),
        Index("ix_invoicing_invoice_line_source", "tenant_id", "source_id"),
    )
    document_id: Mapped[int] = ref("invoicing_invoice", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    kind: Mapped[str] = mapped_column(String(10), default="goods")
    order_id: Mapped[int] = ref("orders_order")
    order: Mapped[CustomerOrder] = link("InvoiceLine.order_id", "CustomerOrder")
    order_line_id: Mapped[int | None] = ref("orders_line")
    order_line: Mapped[OrderLine | None] = link("InvoiceLine.order_line_id", "OrderLine")
    source_id: Mapped[int | None] = ref("invoicing_invoice_line")
    text: Mapped[str] = mapped_column(String(400), default="")
    pct: Mapped[Decimal | None] = mapped_column(Pct)
    qty: Mapped[Decimal] = mapped_column(Qty, default=Decimal(0))
    price: Mapped[Decimal] = mapped_column(Price, default=Decimal(0))
    amount: Mapped[Decimal] = mapped_column(Money)
    tax_code_id: Mapped[int | None] = ref("invoicing_tax")
    tax_code: Mapped[TaxCode | None] = link("InvoiceLine.tax_code_id", "TaxCode")
    tax_pct: Mapped[Decimal] = mapped_column(Pct, default=Decimal(0))
    included: Mapped[bool] = mapped_column(Boolean, default=False)
    tax: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    total: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))


class Due(TenantRow):
    """An instalment of an issued invoice."""

    __tablename__ = "invoicing_due"
    document_id: Mapped[int] = ref("invoicing_invoice", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    due_on: Mapped[date] = mapped_column(Date)
    amount: Mapped[Decimal] = mapped_column(Money)
