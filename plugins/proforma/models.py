"""形式發票: proforma invoices made from purchase orders. They say what they said when they were made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Money, Pct, Qty, TenantRow, VersionedRow, children, link, ref
from kit.papers import CreatedColumns, Named, Party, Snapshot
from plugins.purchasing.api import LineSnapshot, PurchaseOrder


@dataclass(frozen=True, kw_only=True)
class InvoiceSnapshot:
    """The parties, the order's number and terms as they were when a proforma invoice was made."""

    number: str
    made_for: str
    supplier: Party
    buyer: Party
    terms: Named | None


class ProformaInvoice(CreatedColumns, VersionedRow):
    """One proforma invoice. ``order_revision`` is the revision of the purchase order it was made from.

    ``state`` is ``current`` for the newest of an order, ``superseded`` for the others.
    """

    __tablename__ = "proforma_invoice"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_proforma_invoice_state", "tenant_id", "state", "id"),
    )
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="current")
    order_id: Mapped[int] = ref("purchasing_order")
    order: Mapped[PurchaseOrder] = link("ProformaInvoice.order_id", "PurchaseOrder")
    order_revision: Mapped[int] = mapped_column(Integer, default=0)
    pi_date: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    ship_date: Mapped[date | None] = mapped_column(Date)
    ship_days: Mapped[int | None] = mapped_column(Integer)
    currency: Mapped[str] = mapped_column(String(3))
    incoterm: Mapped[str] = mapped_column(String(120), default="")
    loading: Mapped[str] = mapped_column(String(120), default="")
    discharge: Mapped[str] = mapped_column(String(120), default="")
    origin: Mapped[str] = mapped_column(String(120), default="")
    mode: Mapped[str] = mapped_column(String(20), default="")
    partial: Mapped[str] = mapped_column(String(20), default="")
    transhipment: Mapped[str] = mapped_column(String(20), default="")
    tolerance_pct: Mapped[Decimal | None] = mapped_column(Pct)
    notify: Mapped[str] = mapped_column(Text, default="")
    bank: Mapped[str] = mapped_column(Text, default="")
    charges: Mapped[str] = mapped_column(String(120), default="")
    packages: Mapped[int | None] = mapped_column(Integer)
    net_kg: Mapped[Decimal | None] = mapped_column(Qty)
    gross_kg: Mapped[Decimal | None] = mapped_column(Qty)
    cbm: Mapped[Decimal | None] = mapped_column(Qty)
    subtotal: Mapped[Decimal] = mapped_column(Money)
    freight: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    insurance: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    total: Mapped[Decimal] = mapped_column(Money)
    remarks: Mapped[str] = mapped_column(Text, default="")
    snapshot: Mapped[InvoiceSnapshot] = mapped_column(Snapshot(InvoiceSnapshot))
    created_by: Mapped[str] = mapped_column(String(120), default="")
    lines: Mapped[list[ProformaLine]] = children(
        "ProformaLine.invoice_id", "ProformaInvoice", order_by="ProformaLine.position"
    )


class ProformaLine(TenantRow):
    """A line of the order with the quantity invoiced; ``said`` is the order's line as it was.

    ``order_line_id`` is kept without a reference: the purchase order stays free to change.
    """

    __tablename__ = "proforma_line"
    invoice_id: Mapped[int] = ref("proforma_invoice", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    order_line_id: Mapped[int] = mapped_column(BigInteger)
    po_qty: Mapped[Decimal] = mapped_column(Qty)
    qty: Mapped[Decimal] = mapped_column(Qty)
    amount: Mapped[Decimal] = mapped_column(Money)
    hs: Mapped[str] = mapped_column(String(20), default="")
    price_note: Mapped[str] = mapped_column(String(400), default="")
    said: Mapped[LineSnapshot] = mapped_column(Snapshot(LineSnapshot))

    @property
    def difference(self) -> Decimal:
        """Invoiced beyond the order (+) or short of it (−)."""
        return self.qty - self.po_qty
