"""供應商帳單: bills and debit notes of vendors against purchase orders."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Boolean, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Money, Pct, Price, Qty, TenantRow, VersionedRow, children, link, ref
from kit.papers import CreatedColumns
from plugins.catalog.api import Partner
from plugins.purchasing.api import PurchaseLine, PurchaseOrder


class Bill(CreatedColumns, VersionedRow):
    """What we owe a vendor, or (``kind`` debit) no longer owe.

    vendor_number  the vendor's own number
    credits        the bill that a debit note lowers; ``because`` says why
    """

    __tablename__ = "invoicing_bill"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_invoicing_bill_state", "tenant_id", "state", "id"),
        Index("ix_invoicing_bill_partner", "tenant_id", "partner_id", "state"),
        Index("ix_invoicing_bill_credits", "tenant_id", "credits_id"),
    )
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    kind: Mapped[str] = mapped_column(String(10), default="bill")
    partner_id: Mapped[int] = ref("catalog_partner")
    partner: Mapped[Partner] = link("Bill.partner_id", "Partner")
    vendor_number: Mapped[str] = mapped_column(String(80), default="")
    currency: Mapped[str] = mapped_column(String(3))
    dated: Mapped[date] = mapped_column(Date)
    due_date: Mapped[date | None] = mapped_column(Date)
    credits_id: Mapped[int | None] = ref("invoicing_bill")
    credits: Mapped[Bill | None] = link("Bill.credits_id", "Bill", remote_side="Bill.id")
    because: Mapped[str] = mapped_column(String(400), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    subtotal: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    tax: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    total: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    lines: Mapped[list[BillLine]] = children("BillLine.document_id", "Bill", order_by="BillLine.position")


class BillLine(TenantRow):
    """What a vendor bills of a line of a purchase order, in its purchase unit, at the price that he asks."""

    __tablename__ = "invoicing_bill_line"
    __table_args__ = (
        Index("ix_invoicing_bill_line_order", "tenant_id", "order_id"),
        Index("ix_invoicing_bill_line_line", "tenant_id", "order_line_id"),
        Index("ix_invoicing_bill_line_source", "tenant_id", "source_id"),
    )
    document_id: Mapped[int] = ref("invoicing_bill", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    order_id: Mapped[int] = ref("purchasing_order")
    order: Mapped[PurchaseOrder] = link("BillLine.order_id", "PurchaseOrder")
    order_line_id: Mapped[int | None] = ref("purchasing_line")
    order_line: Mapped[PurchaseLine | None] = link("BillLine.order_line_id", "PurchaseLine")
    source_id: Mapped[int | None] = ref("invoicing_bill_line")
    text: Mapped[str] = mapped_column(String(400), default="")
    qty: Mapped[Decimal] = mapped_column(Qty, default=Decimal(0))
    price: Mapped[Decimal] = mapped_column(Price, default=Decimal(0))
    amount: Mapped[Decimal] = mapped_column(Money)
    tax_pct: Mapped[Decimal] = mapped_column(Pct, default=Decimal(0))
    included: Mapped[bool] = mapped_column(Boolean, default=False)
    tax: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    total: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
