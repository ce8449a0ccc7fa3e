"""Tables of acme_relaxation."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Qty, VersionedRow, link, ref
from plugins.catalog.api import Color, Material
from plugins.stock.api import Store


class Relaxation(VersionedRow):
    """A length of fabric that rests before it is cut, and comes back a little shorter."""

    __tablename__ = "acme_relaxation_relaxation"
    __table_args__ = (UniqueConstraint("tenant_id", "number"),)
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    store_id: Mapped[int] = ref("stock_store")
    store: Mapped[Store] = link("Relaxation.store_id", "Store")
    material_id: Mapped[int] = ref("catalog_material")
    material: Mapped[Material] = link("Relaxation.material_id", "Material")
    color_id: Mapped[int | None] = ref("catalog_color")
    color: Mapped[Color | None] = link("Relaxation.color_id", "Color")
    lot: Mapped[str] = mapped_column(String(120), default="")
    before: Mapped[Decimal] = mapped_column(Qty)
    after: Mapped[Decimal | None] = mapped_column(Qty)
    ended_on: Mapped[date | None] = mapped_column(Date)
