"""Engineering change orders: a rule, the lines of consumption that it changes, and the versions that were made of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Boolean, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Pct, Qty, Rate, TenantRow, Utc, VersionedRow, children, link, open_index, ref
from kit.papers import CreatedColumns, Snapshot
from plugins.catalog.api import Color, Material, Partner, Style
from plugins.engineering.services.line_values import LineValues


class EngineeringChange(CreatedColumns, VersionedRow):
    """工程變更單. Until lines are chosen it says what is to be changed (``kind`` and what belongs to it) and where to look for
    it: ``season``, ``customer``, ``style``, ``contains``; empty: anywhere.

    effectivity   now (when it is approved), date (``effective_on``), next_order (when the next factory order takes one of its
                  styles)
    submitted_by_id, decided_…  who asked for it to be approved, and who approved or rejected it
    applied_at, undone_at       when its versions became active, and when they were taken back
    """

    __tablename__ = "engineering_change"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_engineering_change_state", "tenant_id", "state", "id"),
        open_index("ix_engineering_change_waiting", "effectivity", "effective_on", states=("approved",)),
    )
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    reason: Mapped[str] = mapped_column(Text)
    effectivity: Mapped[str] = mapped_column(String(20), default="now")
    effective_on: Mapped[date | None] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(String(20), default="replace")
    material_id: Mapped[int | None] = ref("catalog_material")
    material: Mapped[Material | None] = link("EngineeringChange.material_id", "Material")
    by_id: Mapped[int | None] = ref("catalog_material")
    by: Mapped[Material | None] = link("EngineeringChange.by_id", "Material")
    ratio: Mapped[Decimal | None] = mapped_column(Rate)
    pct: Mapped[Decimal | None] = mapped_column(Pct)
    amount: Mapped[Decimal | None] = mapped_column(Qty)
    uom: Mapped[str] = mapped_column(String(10), default="")
    place: Mapped[str] = mapped_column(String(80), default="")
    color_id: Mapped[int | None] = ref("catalog_color")
    color: Mapped[Color | None] = link("EngineeringChange.color_id", "Color")
    season: Mapped[str] = mapped_column(String(20), default="")
    customer_id: Mapped[int | None] = ref("catalog_partner")
    customer: Mapped[Partner | None] = link("EngineeringChange.customer_id", "Partner")
    style_id: Mapped[int | None] = ref("catalog_style")
    style: Mapped[Style | None] = link("EngineeringChange.style_id", "Style")
    contains_id: Mapped[int | None] = ref("catalog_material")
    contains: Mapped[Material | None] = link("EngineeringChange.contains_id", "Material")
    submitted_by_id: Mapped[int | None] = mapped_column(BigInteger)
    submitted_by: Mapped[str] = mapped_column(String(120), default="")
    decided_by: Mapped[str] = mapped_column(String(120), default="")
    decided_at: Mapped[datetime | None] = mapped_column(Utc)
    applied_at: Mapped[datetime | None] = mapped_column(Utc)
    undone_at: Mapped[datetime | None] = mapped_column(Utc)
    lines: Mapped[list[ChangeLine]] = children(
        "ChangeLine.change_id", "EngineeringChange", order_by="ChangeLine.position"
    )


class ChangeLine(TenantRow):
    """One line of one BOM, before and after. The BOM is that of a style or of a made material. ``before`` None: the line comes;
    ``after`` None: it goes. ``line_position`` is where it stood."""

    __tablename__ = "engineering_change_line"
    __table_args__ = (
        Index("ix_engineering_change_line_style", "tenant_id", "style_id"),
        Index("ix_engineering_change_line_made", "tenant_id", "made_id"),
    )
    change_id: Mapped[int] = ref("engineering_change", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer)
    style_id: Mapped[int | None] = ref("catalog_style")
    style: Mapped[Style | None] = link("ChangeLine.style_id", "Style")
    made_id: Mapped[int | None] = ref("catalog_material")
    made: Mapped[Material | None] = link("ChangeLine.made_id", "Material")
    line_position: Mapped[int | None] = mapped_column(Integer)
    before: Mapped[LineValues | None] = mapped_column(Snapshot(LineValues))
    after: Mapped[LineValues | None] = mapped_column(Snapshot(LineValues))


class ChangeVersion(TenantRow):
    """A version that a change made of another one (none where the style had none yet); ``undo``: when it was taken back."""

    __tablename__ = "engineering_change_version"
    __table_args__ = (
        Index("ix_engineering_change_version_change", "tenant_id", "change_id"),
        UniqueConstraint("tenant_id", "bom_id"),
    )
    change_id: Mapped[int] = ref("engineering_change")
    change: Mapped[EngineeringChange] = link("ChangeVersion.change_id", "EngineeringChange")
    bom_id: Mapped[int] = ref("engineering_bom")
    base_id: Mapped[int | None] = ref("engineering_bom")
    undo: Mapped[bool] = mapped_column(Boolean, default=False)
