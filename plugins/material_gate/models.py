"""Overrides of the material gate, never deleted: who let production start without what, and why. And how each gate stands,
which can be computed anew at any time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, TenantRow, Utc, VersionedRow, link, ref
from kit.papers import SnapshotList
from plugins.stock.api import Demand


@dataclass(frozen=True, kw_only=True)
class GroupSnapshot:
    """A material group as it was when an override was given; ``key`` says which: material, colour, size, destination."""

    key: tuple[int, int | None, str | None, int | None]
    material: str
    color: str
    size: str | None
    destination: str
    uom: str
    stage: str
    required: Decimal
    arrived: Decimal
    short: Decimal
    holds: bool


class Override(VersionedRow):
    """One override, good for one start of the document behind a demand; ``owner`` is its number.

    groups    every material group as it was: need and arrivals, short ones marked
    checks    failing checks of other plugins, ``[[label, detail], …]``
    state     open (given ahead of the start), used, void (``void_reason`` says why)
    """

    __tablename__ = "material_gate_override"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_material_gate_override_standing", "tenant_id", "demand_id", "state"),
    )
    sealed: ClassVar[tuple[str, ...]] = (
        "number", "demand_id", "owner", "reason_code", "reason", "short", "groups", "checks", "at", "user_name",
    )  # fmt: skip
    guarded: ClassVar[bool] = (
        False  # a number is final at the end of its transaction, and the demo dates its own back
    )
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="open")
    demand_id: Mapped[int] = ref("stock_demand")
    demand: Mapped[Demand] = link("Override.demand_id", "Demand")
    owner: Mapped[str] = mapped_column(String(40))
    reason_code: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    short: Mapped[int] = mapped_column(Integer, default=0)
    groups: Mapped[Sequence[GroupSnapshot]] = mapped_column(SnapshotList(GroupSnapshot))
    checks: Mapped[list[list[str]]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(Utc)
    user_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("core_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    used_at: Mapped[datetime | None] = mapped_column(Utc)
    void_reason: Mapped[str] = mapped_column(Text, default="")


class Standing(TenantRow):
    """How the gate of a live demand stood when its material last moved; ``services.summary`` alone writes it.

    basis       what else it was computed from: settings of the gate, plugins that tell of material
    groups, ok  material groups, and how many are complete
    short       those that hold: ``[[material, colour, size, destination, quantity short], …]`` in the order of the need
    problem     why the need is not known; empty where it is
    gone        groups that went missing after the start
    next_on …   the next promised day of what holds, the last one, and how many groups nothing is promised for
    """

    __tablename__ = "material_gate_standing"
    __table_args__ = (UniqueConstraint("tenant_id", "demand_id"),)
    demand_id: Mapped[int] = ref("stock_demand", ondelete="CASCADE")
    basis: Mapped[str] = mapped_column(Text)
    started: Mapped[bool] = mapped_column(Boolean)
    overridden: Mapped[bool] = mapped_column(Boolean)
    groups: Mapped[int] = mapped_column(Integer)
    ok: Mapped[int] = mapped_column(Integer)
    short: Mapped[list[list[Any]]] = mapped_column(Json)
    problem: Mapped[str] = mapped_column(Text)
    gone: Mapped[int] = mapped_column(Integer)
    next_on: Mapped[date | None] = mapped_column(Date)
    opens_on: Mapped[date | None] = mapped_column(Date)
    unpromised: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Utc)
