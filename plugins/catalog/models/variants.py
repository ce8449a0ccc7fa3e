"""Colours and size runs, of styles and of materials."""

from __future__ import annotations

from sqlalchemy import Boolean, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, TenantRow, VersionedRow, children, ref


class Color(VersionedRow):
    """A colour by code, used as colourway of styles and as colour of materials."""

    __tablename__ = "catalog_color"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    names: Mapped[dict[str, str] | None] = mapped_column(Json)
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class SizeRun(VersionedRow):
    """An ordered set of sizes, e.g. XS-XL."""

    __tablename__ = "catalog_size_run"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    sizes: Mapped[list[Size]] = children("Size.size_run_id", "SizeRun", order_by="Size.position")


class Size(TenantRow):
    """A size of a run; ``position`` is its place from small to large."""

    __tablename__ = "catalog_size"
    __table_args__ = (UniqueConstraint("tenant_id", "size_run_id", "code"),)
    size_run_id: Mapped[int] = ref("catalog_size_run", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    code: Mapped[str] = mapped_column(String(20))
