"""採購: purchase orders, their lines, revisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.api import EntityRef
from core.db import Json, Money, Pct, Price, Qty, Rate, TenantRow, VersionedRow, children, link, ref
from core.values import decimal_text
from kit.papers import CreatedColumns, Named, Names, Party, RevisionColumns, Snapshot
from plugins.catalog.api import Color, Destination, Material, Partner, PaymentTerm, Size, Style
from plugins.purchasing.words import MONTHS

DATED = text(f"required_date IS NOT NULL OR availability IN ({', '.join(repr(month) for month in MONTHS)})")
"""Lines with a day of their own, which are few."""


@dataclass(frozen=True, kw_only=True)
class LineSnapshot:
    """A line of a purchase order as it was issued."""

    line_id: int
    position: int
    material: str
    name: str
    names: Names
    composition: str
    gsm: Decimal | None
    width_in: Decimal | None
    color: str
    color_name: str
    color_names: Names
    size: str
    destination: str
    qty: Decimal
    uom: str
    price: Decimal | None
    amount: Decimal
    styles: tuple[str, ...]
    required_date: date | None
    availability: str
    note: str

    @property
    def details(self) -> str:
        """Composition, weight and width, as printed."""
        gsm = f"{decimal_text(self.gsm)} g/m²" if self.gsm else ""
        width = f"{decimal_text(self.width_in)}\u2033" if self.width_in else ""
        return ", ".join(part for part in (self.composition, gsm, width) if part)


@dataclass(frozen=True, kw_only=True)
class OrderSnapshot:
    """What a purchase order said when it was issued or last revised: the PDF is printed from it."""

    number: str
    revision: int
    issue_date: date | None
    order_date: date
    required_date: date | None
    currency: str
    decimals: int
    tax_pct: Decimal
    incoterm: str
    delivery_place: str
    note_codes: tuple[str, ...]
    notes: str
    made_for: str
    supplier: Party
    terms: Named | None
    lines: tuple[LineSnapshot, ...]
    subtotal: Decimal
    tax: Decimal
    total: Decimal


class PurchaseOrder(CreatedColumns, VersionedRow):
    """採購單: main material, trims or finished goods bought from one supplier. Its class decides list and number series.

    ``total`` is kept with the lines (their amounts, and tax on the sum). ``snapshot`` is what was issued; the PDF is
    printed from it. Partly received and received are never stored: they follow from what came. ``made_for`` is the number of
    the document that it buys for, ``made_for_entity`` and ``made_for_id`` say which that is.
    """

    __tablename__ = "purchasing_order"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_purchasing_order_state", "tenant_id", "material_class", "state", "id"),
    )
    number: Mapped[str] = mapped_column(String(40))
    material_class: Mapped[str] = mapped_column(String(10), default="main")
    state: Mapped[str] = mapped_column(String(20), default="draft")
    supplier_id: Mapped[int] = ref("catalog_partner")
    supplier: Mapped[Partner] = link("PurchaseOrder.supplier_id", "Partner")
    currency: Mapped[str] = mapped_column(String(3))
    terms_id: Mapped[int | None] = ref("catalog_payment_term")
    terms: Mapped[PaymentTerm | None] = link("PurchaseOrder.terms_id", "PaymentTerm")
    note_codes: Mapped[list[str] | None] = mapped_column(Json)
    notes: Mapped[str] = mapped_column(Text, default="")
    order_date: Mapped[date] = mapped_column(Date)
    required_date: Mapped[date | None] = mapped_column(Date)
    issue_date: Mapped[date | None] = mapped_column(Date)
    made_for: Mapped[str] = mapped_column(String(40), default="")
    made_for_entity: Mapped[str] = mapped_column(String(80), default="")
    made_for_id: Mapped[int] = mapped_column(BigInteger, default=0)
    incoterm: Mapped[str] = mapped_column(String(40), default="")
    delivery_place: Mapped[str] = mapped_column(String(200), default="")
    tax_pct: Mapped[Decimal] = mapped_column(Pct, default=Decimal(0))
    revision: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    snapshot: Mapped[OrderSnapshot | None] = mapped_column(Snapshot(OrderSnapshot), deferred=True)
    lines: Mapped[list[PurchaseLine]] = children(
        "PurchaseLine.order_id", "PurchaseOrder", order_by="PurchaseLine.position"
    )

    @property
    def purpose(self) -> EntityRef | None:
        """The document it buys for."""
        return EntityRef(self.made_for_entity, self.made_for_id) if self.made_for_id else None


class PurchaseLine(TenantRow):
    """A material in a colour, size and destination, ordered in its purchase unit; or pieces of a style that is bought finished.
    It has one of the two, ``article`` is it.

    factor       stock units in one purchase unit when the line was written; ``stock_qty`` is the nominal stock quantity
    tolerance_pct  allowed above the order; empty: the setting of the material's class
    max_qty, close_qty  most that may be accepted, and what must be accepted for the line to be complete, in purchase
                 units; fixed when the order is issued
    availability unknown, never, local, or a month (jan … dec) whose year is implied
    """

    __tablename__ = "purchasing_line"
    __table_args__ = (
        Index(
            "ix_purchasing_line_dated", "tenant_id", "order_id", postgresql_where=DATED, sqlite_where=DATED
        ),
        CheckConstraint("(material_id IS NULL) <> (style_id IS NULL)", name="article"),
    )
    order_id: Mapped[int] = ref("purchasing_order", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    material_id: Mapped[int | None] = ref("catalog_material")
    material: Mapped[Material | None] = link("PurchaseLine.material_id", "Material")
    style_id: Mapped[int | None] = ref("catalog_style")
    style: Mapped[Style | None] = link("PurchaseLine.style_id", "Style")
    color_id: Mapped[int | None] = ref("catalog_color")
    color: Mapped[Color | None] = link("PurchaseLine.color_id", "Color")
    size_id: Mapped[int | None] = ref("catalog_size")
    size: Mapped[Size | None] = link("PurchaseLine.size_id", "Size")
    destination_id: Mapped[int | None] = ref("catalog_destination")
    destination: Mapped[Destination | None] = link("PurchaseLine.destination_id", "Destination")
    qty: Mapped[Decimal] = mapped_column(Qty)
    uom: Mapped[str] = mapped_column(String(10))
    factor: Mapped[Decimal] = mapped_column(Rate)
    stock_uom: Mapped[str] = mapped_column(String(10))
    stock_qty: Mapped[Decimal] = mapped_column(Qty)
    price: Mapped[Decimal | None] = mapped_column(Price)
    amount: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    zero_reason: Mapped[str] = mapped_column(String(400), default="")
    required_date: Mapped[date | None] = mapped_column(Date)
    availability: Mapped[str] = mapped_column(String(10), default="unknown")
    tolerance_pct: Mapped[Decimal | None] = mapped_column(Pct)
    max_qty: Mapped[Decimal] = mapped_column(Qty)
    close_qty: Mapped[Decimal] = mapped_column(Qty)
    short_closed: Mapped[bool] = mapped_column(Boolean, default=False)
    short_reason: Mapped[str] = mapped_column(String(400), default="")
    note: Mapped[str] = mapped_column(String(400), default="")
    styles: Mapped[list[LineStyle]] = children("LineStyle.line_id", "PurchaseLine")

    @property
    def article(self) -> Material | Style:
        """What is bought: a material, or a style whose pieces come finished."""
        found = self.material or self.style
        assert found is not None  # the table holds it
        return found

    @property
    def bought(self) -> Material:
        """The material of a line that buys one; only lines of main materials and trims do."""
        assert self.material is not None
        return self.material


class LineStyle(TenantRow):
    """A style that a line is bought for."""

    __tablename__ = "purchasing_line_style"
    __table_args__ = (UniqueConstraint("tenant_id", "line_id", "style_id"),)
    line_id: Mapped[int] = ref("purchasing_line", ondelete="CASCADE")
    style_id: Mapped[int] = ref("catalog_style")
    style: Mapped[Style] = link("LineStyle.style_id", "Style")


class PurchaseRevision(RevisionColumns, TenantRow):
    """A change after issue, with the snapshot it replaced; ``reprice``: new receipts only (``new``) or those already posted
    too (``all``)."""

    __tablename__ = "purchasing_revision"
    __table_args__ = (UniqueConstraint("tenant_id", "order_id", "revision"),)
    order_id: Mapped[int] = ref("purchasing_order", ondelete="CASCADE")
    reprice: Mapped[str] = mapped_column(String(10), default="new")
    snapshot: Mapped[OrderSnapshot | None] = mapped_column(Snapshot(OrderSnapshot), deferred=True)
