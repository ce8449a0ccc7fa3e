"""Substitutes: what may be taken in place of a material, and what a person decided for one document."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Boolean, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Rate, TenantRow, Utc, VersionedRow, children, link, ref
from plugins.catalog.api import Color, Material, Partner, Style


class Substitute(VersionedRow):
    """``by`` may stand in for ``main``: one stock unit of the main is ``ratio`` of it.

    main_color    only for this colour of the main; none: for every one
    by_color      always in this colour; none: in the colour of the main
    priority      the lower goes first
    strategy      after_main, or before_main (it is to be used up)
    customers, styles  for these only; none: for all
    """

    __tablename__ = "engineering_substitute"
    __table_args__ = (Index("ix_engineering_substitute_main", "tenant_id", "main_id"),)
    main_id: Mapped[int] = ref("catalog_material")
    main: Mapped[Material] = link("Substitute.main_id", "Material")
    main_color_id: Mapped[int | None] = ref("catalog_color")
    main_color: Mapped[Color | None] = link("Substitute.main_color_id", "Color")
    by_id: Mapped[int] = ref("catalog_material")
    by: Mapped[Material] = link("Substitute.by_id", "Material")
    by_color_id: Mapped[int | None] = ref("catalog_color")
    by_color: Mapped[Color | None] = link("Substitute.by_color_id", "Color")
    ratio: Mapped[Decimal] = mapped_column(Rate, default=Decimal(1))
    priority: Mapped[int] = mapped_column(Integer, default=1)
    strategy: Mapped[str] = mapped_column(String(20), default="after_main")
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, default="")
    customers: Mapped[list[SubstituteCustomer]] = children(
        "SubstituteCustomer.substitute_id", "Substitute", order_by="SubstituteCustomer.id"
    )
    styles: Mapped[list[SubstituteStyle]] = children(
        "SubstituteStyle.substitute_id", "Substitute", order_by="SubstituteStyle.id"
    )


class SubstituteCustomer(TenantRow):
    """A customer that a substitute is allowed for."""

    __tablename__ = "engineering_substitute_customer"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id", "substitute_id", "customer_id", name="uq_engineering_substitute_customer"
        ),
    )
    substitute_id: Mapped[int] = ref("engineering_substitute", ondelete="CASCADE")
    customer_id: Mapped[int] = ref("catalog_partner")
    customer: Mapped[Partner] = link("SubstituteCustomer.customer_id", "Partner")


class SubstituteStyle(TenantRow):
    """A style that a substitute is allowed for."""

    __tablename__ = "engineering_substitute_style"
    __table_args__ = (
        UniqueConstraint("tenant_id", "substitute_id", "style_id", name="uq_engineering_substitute_style"),
    )
    substitute_id: Mapped[int] = ref("engineering_substitute", ondelete="CASCADE")
    style_id: Mapped[int] = ref("catalog_style")
    style: Mapped[Style] = link("SubstituteStyle.style_id", "Style")


class ConfirmedSubstitute(TenantRow):
    """A person decided that a document (``entity``, ``owner_id``) may take ``by`` for a group of its material. It stays when it
    is taken back (``dropped_…``); ``ratio`` and ``first`` are as they were agreed."""

    __tablename__ = "engineering_confirmed_substitute"
    __table_args__ = (Index("ix_engineering_confirmed_substitute_owner", "tenant_id", "entity", "owner_id"),)
    entity: Mapped[str] = mapped_column(String(80))
    owner_id: Mapped[int] = mapped_column(BigInteger)
    material_id: Mapped[int] = ref("catalog_material")
    color_id: Mapped[int | None] = ref("catalog_color")
    size: Mapped[str] = mapped_column(String(20), default="")
    destination_id: Mapped[int | None] = ref("catalog_destination")
    by_id: Mapped[int] = ref("catalog_material")
    by_color_id: Mapped[int | None] = ref("catalog_color")
    by_size: Mapped[str] = mapped_column(String(20), default="")
    by_destination_id: Mapped[int | None] = ref("catalog_destination")
    ratio: Mapped[Decimal] = mapped_column(Rate)
    first: Mapped[bool] = mapped_column(Boolean, default=False)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc)
    user_name: Mapped[str] = mapped_column(String(120))
    dropped_at: Mapped[datetime | None] = mapped_column(Utc)
    dropped_by: Mapped[str] = mapped_column(String(120), default="")
    dropped_reason: Mapped[str] = mapped_column(Text, default="")
