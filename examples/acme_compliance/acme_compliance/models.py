"""Tables of acme_compliance."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Date, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import TenantRow, Utc, VersionedRow, children, link, ref
from plugins.catalog.api import Partner


class Audit(VersionedRow):
    """Somebody looked at a factory: what was found, how it is graded, until when that holds."""

    __tablename__ = "acme_compliance_audit"
    __table_args__ = (UniqueConstraint("tenant_id", "number"),)
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    factory_id: Mapped[int] = ref("catalog_partner")
    # each field of kind "ref" needs the relationship beside its column
    factory: Mapped[Partner] = link("Audit.factory_id", "Partner")
    audited_on: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    grade: Mapped[str | None] = mapped_column(String(1))
    auditor: Mapped[str] = mapped_column(String(200), default="")
    findings: Mapped[list[Finding]] = children("Finding.audit_id", "Audit", order_by="Finding.position")


class Finding(TenantRow):
    """One thing that is not as it should be."""

    __tablename__ = "acme_compliance_finding"
    audit_id: Mapped[int] = ref("acme_compliance_audit", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    area: Mapped[str] = mapped_column(String(80))
    severity: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(500), default="")


class Override(TenantRow):
    """A factory order was issued in spite of the veto: who, when and why, for ever."""

    __tablename__ = "acme_compliance_override"
    append_only: ClassVar[bool] = True
    order_id: Mapped[int] = ref("outsourcing_order")
    at: Mapped[datetime] = mapped_column(Utc)
    by: Mapped[str] = mapped_column(String(200))
    code: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
