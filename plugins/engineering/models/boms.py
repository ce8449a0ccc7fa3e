"""Versions of the BOM of a style or of a material that is itself made, its operations, and where materials come from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Boolean, CheckConstraint, Date, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.api import pick
from core.db import Json, Pct, Price, Qty, TenantRow, VersionedRow, children, link, ref
from kit.papers import CreatedColumns
from plugins.catalog.api import Color, Material, Size, Style

ACTIVE_ONLY = text("state = 'active'")


class EngineeringBom(CreatedColumns, VersionedRow):
    """A version of what a style, or a stock unit of a made material, takes. Exactly one of the two is its owner.

    ``version_no`` counts per owner; at most one of an owner is active. ``valid_from`` is the day it became active,
    ``retired_on`` the first day on which it no longer was. ``written_as`` is the catalog's number of the style's consumption
    (``Style.bom_version``) that activating it wrote: documents keep that number.
    """

    __tablename__ = "engineering_bom"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "style_id", "version_no"),
        UniqueConstraint("tenant_id", "material_id", "version_no"),
        Index(
            "ix_engineering_bom_active_style", "tenant_id", "style_id", unique=True,
            sqlite_where=ACTIVE_ONLY, postgresql_where=ACTIVE_ONLY,
        ),
        Index(
            "ix_engineering_bom_active_material", "tenant_id", "material_id", unique=True,
            sqlite_where=ACTIVE_ONLY, postgresql_where=ACTIVE_ONLY,
        ),
        CheckConstraint("(style_id IS NULL) <> (material_id IS NULL)", name="owner"),
    )  # fmt: skip
    number: Mapped[str] = mapped_column(String(40))
    style_id: Mapped[int | None] = ref("catalog_style")
    style: Mapped[Style | None] = link("EngineeringBom.style_id", "Style")
    material_id: Mapped[int | None] = ref("catalog_material")
    material: Mapped[Material | None] = link("EngineeringBom.material_id", "Material")
    version_no: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20), default="draft")
    valid_from: Mapped[date | None] = mapped_column(Date)
    retired_on: Mapped[date | None] = mapped_column(Date)
    written_as: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(Text, default="")
    lines: Mapped[list[EngineeringBomLine]] = children(
        "EngineeringBomLine.bom_id", "EngineeringBom", order_by="EngineeringBomLine.position"
    )
    operations: Mapped[list[EngineeringOperation]] = children(
        "EngineeringOperation.bom_id", "EngineeringBom", order_by="EngineeringOperation.position"
    )

    @property
    def title(self) -> str:
        """What stands beside its number."""
        return f"{self.owner.code} v{self.version_no} · {pick(self.owner.names, self.owner.name)}"

    @property
    def owner(self) -> Style | Material:
        """The style or material that it makes."""
        found = self.style if self.style_id is not None else self.material
        assert found is not None
        return found


class EngineeringBomLine(TenantRow):
    """A material of a version: the columns of the catalog's BOM line, which say what they mean. Of a made material, consumption
    is for one stock unit, colours are those of the made material, and sizes have no figures of their own."""

    __tablename__ = "engineering_bom_line"
    bom_id: Mapped[int] = ref("engineering_bom", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    material_id: Mapped[int] = ref("catalog_material")
    material: Mapped[Material] = link("EngineeringBomLine.material_id", "Material")
    place: Mapped[str] = mapped_column(String(80), default="")
    uom: Mapped[str] = mapped_column(String(10))
    consumption: Mapped[Decimal | None] = mapped_column(Qty)
    per_pieces: Mapped[int] = mapped_column(Integer, default=1)
    wastage_pct: Mapped[Decimal] = mapped_column(Pct, default=Decimal(0))
    wastage_breaks: Mapped[list[list[str]] | None] = mapped_column(Json)
    fixed_loss: Mapped[Decimal] = mapped_column(Qty, default=Decimal(0))
    color_rule: Mapped[str] = mapped_column(String(10), default="match")
    fixed_color_id: Mapped[int | None] = ref("catalog_color")
    fixed_color: Mapped[Color | None] = link("EngineeringBomLine.fixed_color_id", "Color")
    color_map: Mapped[dict[str, int] | None] = mapped_column(Json)
    size_rule: Mapped[str] = mapped_column(String(10), default="none")
    dest_rule: Mapped[str] = mapped_column(String(10), default="none")
    stage: Mapped[str] = mapped_column(String(20), default="")
    optional: Mapped[bool] = mapped_column(Boolean, default=False)
    sizes: Mapped[list[EngineeringBomSize]] = children("EngineeringBomSize.line_id", "EngineeringBomLine")


class EngineeringBomSize(TenantRow):
    """Consumption of a line for one size of the style."""

    __tablename__ = "engineering_bom_size"
    __table_args__ = (UniqueConstraint("tenant_id", "line_id", "size_id"),)
    line_id: Mapped[int] = ref("engineering_bom_line", ondelete="CASCADE")
    size_id: Mapped[int] = ref("catalog_size")
    size: Mapped[Size] = link("EngineeringBomSize.size_id", "Size")
    consumption: Mapped[Decimal] = mapped_column(Qty)


class EngineeringOperation(TenantRow):
    """A step of the process sheet: minutes at a work centre at a rate per hour, a price where work is bought, or both;
    per piece of the style, or per stock unit of the made material."""

    __tablename__ = "engineering_operation"
    bom_id: Mapped[int] = ref("engineering_bom", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    name: Mapped[str] = mapped_column(String(120))
    work_centre: Mapped[str] = mapped_column(String(80), default="")
    minutes: Mapped[Decimal] = mapped_column(Qty, default=Decimal(0))
    rate: Mapped[Decimal] = mapped_column(Price, default=Decimal(0))
    price: Mapped[Decimal] = mapped_column(Price, default=Decimal(0))
    currency: Mapped[str] = mapped_column(String(3), default="")


class MaterialSource(TenantRow):
    """Where a material comes from, beside the material: bought, made in the house, made by others. ``made_days`` is how
    long making it takes, in calendar days."""

    __tablename__ = "engineering_source"
    __table_args__ = (UniqueConstraint("tenant_id", "row_id"),)
    row_id: Mapped[int] = ref("catalog_material", ondelete="CASCADE")
    source: Mapped[str | None] = mapped_column(String(10))
    made_days: Mapped[int | None] = mapped_column(Integer)
