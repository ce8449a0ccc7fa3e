"""Approved production samples."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import TenantRow, ref


class Approval(TenantRow):
    """The customer approved the production sample of a factory order."""

    __tablename__ = "pp_sample_approval"
    __table_args__ = (UniqueConstraint("tenant_id", "order_id"),)
    order_id: Mapped[int] = ref("outsourcing_order")
    approved_on: Mapped[date] = mapped_column(Date)
    by: Mapped[str] = mapped_column(String(120))
