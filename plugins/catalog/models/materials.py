"""Materials and what suppliers ask for them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Boolean, Date, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, Price, Qty, Rate, VersionedRow, link, ref
from plugins.catalog.models.partners import Partner


class Material(VersionedRow):
    """A main material or trim. Stocked in ``stock_uom``; one ``purchase_uom`` is ``factor`` stock units.

    ``content`` is what one stock unit nominally holds, in ``content_uom``: a cone of thread holds 5,000 m.
    """

    __tablename__ = "catalog_material"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    names: Mapped[dict[str, str] | None] = mapped_column(Json)
    material_class: Mapped[str] = mapped_column(String(10))  # main, trim
    composition: Mapped[str] = mapped_column(String(200), default="")
    stock_uom: Mapped[str] = mapped_column(String(10))
    stock_step: Mapped[Decimal] = mapped_column(Qty)
    purchase_uom: Mapped[str] = mapped_column(String(10))
    factor: Mapped[Decimal] = mapped_column(Rate)
    gsm: Mapped[Decimal | None] = mapped_column(Qty)
    width_in: Mapped[Decimal | None] = mapped_column(Qty)
    content: Mapped[Decimal | None] = mapped_column(Qty)
    content_uom: Mapped[str | None] = mapped_column(String(10))
    supplier_id: Mapped[int | None] = ref("catalog_partner")
    supplier: Mapped[Partner | None] = link("Material.supplier_id", "Partner")
    moq: Mapped[Decimal] = mapped_column(Qty, default=Decimal(0))
    multiple: Mapped[Decimal] = mapped_column(Qty, default=Decimal(0))
    lead_days: Mapped[int] = mapped_column(Integer, default=0)
    safety_stock: Mapped[Decimal] = mapped_column(Qty, default=Decimal(0))
    by_color: Mapped[bool] = mapped_column(Boolean, default=False)
    by_size: Mapped[bool] = mapped_column(Boolean, default=False)
    gate_stage: Mapped[str] = mapped_column(String(20), default="cutting")  # cutting, sewing, packing
    notes: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class SupplierPrice(VersionedRow):
    """What a supplier asks for a material from a quantity on, while valid."""

    __tablename__ = "catalog_supplier_price"
    __table_args__ = (
        UniqueConstraint("tenant_id", "supplier_id", "material_id", "currency", "min_qty", "valid_from"),
    )
    supplier_id: Mapped[int] = ref("catalog_partner")
    supplier: Mapped[Partner] = link("SupplierPrice.supplier_id", "Partner")
    material_id: Mapped[int] = ref("catalog_material")
    material: Mapped[Material] = link("SupplierPrice.material_id", "Material")
    currency: Mapped[str] = mapped_column(String(3))
    price: Mapped[Decimal] = mapped_column(Price)
    min_qty: Mapped[Decimal] = mapped_column(Qty, default=Decimal(0))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
