"""Master data, second half: materials, price lists, consumption (BOM)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, Date, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.api import Json, Pct, Price, Qty, Rate, TenantRow, VersionedRow, children, link, ref

if TYPE_CHECKING:
    from plugins.catalog.models import Color, Partner, Size, Style


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


class FactoryPrice(VersionedRow):
    """委外價格: what a factory charges per piece of a style (and process) from a quantity on, while valid."""

    __tablename__ = "catalog_factory_price"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id", "factory_id", "style_id", "process", "currency", "min_qty", "valid_from"
        ),
    )
    factory_id: Mapped[int] = ref("catalog_partner")
    factory: Mapped[Partner] = link("FactoryPrice.factory_id", "Partner")
    style_id: Mapped[int] = ref("catalog_style")
    style: Mapped[Style] = link("FactoryPrice.style_id", "Style")
    process: Mapped[str] = mapped_column(String(20), default="CMT")
    currency: Mapped[str] = mapped_column(String(3))
    price: Mapped[Decimal] = mapped_column(Price)
    min_qty: Mapped[int] = mapped_column(Integer, default=0)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class BomLine(TenantRow):
    """A material of a style: how much a piece takes, in which colour, for which sizes and destinations.

    color_rule  match (the garment's colour), map (``color_map``: garment colour id → material colour id),
                fixed (``fixed_color``), none
    size_rule   none, track (the material itself exists per size)
    dest_rule   none, track (the material exists per destination)
    consumption for every size, in ``uom``; rows in ``sizes`` replace it for their size
    fixed_loss  lost once per material group whatever the quantity, in ``uom``
    stage       work that waits for it (cutting, sewing, packing); empty: the material's own
    """

    __tablename__ = "catalog_bom_line"
    style_id: Mapped[int] = ref("catalog_style", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    material_id: Mapped[int] = ref("catalog_material")
    material: Mapped[Material] = link("BomLine.material_id", "Material")
    place: Mapped[str] = mapped_column(String(80), default="")
    uom: Mapped[str] = mapped_column(String(10))
    consumption: Mapped[Decimal | None] = mapped_column(Qty)
    wastage_pct: Mapped[Decimal] = mapped_column(Pct, default=Decimal(0))
    fixed_loss: Mapped[Decimal] = mapped_column(Qty, default=Decimal(0))
    color_rule: Mapped[str] = mapped_column(String(10), default="match")
    fixed_color_id: Mapped[int | None] = ref("catalog_color")
    fixed_color: Mapped[Color | None] = link("BomLine.fixed_color_id", "Color")
    color_map: Mapped[dict[str, int] | None] = mapped_column(Json)
    size_rule: Mapped[str] = mapped_column(String(10), default="none")
    dest_rule: Mapped[str] = mapped_column(String(10), default="none")
    stage: Mapped[str] = mapped_column(String(20), default="")
    optional: Mapped[bool] = mapped_column(Boolean, default=False)
    sizes: Mapped[list[BomSize]] = children("BomSize.bom_line_id", "BomLine")


class BomSize(TenantRow):
    """Consumption of a BOM line for one size."""

    __tablename__ = "catalog_bom_size"
    __table_args__ = (UniqueConstraint("tenant_id", "bom_line_id", "size_id"),)
    bom_line_id: Mapped[int] = ref("catalog_bom_line", ondelete="CASCADE")
    size_id: Mapped[int] = ref("catalog_size")
    size: Mapped[Size] = link("BomSize.size_id", "Size")
    consumption: Mapped[Decimal] = mapped_column(Qty)
