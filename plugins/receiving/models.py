"""收料: receipts of material with their rolls, and returns to the supplier."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Boolean, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Price, Qty, TenantRow, Utc, VersionedRow, children, link, ref
from kit.papers import PostedColumns
from plugins.catalog.api import Partner
from plugins.purchasing.api import PurchaseLine
from plugins.stock.api import Store


class Receipt(PostedColumns, VersionedRow):
    """A delivery of one supplier against lines of his purchase orders. Only a posted one counts.

    inspect  accepted and rejected are decided after posting; until then the goods wait and cannot be used
    key      names the attempt it was made in: sent twice, it is made once
    """

    __tablename__ = "receiving_receipt"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "key"),
        Index("ix_purchasing_receipt_state", "tenant_id", "state", "id"),
    )
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    supplier_id: Mapped[int] = ref("catalog_partner")
    supplier: Mapped[Partner] = link("Receipt.supplier_id", "Partner")
    store_id: Mapped[int] = ref("stock_store")
    store: Mapped[Store] = link("Receipt.store_id", "Store")
    received_on: Mapped[date] = mapped_column(Date)
    delivery_note: Mapped[str] = mapped_column(String(80), default="")
    inspect: Mapped[bool] = mapped_column(Boolean, default=False)
    notes: Mapped[str] = mapped_column(Text, default="")
    key: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Utc)
    lines: Mapped[list[ReceiptLine]] = children(
        "ReceiptLine.receipt_id", "Receipt", order_by="ReceiptLine.position"
    )


class ReceiptLine(TenantRow):
    """What came against one purchase line, in its purchase unit; ``stock_*`` are the measured stock quantities.

    What is neither accepted nor rejected waits for inspection. ``price`` is the one in force when it was posted; ``free``
    goods have none. ``over_reason``/``over_by``: who allowed more than the tolerance, and why.
    """

    __tablename__ = "receiving_receipt_line"
    receipt_id: Mapped[int] = ref("receiving_receipt", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    line_id: Mapped[int] = ref("purchasing_line")
    line: Mapped[PurchaseLine] = link("ReceiptLine.line_id", "PurchaseLine")
    received: Mapped[Decimal] = mapped_column(Qty)
    accepted: Mapped[Decimal] = mapped_column(Qty)
    rejected: Mapped[Decimal] = mapped_column(Qty)
    stock_received: Mapped[Decimal] = mapped_column(Qty)
    stock_accepted: Mapped[Decimal] = mapped_column(Qty)
    stock_rejected: Mapped[Decimal] = mapped_column(Qty)
    price: Mapped[Decimal] = mapped_column(Price)
    free: Mapped[bool] = mapped_column(Boolean, default=False)
    reject_reason: Mapped[str] = mapped_column(String(40), default="")
    over_reason: Mapped[str] = mapped_column(String(400), default="")
    over_by: Mapped[str] = mapped_column(String(120), default="")
    deviation_ok: Mapped[bool] = mapped_column(Boolean, default=False)
    note: Mapped[str] = mapped_column(String(400), default="")
    rolls: Mapped[list[ReceiptRoll]] = children(
        "ReceiptRoll.receipt_line_id", "ReceiptLine", order_by="ReceiptRoll.position"
    )


class ReceiptRoll(TenantRow):
    """A roll or lot of a receipt line. ``lot`` is the dye lot: the ledger keeps the stock of each apart."""

    __tablename__ = "receiving_receipt_roll"
    __table_args__ = (Index("ix_receiving_receipt_roll_roll", "tenant_id", "roll"),)
    receipt_line_id: Mapped[int] = ref("receiving_receipt_line", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    roll: Mapped[str] = mapped_column(String(40), default="")
    lot: Mapped[str] = mapped_column(String(40), default="")
    qty: Mapped[Decimal] = mapped_column(Qty)
    stock_qty: Mapped[Decimal] = mapped_column(Qty)
    net_kg: Mapped[Decimal | None] = mapped_column(Qty)
    length_m: Mapped[Decimal | None] = mapped_column(Qty)
    width_in: Mapped[Decimal | None] = mapped_column(Qty)
    rejected: Mapped[bool] = mapped_column(Boolean, default=False)


class Inspection(TenantRow):
    """What was decided of a receipt line that waited, and the business day from which it holds; purchase units and, with
    ``stock_``, stock units."""

    __tablename__ = "receiving_inspection"
    receipt_line_id: Mapped[int] = ref("receiving_receipt_line", ondelete="CASCADE")
    decided_on: Mapped[date] = mapped_column(Date)
    accepted: Mapped[Decimal] = mapped_column(Qty)
    rejected: Mapped[Decimal] = mapped_column(Qty)
    stock_accepted: Mapped[Decimal] = mapped_column(Qty)
    stock_rejected: Mapped[Decimal] = mapped_column(Qty)
    reason: Mapped[str] = mapped_column(String(40), default="")
    at: Mapped[datetime] = mapped_column(Utc)
    user_name: Mapped[str] = mapped_column(String(120))


class SupplierReturn(VersionedRow):
    """進貨退出: goods that go back to a supplier. ``kind``: replacement (the order is open again for them) or credit."""

    __tablename__ = "receiving_return"
    __table_args__ = (UniqueConstraint("tenant_id", "number"),)
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    kind: Mapped[str] = mapped_column(String(20), default="replacement")
    supplier_id: Mapped[int] = ref("catalog_partner")
    supplier: Mapped[Partner] = link("SupplierReturn.supplier_id", "Partner")
    receipt_id: Mapped[int] = ref("receiving_receipt")
    receipt: Mapped[Receipt] = link("SupplierReturn.receipt_id", "Receipt")
    returned_on: Mapped[date] = mapped_column(Date)
    notes: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Utc)
    posted_by: Mapped[str] = mapped_column(String(120), default="")
    lines: Mapped[list[ReturnLine]] = children(
        "ReturnLine.return_id", "SupplierReturn", order_by="ReturnLine.position"
    )


class ReturnLine(TenantRow):
    """What goes back of one receipt line; ``source``: ``stock`` (accepted before) or ``rejected``. ``reason`` from the list."""

    __tablename__ = "receiving_return_line"
    return_id: Mapped[int] = ref("receiving_return", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    receipt_line_id: Mapped[int] = ref("receiving_receipt_line")
    receipt_line: Mapped[ReceiptLine] = link("ReturnLine.receipt_line_id", "ReceiptLine")
    line_id: Mapped[int] = ref("purchasing_line")
    source: Mapped[str] = mapped_column(String(10), default="stock")
    lot: Mapped[str] = mapped_column(String(40), default="")
    qty: Mapped[Decimal] = mapped_column(Qty)
    stock_qty: Mapped[Decimal] = mapped_column(Qty)
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(400), default="")
