"""Runs of the plan, and what each found: items, suggestions, whom they serve, messages on what is on order already.

Rows of one run name each other by their ``position`` in it: they are written together, in bulk, and never changed but for
suggestions.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, Price, Qty, TenantRow, Utc, VersionedRow, link, ref
from kit.papers import CreatedColumns
from plugins.catalog.api import Color, Destination, Material, Partner, Style


class PlanningRun(CreatedColumns, VersionedRow):
    """A run: what was asked (``scope``, and of what), and how many suggestions and messages came of it.

    ``mark`` tells what the data was when it was read; another one means that the run is older than the data.
    """

    __tablename__ = "planning_run"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_planning_run_state", "tenant_id", "state", "id"),
    )
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    scope: Mapped[str] = mapped_column(String(20), default="all")
    chosen: Mapped[str] = mapped_column(Text, default="")
    horizon_days: Mapped[int] = mapped_column(Integer)
    bucket: Mapped[str] = mapped_column(String(10), default="week")
    with_safety: Mapped[bool] = mapped_column(Boolean, default=True)
    with_forecasts: Mapped[bool] = mapped_column(Boolean, default=True)
    with_on_order: Mapped[bool] = mapped_column(Boolean, default=True)
    with_drafts: Mapped[bool] = mapped_column(Boolean, default=True)
    with_substitutes: Mapped[bool] = mapped_column(Boolean, default=True)
    merge_days: Mapped[int] = mapped_column(Integer, default=0)
    day: Mapped[date | None] = mapped_column(Date)
    done_at: Mapped[datetime | None] = mapped_column(Utc)
    job_id: Mapped[int | None] = mapped_column(Integer)
    mark: Mapped[str] = mapped_column(String(64), default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    suggested: Mapped[int] = mapped_column(Integer, default=0)
    exceptions: Mapped[int] = mapped_column(Integer, default=0)
    told: Mapped[int] = mapped_column(Integer, default=0)
    beyond: Mapped[int] = mapped_column(Integer, default=0)
    note: Mapped[str] = mapped_column(Text, default="")


class PlanningItem(TenantRow):
    """An item of a run: what is planned, and what happens to it by bucket (day, wanted, comes, suggested, left)."""

    __tablename__ = "planning_item"
    __table_args__ = (UniqueConstraint("tenant_id", "run_id", "position"),)
    run_id: Mapped[int] = ref("planning_run", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(String(10))
    material_id: Mapped[int | None] = ref("catalog_material")
    style_id: Mapped[int | None] = ref("catalog_style")
    color_id: Mapped[int | None] = ref("catalog_color")
    size_id: Mapped[int | None] = ref("catalog_size")
    size: Mapped[str] = mapped_column(String(20), default="")
    destination_id: Mapped[int | None] = ref("catalog_destination")
    on_hand: Mapped[Decimal] = mapped_column(Qty, default=Decimal(0))
    safety: Mapped[Decimal] = mapped_column(Qty, default=Decimal(0))
    moments: Mapped[list[list[str]]] = mapped_column(Json)


class PlanningSuggestion(VersionedRow):
    """What a run suggests to buy, make or have made, or several of them merged.

    ``net = gross + safety − available − substituted`` is what lacked; ``part`` what of that this one is for (a large lack is
    split). ``pieces`` of a style: colour, size, quantity. ``merged_into`` is the number of the one that it became part of.
    """

    __tablename__ = "planning_suggestion"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "run_id", "position"),
        Index("ix_planning_suggestion_rank", "tenant_id", "run_id", "rank", "due"),
    )
    number: Mapped[str] = mapped_column(String(60))
    run_id: Mapped[int] = ref("planning_run", ondelete="CASCADE")
    run: Mapped[PlanningRun] = link("PlanningSuggestion.run_id", "PlanningRun")
    position: Mapped[int] = mapped_column(Integer)
    item_position: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20), default="open")
    kind: Mapped[str] = mapped_column(String(10))
    material_id: Mapped[int | None] = ref("catalog_material")
    material: Mapped[Material | None] = link("PlanningSuggestion.material_id", "Material")
    style_id: Mapped[int | None] = ref("catalog_style")
    style: Mapped[Style | None] = link("PlanningSuggestion.style_id", "Style")
    color_id: Mapped[int | None] = ref("catalog_color")
    color: Mapped[Color | None] = link("PlanningSuggestion.color_id", "Color")
    size: Mapped[str] = mapped_column(String(20), default="")
    destination_id: Mapped[int | None] = ref("catalog_destination")
    destination: Mapped[Destination | None] = link("PlanningSuggestion.destination_id", "Destination")
    pieces: Mapped[list[list[Any]] | None] = mapped_column(Json)
    qty: Mapped[Decimal] = mapped_column(Qty)
    part: Mapped[Decimal] = mapped_column(Qty)
    net: Mapped[Decimal] = mapped_column(Qty)
    gross: Mapped[Decimal] = mapped_column(Qty)
    safety: Mapped[Decimal] = mapped_column(Qty)
    available: Mapped[Decimal] = mapped_column(Qty)
    substituted: Mapped[Decimal] = mapped_column(Qty, default=Decimal(0))
    due: Mapped[date] = mapped_column(Date)
    release_on: Mapped[date] = mapped_column(Date)
    ready_on: Mapped[date | None] = mapped_column(Date)
    expedite: Mapped[int] = mapped_column(Integer, default=0)
    exception: Mapped[str] = mapped_column(String(20), default="")
    rank: Mapped[int] = mapped_column(Integer, default=0)
    supplier_id: Mapped[int | None] = ref("catalog_partner")
    supplier: Mapped[Partner | None] = link("PlanningSuggestion.supplier_id", "Partner")
    currency: Mapped[str] = mapped_column(String(3), default="")
    price: Mapped[Decimal | None] = mapped_column(Price)
    merged_into: Mapped[str] = mapped_column(String(60), default="")
    made_entity: Mapped[str] = mapped_column(String(80), default="")
    made_id: Mapped[int | None] = mapped_column(Integer)
    made_number: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(Text, default="")


class PlanningPeg(TenantRow):
    """``qty`` of an item from a source to a use.

    The source is a ``suggestion`` (its position) or a document, stock included; the use is a document that wants it, or the
    suggestion ``parent`` that takes it.
    """

    __tablename__ = "planning_peg"
    __table_args__ = (
        Index("ix_planning_peg_item", "tenant_id", "run_id", "item_position"),
        Index("ix_planning_peg_suggestion", "tenant_id", "run_id", "suggestion"),
    )
    run_id: Mapped[int] = ref("planning_run", ondelete="CASCADE")
    item_position: Mapped[int] = mapped_column(Integer)
    qty: Mapped[Decimal] = mapped_column(Qty)
    suggestion: Mapped[int | None] = mapped_column(Integer)
    from_entity: Mapped[str] = mapped_column(String(80), default="")
    from_id: Mapped[int | None] = mapped_column(Integer)
    from_number: Mapped[str] = mapped_column(String(60), default="")
    from_day: Mapped[date | None] = mapped_column(Date)
    parent: Mapped[int | None] = mapped_column(Integer)
    use: Mapped[str] = mapped_column(String(20))
    to_entity: Mapped[str] = mapped_column(String(80), default="")
    to_id: Mapped[int | None] = mapped_column(Integer)
    to_number: Mapped[str] = mapped_column(String(60), default="")
    to_line: Mapped[int | None] = mapped_column(Integer)
    to_day: Mapped[date | None] = mapped_column(Date)


class PlanningStandIn(TenantRow):
    """A substitute that a run counts on: ``taken`` of it covers ``covered`` of what a document (or the suggestion ``parent``)
    wants on ``day``. It is recommended; ``decided``: a person has confirmed it on the document."""

    __tablename__ = "planning_stand_in"
    __table_args__ = (Index("ix_planning_stand_in_run", "tenant_id", "run_id", "day"),)
    run_id: Mapped[int] = ref("planning_run", ondelete="CASCADE")
    item_position: Mapped[int] = mapped_column(Integer)
    by_position: Mapped[int] = mapped_column(Integer)
    material_id: Mapped[int] = ref("catalog_material")
    material: Mapped[Material] = link("PlanningStandIn.material_id", "Material")
    color_id: Mapped[int | None] = ref("catalog_color")
    color: Mapped[Color | None] = link("PlanningStandIn.color_id", "Color")
    size: Mapped[str] = mapped_column(String(20), default="")
    by_id: Mapped[int] = ref("catalog_material")
    by: Mapped[Material] = link("PlanningStandIn.by_id", "Material")
    by_color_id: Mapped[int | None] = ref("catalog_color")
    by_color: Mapped[Color | None] = link("PlanningStandIn.by_color_id", "Color")
    by_size: Mapped[str] = mapped_column(String(20), default="")
    day: Mapped[date] = mapped_column(Date)
    covered: Mapped[Decimal] = mapped_column(Qty)
    taken: Mapped[Decimal] = mapped_column(Qty)
    decided: Mapped[bool] = mapped_column(Boolean, default=False)
    parent: Mapped[int | None] = mapped_column(Integer)
    use: Mapped[str] = mapped_column(String(20))
    to_entity: Mapped[str] = mapped_column(String(80), default="")
    to_id: Mapped[int | None] = mapped_column(Integer)
    to_number: Mapped[str] = mapped_column(String(60), default="")


class PlanningMessage(TenantRow):
    """What a run says of something on order: earlier, later, more, less, not at all."""

    __tablename__ = "planning_message"
    __table_args__ = (Index("ix_planning_message_run", "tenant_id", "run_id", "rank", "day"),)
    run_id: Mapped[int] = ref("planning_run", ondelete="CASCADE")
    run: Mapped[PlanningRun] = link("PlanningMessage.run_id", "PlanningRun")
    item_position: Mapped[int] = mapped_column(Integer)
    rank: Mapped[int] = mapped_column(Integer, default=0)
    kind: Mapped[str] = mapped_column(String(10))
    number: Mapped[str] = mapped_column(String(60))
    entity: Mapped[str] = mapped_column(String(80))
    entity_id: Mapped[int] = mapped_column(Integer)
    line: Mapped[int | None] = mapped_column(Integer)
    material_id: Mapped[int | None] = ref("catalog_material")
    material: Mapped[Material | None] = link("PlanningMessage.material_id", "Material")
    style_id: Mapped[int | None] = ref("catalog_style")
    style: Mapped[Style | None] = link("PlanningMessage.style_id", "Style")
    color_id: Mapped[int | None] = ref("catalog_color")
    color: Mapped[Color | None] = link("PlanningMessage.color_id", "Color")
    size: Mapped[str] = mapped_column(String(20), default="")
    qty: Mapped[Decimal] = mapped_column(Qty)
    day: Mapped[date | None] = mapped_column(Date)
    to_day: Mapped[date | None] = mapped_column(Date)
