"""倉庫: stores, and the demands that stock and supplies serve."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Boolean, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, Qty, TenantRow, Utc, VersionedRow, children, link, ref
from plugins.catalog.api import Color, Destination, Material, Size, Style


class Store(VersionedRow):
    """A place of ours where material and garments lie. One is the default that new documents start with."""

    __tablename__ = "stock_store"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    names: Mapped[dict[str, str] | None] = mapped_column(Json)
    address: Mapped[str] = mapped_column(Text, default="")
    is_default: Mapped[bool] = mapped_column(Boolean, default=False)
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class Demand(TenantRow):
    """What a document wants: one for each document that wants something, of whatever kind it is.

    entity, owner_id  the document; ``number`` is how people call it
    due       when it should be there; the earlier is served first, the higher ``priority`` before that
    state     ``draft``: not decided, computed afresh by its owner; ``open``; ``closed``: done, it wants nothing more and
              what came for it was its own; ``cancelled``: what it claimed serves the others
    taken_at  when its lines were kept; None while it is a draft
    basis     what the lines were computed from, for its owner; ``problem``: why they could not be computed, else empty
    """

    __tablename__ = "stock_demand"
    __table_args__ = (
        UniqueConstraint("tenant_id", "entity", "owner_id"),
        Index("ix_stock_demand_state", "tenant_id", "state", "due"),
    )
    entity: Mapped[str] = mapped_column(String(80))
    owner_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[str] = mapped_column(String(40))
    due: Mapped[date | None] = mapped_column(Date)
    priority: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    taken_at: Mapped[datetime | None] = mapped_column(Utc)
    basis: Mapped[dict[str, Any] | None] = mapped_column(Json)
    problem: Mapped[str] = mapped_column(Text, default="")
    lines: Mapped[list[DemandLine]] = children(
        "DemandLine.demand_id", "Demand", order_by="DemandLine.position"
    )


class DemandLine(TenantRow):
    """What is wanted of one group (material or style × colour × size × destination), in stock units.

    ``net`` without, ``gross`` with wastage, ``required`` rounded up to the step; ``stage``: what waits for it.
    """

    __tablename__ = "stock_demand_line"
    demand_id: Mapped[int] = ref("stock_demand", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    material_id: Mapped[int | None] = ref("catalog_material")
    material: Mapped[Material | None] = link("DemandLine.material_id", "Material")
    style_id: Mapped[int | None] = ref("catalog_style")
    style: Mapped[Style | None] = link("DemandLine.style_id", "Style")
    color_id: Mapped[int | None] = ref("catalog_color")
    color: Mapped[Color | None] = link("DemandLine.color_id", "Color")
    size_id: Mapped[int | None] = ref("catalog_size")
    size: Mapped[Size | None] = link("DemandLine.size_id", "Size")
    destination_id: Mapped[int | None] = ref("catalog_destination")
    destination: Mapped[Destination | None] = link("DemandLine.destination_id", "Destination")
    net: Mapped[Decimal] = mapped_column(Qty)
    gross: Mapped[Decimal] = mapped_column(Qty)
    required: Mapped[Decimal] = mapped_column(Qty)
    stage: Mapped[str] = mapped_column(String(20), default="")


class SupplyClaim(TenantRow):
    """A demand's share of one line of a supply that is still to come (``supply``, ``supply_id``, ``supply_line``: a line of
    a purchase order, say), in the unit that supply counts in. What has come of it (:class:`SupplyCame`) lies in the ledger in
    the demand's own places."""

    __tablename__ = "stock_claim"
    __table_args__ = (
        UniqueConstraint("tenant_id", "supply", "supply_line", "demand_id"),
        Index("ix_stock_claim_supply", "tenant_id", "supply", "supply_id"),
    )
    demand_id: Mapped[int] = ref("stock_demand", ondelete="RESTRICT")
    demand: Mapped[Demand] = link("SupplyClaim.demand_id", "Demand")
    supply: Mapped[str] = mapped_column(String(80))
    supply_id: Mapped[int] = mapped_column(BigInteger)
    supply_line: Mapped[int] = mapped_column(BigInteger)
    qty: Mapped[Decimal] = mapped_column(Qty)


class SupplyCame(TenantRow):
    """What came of a claim, in the unit of its supply; only ever added to. ``entity``, ``entity_id``, ``line_id``: the line of
    the document that brought it. Below zero: it was taken back, or went back to be replaced, and is to come again."""

    __tablename__ = "stock_claim_came"
    __table_args__ = (
        Index("ix_stock_claim_came_supply", "tenant_id", "supply", "supply_line"),
        Index("ix_stock_claim_came_entity", "tenant_id", "entity", "entity_id"),
    )
    append_only: ClassVar[bool] = True
    demand_id: Mapped[int] = ref("stock_demand", ondelete="RESTRICT")
    demand: Mapped[Demand] = link("SupplyCame.demand_id", "Demand")
    supply: Mapped[str] = mapped_column(String(80))
    supply_line: Mapped[int] = mapped_column(BigInteger)
    entity: Mapped[str] = mapped_column(String(80))
    entity_id: Mapped[int] = mapped_column(BigInteger)
    line_id: Mapped[int] = mapped_column(BigInteger)
    qty: Mapped[Decimal] = mapped_column(Qty)
