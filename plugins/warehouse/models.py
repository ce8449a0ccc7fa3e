"""倉庫: stores, and the material need of factory orders as it was when they were issued. Documents: ``papers``."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.api import Json, Qty, TenantRow, Utc, VersionedRow, children, link, ref
from plugins.catalog.models import Color, Destination, Material, Size
from plugins.warehouse.papers import (
    GoodsIn,
    GoodsInLine,
    GoodsInSize,
    Issue,
    IssueLine,
    Shipment,
    ShipmentLine,
    ShipmentSize,
)


class Store(VersionedRow):
    """A place of ours where material and garments lie. One is the default that new documents start with."""

    __tablename__ = "warehouse_store"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    names: Mapped[dict[str, str] | None] = mapped_column(Json)
    address: Mapped[str] = mapped_column(Text, default="")
    is_default: Mapped[bool] = mapped_column(Boolean, default=False)
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class NeedSnapshot(VersionedRow):
    """用料需求: what a factory order needed when it was issued or its need was last updated.

    ``bom_versions``: style id → version of its consumption. ``problem``: why it could not be computed, else empty.
    """

    __tablename__ = "warehouse_need"
    __table_args__ = (UniqueConstraint("tenant_id", "order_id"),)
    order_id: Mapped[int] = ref("outsourcing_order", ondelete="CASCADE")
    at: Mapped[datetime] = mapped_column(Utc)
    bom_versions: Mapped[dict[str, Any]] = mapped_column(Json)
    problem: Mapped[str] = mapped_column(Text, default="")
    lines: Mapped[list[NeedLine]] = children(
        "NeedLine.snapshot_id", "NeedSnapshot", order_by="NeedLine.position"
    )


class NeedLine(TenantRow):
    """Need of one group (material × colour × size × destination) in stock units."""

    __tablename__ = "warehouse_need_line"
    snapshot_id: Mapped[int] = ref("warehouse_need", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    material_id: Mapped[int] = ref("catalog_material")
    material: Mapped[Material] = link("NeedLine.material_id", "Material")
    color_id: Mapped[int | None] = ref("catalog_color")
    color: Mapped[Color | None] = link("NeedLine.color_id", "Color")
    size_id: Mapped[int | None] = ref("catalog_size")
    size: Mapped[Size | None] = link("NeedLine.size_id", "Size")
    destination_id: Mapped[int | None] = ref("catalog_destination")
    destination: Mapped[Destination | None] = link("NeedLine.destination_id", "Destination")
    net: Mapped[Decimal] = mapped_column(Qty)
    gross: Mapped[Decimal] = mapped_column(Qty)
    required: Mapped[Decimal] = mapped_column(Qty)
    stage: Mapped[str] = mapped_column(String(20), default="")


__all__ = [
    "GoodsIn", "GoodsInLine", "GoodsInSize", "Issue", "IssueLine", "NeedLine", "NeedSnapshot", "Shipment", "ShipmentLine",
    "ShipmentSize", "Store",
]  # fmt: skip
