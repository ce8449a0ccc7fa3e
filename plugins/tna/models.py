"""生產時程: templates of milestones, and the timelines of documents."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Boolean, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.api import EntityRef
from core.db import Json, TenantRow, VersionedRow, children, link, ref
from plugins.catalog.api import Partner

MOST_DAYS = 999
"""Days before the ship date that a milestone may lie: beyond it is a slip of the pen, and no picture could show it."""


class Template(VersionedRow):
    """A list of milestones, counted back from the ship date. Timelines keep a copy: changing it changes none of them."""

    __tablename__ = "tna_template"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    names: Mapped[dict[str, str] | None] = mapped_column(Json)
    standard: Mapped[bool] = mapped_column(Boolean, default=False)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    lines: Mapped[list[TemplateLine]] = children(
        "TemplateLine.template_id", "Template", order_by="TemplateLine.position"
    )


class MilestoneRule:
    """What a template line says and a milestone keeps.

    ``calendar`` is ``company`` or ``factory``; ``predecessors`` are codes separated by blanks; ``event`` is the code of the
    event that sets the actual day, or empty; ``scope`` is ``order`` (approvals of the customer order) or ``fo``.
    """

    position: Mapped[int] = mapped_column(Integer, default=0)
    code: Mapped[str] = mapped_column(String(40))
    names: Mapped[dict[str, str] | None] = mapped_column(Json)
    owner_role: Mapped[str] = mapped_column(String(40))
    offset_days: Mapped[int] = mapped_column(Integer)
    calendar: Mapped[str] = mapped_column(String(10), default="company")
    working_days: Mapped[bool] = mapped_column(Boolean, default=False)
    min_days: Mapped[int] = mapped_column(Integer, default=0)
    warn_days: Mapped[int] = mapped_column(Integer, default=0)
    predecessors: Mapped[str] = mapped_column(String(400), default="")
    event: Mapped[str] = mapped_column(String(80), default="")
    critical: Mapped[bool] = mapped_column(Boolean, default=False)
    scope: Mapped[str] = mapped_column(String(10), default="fo")


RULE = (
    "position", "code", "names", "owner_role", "offset_days", "calendar", "working_days", "min_days", "warn_days",
    "predecessors", "event", "critical", "scope",
)  # fmt: skip
"""What is copied from a template line to a milestone."""


class TemplateLine(MilestoneRule, TenantRow):
    """A milestone of a template."""

    __tablename__ = "tna_template_line"
    __table_args__ = (UniqueConstraint("tenant_id", "template_id", "code"),)
    template_id: Mapped[int] = ref("tna_template", ondelete="CASCADE")


class Timeline(VersionedRow):
    """The timeline of one document (``entity``, ``owner_id``), named by its number.

    factory      whose calendar counts beside the company's, if anybody's
    anchor       the ship date its targets were counted back from
    made_on      the day it was made; ``compressed`` by how many days it did not fit then, ``fit`` what was decided:
                 ``""`` nothing yet, ``keep``, ``scale``
    pending      open milestones whose target would move if the ship date or the calendar of today were taken over
    status …     how it stood on ``status_on``; written by :mod:`plugins.tna.services.status` alone, past ``version``
    """

    __tablename__ = "tna_timeline"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "entity", "owner_id"),
        Index("ix_tna_timeline_status", "tenant_id", "state", "status", "slip"),
        Index("ix_tna_timeline_anchor", "tenant_id", "state", "anchor"),
    )
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="open")
    entity: Mapped[str] = mapped_column(String(80))
    owner_id: Mapped[int] = mapped_column(BigInteger)
    factory_id: Mapped[int | None] = ref("catalog_partner")
    factory: Mapped[Partner | None] = link("Timeline.factory_id", "Partner")
    template_id: Mapped[int] = ref("tna_template")
    template: Mapped[Template] = link("Timeline.template_id", "Template")
    anchor: Mapped[date] = mapped_column(Date)
    made_on: Mapped[date] = mapped_column(Date)
    compressed: Mapped[int] = mapped_column(Integer, default=0)
    fit: Mapped[str] = mapped_column(String(10), default="")
    rebaselines: Mapped[int] = mapped_column(Integer, default=0)
    pending: Mapped[int] = mapped_column(Integer, default=0)
    status: Mapped[str] = mapped_column(String(20), default="on_time")
    status_on: Mapped[date | None] = mapped_column(Date)
    slip: Mapped[int] = mapped_column(Integer, default=0)
    late: Mapped[int] = mapped_column(Integer, default=0)
    late_other: Mapped[int] = mapped_column(Integer, default=0)
    at_risk: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    left: Mapped[int] = mapped_column(Integer, default=0)
    next_code: Mapped[str] = mapped_column(String(40), default="")
    next_on: Mapped[date | None] = mapped_column(Date)
    milestones: Mapped[list[Milestone]] = children(
        "Milestone.timeline_id", "Timeline", order_by="Milestone.position"
    )

    @property
    def owner(self) -> EntityRef:
        """The document it belongs to."""
        return EntityRef(self.entity, self.owner_id)


class Milestone(MilestoneRule, TenantRow):
    """A milestone of a timeline.

    target       the day it should happen: counted back, or set by a person
    scheduled    the day last counted back and answered by a person; another count means a proposal
    baseline     the first target, never changed
    happened     the day the event happened; ``typed`` the day a person entered, which wins; ``actual`` the one in force
    """

    __tablename__ = "tna_milestone"
    __table_args__ = (
        UniqueConstraint("tenant_id", "timeline_id", "code"),
        Index("ix_tna_milestone_due", "tenant_id", "actual", "target"),
    )
    timeline_id: Mapped[int] = ref("tna_timeline", ondelete="CASCADE")
    timeline: Mapped[Timeline] = link("Milestone.timeline_id", "Timeline", viewonly=True)
    target: Mapped[date] = mapped_column(Date)
    scheduled: Mapped[date] = mapped_column(Date)
    baseline: Mapped[date] = mapped_column(Date)
    happened: Mapped[date | None] = mapped_column(Date)
    typed: Mapped[date | None] = mapped_column(Date)
    actual: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(400), default="")
    risk: Mapped[bool] = mapped_column(Boolean, default=False)
    risk_note: Mapped[str] = mapped_column(String(400), default="")
    skipped: Mapped[bool] = mapped_column(Boolean, default=False)
    skip_reason: Mapped[str] = mapped_column(Text, default="")
