"""Forecasts: what we expect customers to order."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import VersionedRow, link, ref
from plugins.catalog.api import Color, Style


class Forecast(VersionedRow):
    """Pieces of a style in a colour that we expect to be ordered for delivery in a month (its first day).

    ``mix`` says how they divide over the sizes: ``S-1, M-2, L-1``.
    """

    __tablename__ = "planning_forecast"
    __table_args__ = (
        UniqueConstraint("tenant_id", "style_id", "color_id", "month"),
        UniqueConstraint("tenant_id", "number"),
    )
    number: Mapped[str] = mapped_column(String(40))
    style_id: Mapped[int] = ref("catalog_style")
    style: Mapped[Style] = link("Forecast.style_id", "Style")
    color_id: Mapped[int] = ref("catalog_color")
    color: Mapped[Color] = link("Forecast.color_id", "Color")
    month: Mapped[date] = mapped_column(Date)
    qty: Mapped[int] = mapped_column(Integer)
    mix: Mapped[str] = mapped_column(String(400), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
