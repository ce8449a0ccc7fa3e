"""What if: assumptions that are kept, to be played through on the data of the moment."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Pct, TenantRow, VersionedRow, children, link, ref
from kit.papers import CreatedColumns
from plugins.catalog.api import Color, Destination, Partner, Style


class PlanningScenario(CreatedColumns, VersionedRow):
    """A question: these assumptions together."""

    __tablename__ = "planning_scenario"
    __table_args__ = (UniqueConstraint("tenant_id", "number"),)
    number: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20), default="open")
    horizon_days: Mapped[int] = mapped_column(Integer, default=180)
    note: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str] = mapped_column(Text, default="")
    assumptions: Mapped[list[PlanningAssumption]] = children(
        "PlanningAssumption.scenario_id", "PlanningScenario", order_by="PlanningAssumption.position"
    )


class PlanningAssumption(TenantRow):
    """One of them. ``rush``: pieces of a style for a customer on a day; ``late``: a document comes ``days`` later; ``closed``:
    a factory or supplier is ``days`` later with all that is due from ``day`` on; ``changed``: an order by ``pct`` more,
    ``days`` later (less and earlier where negative)."""

    __tablename__ = "planning_assumption"
    scenario_id: Mapped[int] = ref("planning_scenario", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    kind: Mapped[str] = mapped_column(String(10))
    document: Mapped[str] = mapped_column(String(60), default="")
    partner_id: Mapped[int | None] = ref("catalog_partner")
    partner: Mapped[Partner | None] = link("PlanningAssumption.partner_id", "Partner")
    style_id: Mapped[int | None] = ref("catalog_style")
    style: Mapped[Style | None] = link("PlanningAssumption.style_id", "Style")
    color_id: Mapped[int | None] = ref("catalog_color")
    color: Mapped[Color | None] = link("PlanningAssumption.color_id", "Color")
    destination_id: Mapped[int | None] = ref("catalog_destination")
    destination: Mapped[Destination | None] = link("PlanningAssumption.destination_id", "Destination")
    pieces: Mapped[str] = mapped_column(String(400), default="")
    day: Mapped[date | None] = mapped_column(Date)
    days: Mapped[int | None] = mapped_column(Integer)
    pct: Mapped[Decimal | None] = mapped_column(Pct)
