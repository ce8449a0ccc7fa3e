"""Styles: colourways, consumption (BOM), what factories ask for making them and vendors for the finished goods."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Boolean, Date, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, Pct, Price, Qty, TenantRow, VersionedRow, children, link, ref
from plugins.catalog.models.materials import Material
from plugins.catalog.models.partners import Partner
from plugins.catalog.models.variants import Color, Size, SizeRun


class Style(VersionedRow):
    """A design, independent of colour and size. ``pcs_per_carton`` packs it; ``hs`` classifies it at customs.

    ``bom_version`` rises with every change of its consumption; documents keep the one they were computed with.
    ``bom_since`` is the day from which the present one stands, none without any.
    """

    __tablename__ = "catalog_style"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    names: Mapped[dict[str, str] | None] = mapped_column(Json)
    season: Mapped[str] = mapped_column(String(20), default="")
    customer_id: Mapped[int | None] = ref("catalog_partner")
    customer: Mapped[Partner | None] = link("Style.customer_id", "Partner")
    hs: Mapped[str] = mapped_column(String(20), default="")
    size_run_id: Mapped[int] = ref("catalog_size_run")
    size_run: Mapped[SizeRun] = link("Style.size_run_id", "SizeRun")
    unit: Mapped[str] = mapped_column(String(10), default="pcs")
    pcs_per_carton: Mapped[int | None] = mapped_column(Integer)
    packing: Mapped[str] = mapped_column(Text, default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    bom_version: Mapped[int] = mapped_column(Integer, default=0)
    bom_since: Mapped[date | None] = mapped_column(Date)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    colors: Mapped[list[StyleColor]] = children(
        "StyleColor.style_id", "Style", order_by="StyleColor.position"
    )
    bom: Mapped[list[BomLine]] = children("BomLine.style_id", "Style", order_by="BomLine.position")


class StyleColor(TenantRow):
    """A colourway of a style. ``customer_code`` is what the customer calls it."""

    __tablename__ = "catalog_style_color"
    __table_args__ = (UniqueConstraint("tenant_id", "style_id", "color_id"),)
    style_id: Mapped[int] = ref("catalog_style", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    color_id: Mapped[int] = ref("catalog_color")
    color: Mapped[Color] = link("StyleColor.color_id", "Color")
    customer_code: Mapped[str] = mapped_column(String(60), default="")


class BomLine(TenantRow):
    """A material of a style: how much a piece takes, in which colour, for which sizes and destinations.

    color_rule  match (the garment's colour), map (``color_map``: garment colour id → material colour id),
                fixed (``fixed_color``), none
    size_rule   none, track (the material itself exists per size)
    dest_rule   none, track (the material exists per destination)
    consumption for every size, in ``uom``; rows in ``sizes`` replace it for their size
    per_pieces  how many pieces these figures are for: 12 where consumption is given by the dozen
    wastage_breaks  [[from pieces, wastage %], …] as exact texts, rising: of all pieces of the style in one colour
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
    per_pieces: Mapped[int] = mapped_column(Integer, default=1)
    wastage_pct: Mapped[Decimal] = mapped_column(Pct, default=Decimal(0))
    wastage_breaks: Mapped[list[list[str]] | None] = mapped_column(Json)
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


class GoodsPrice(VersionedRow):
    """What a vendor asks for a finished piece of a style from a quantity on, while valid. Of several vendors the one with the
    lowest ``priority`` comes first."""

    __tablename__ = "catalog_goods_price"
    __table_args__ = (
        UniqueConstraint("tenant_id", "style_id", "vendor_id", "currency", "min_qty", "valid_from"),
    )
    vendor_id: Mapped[int] = ref("catalog_partner")
    vendor: Mapped[Partner] = link("GoodsPrice.vendor_id", "Partner")
    style_id: Mapped[int] = ref("catalog_style")
    style: Mapped[Style] = link("GoodsPrice.style_id", "Style")
    currency: Mapped[str] = mapped_column(String(3))
    price: Mapped[Decimal] = mapped_column(Price)
    min_qty: Mapped[int] = mapped_column(Integer, default=0)
    lead_days: Mapped[int] = mapped_column(Integer, default=0)
    priority: Mapped[int] = mapped_column(Integer, default=1)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
