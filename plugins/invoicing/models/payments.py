"""收付款: money in and out, what it is split over, and prepayments that invoices used up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Money, Rate, TenantRow, VersionedRow, children, link, ref
from kit.papers import CreatedColumns
from plugins.catalog.api import Partner
from plugins.invoicing.models.bills import Bill
from plugins.invoicing.models.invoices import Invoice
from plugins.orders.api import CustomerOrder
from plugins.purchasing.api import PurchaseOrder


class Payment(CreatedColumns, VersionedRow):
    """Money that came in or went out, in the currency it was paid in.

    amount    what arrived at our account, or left it
    bank_fee  what the bank kept: of money in it is added to what is settled, of money out taken off it
    rounding  a small difference that is let go: what is settled beyond (or, negative, short of) the money
    state     draft, posted (counts), final (locked), reversed
    """

    __tablename__ = "invoicing_payment"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_invoicing_payment_state", "tenant_id", "state", "id"),
        Index("ix_invoicing_payment_partner", "tenant_id", "partner_id", "state"),
    )
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    direction: Mapped[str] = mapped_column(String(5), default="in")
    partner_id: Mapped[int] = ref("catalog_partner")
    partner: Mapped[Partner] = link("Payment.partner_id", "Partner")
    paid_on: Mapped[date] = mapped_column(Date)
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Decimal] = mapped_column(Money)
    bank_fee: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    rounding: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    reference: Mapped[str] = mapped_column(String(120), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    parts: Mapped[list[PaymentPart]] = children(
        "PaymentPart.payment_id", "Payment", order_by="PaymentPart.position"
    )

    @property
    def settles(self) -> Decimal:
        """What its parts add up to, in the currency paid."""
        fee = self.bank_fee or Decimal(0)
        return self.amount + (fee if self.direction == "in" else -fee) + (self.rounding or Decimal(0))


class PaymentPart(TenantRow):
    """The part of a payment for one document, which is one of an invoice, a bill, a customer order or a purchase order.

    ``document`` is its number. ``amount`` is in the currency paid, ``rate`` units of the document's currency for one of it,
    ``applied`` what is settled in the document's currency.
    """

    __tablename__ = "invoicing_payment_part"
    __table_args__ = (
        Index("ix_invoicing_payment_part_invoice", "tenant_id", "invoice_id"),
        Index("ix_invoicing_payment_part_bill", "tenant_id", "bill_id"),
        Index("ix_invoicing_payment_part_order", "tenant_id", "order_id"),
        Index("ix_invoicing_payment_part_purchase", "tenant_id", "purchase_id"),
    )
    payment_id: Mapped[int] = ref("invoicing_payment", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    document: Mapped[str] = mapped_column(String(40))
    invoice_id: Mapped[int | None] = ref("invoicing_invoice")
    invoice: Mapped[Invoice | None] = link("PaymentPart.invoice_id", "Invoice")
    bill_id: Mapped[int | None] = ref("invoicing_bill")
    bill: Mapped[Bill | None] = link("PaymentPart.bill_id", "Bill")
    order_id: Mapped[int | None] = ref("orders_order")
    order: Mapped[CustomerOrder | None] = link("PaymentPart.order_id", "CustomerOrder")
    purchase_id: Mapped[int | None] = ref("purchasing_order")
    purchase: Mapped[PurchaseOrder | None] = link("PaymentPart.purchase_id", "PurchaseOrder")
    amount: Mapped[Decimal] = mapped_column(Money)
    rate: Mapped[Decimal] = mapped_column(Rate)
    applied: Mapped[Decimal] = mapped_column(Money)


class Draw(TenantRow):
    """What an invoice or bill used up of a prepayment of its order, in the document's currency."""

    __tablename__ = "invoicing_draw"
    __table_args__ = (
        Index("ix_invoicing_draw_part", "tenant_id", "part_id"),
        Index("ix_invoicing_draw_invoice", "tenant_id", "invoice_id"),
        Index("ix_invoicing_draw_bill", "tenant_id", "bill_id"),
    )
    part_id: Mapped[int] = ref("invoicing_payment_part", ondelete="CASCADE")
    invoice_id: Mapped[int | None] = ref("invoicing_invoice")
    bill_id: Mapped[int | None] = ref("invoicing_bill")
    amount: Mapped[Decimal] = mapped_column(Money)
