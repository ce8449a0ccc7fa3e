"""Work orders, and the material that each of them wants."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Qty, TenantRow, VersionedRow, children, link, ref
from plugins.catalog.api import Color, Material


class WorkOrder(VersionedRow):
    """Something to be made in the house until a day."""

    __tablename__ = "workshop_order"
    __table_args__ = (UniqueConstraint("tenant_id", "number"),)
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    due: Mapped[date | None] = mapped_column(Date)
    started_on: Mapped[date | None] = mapped_column(Date)
    lines: Mapped[list[WorkLine]] = children("WorkLine.order_id", "WorkOrder", order_by="WorkLine.position")


class WorkLine(TenantRow):
    """Material for it, in stock units."""

    __tablename__ = "workshop_line"
    order_id: Mapped[int] = ref("workshop_order", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    material_id: Mapped[int] = ref("catalog_material")
    material: Mapped[Material] = link("WorkLine.material_id", "Material")
    color_id: Mapped[int | None] = ref("catalog_color")
    color: Mapped[Color | None] = link("WorkLine.color_id", "Color")
    qty: Mapped[Decimal] = mapped_column(Qty)
