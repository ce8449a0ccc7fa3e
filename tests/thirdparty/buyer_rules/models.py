"""What buyers ask for beside a customer order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Boolean, Date, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Pct, TenantRow, link, ref
from plugins.catalog.api import Partner


class OrderRule(TenantRow):
    """One row beside each customer order that says something."""

    __tablename__ = "buyer_rules_order"
    __table_args__ = (UniqueConstraint("tenant_id", "row_id"),)
    row_id: Mapped[int] = ref("orders_order", ondelete="CASCADE")
    inspection: Mapped[str | None] = mapped_column(String(20))
    inspect_on: Mapped[date | None] = mapped_column(Date)
    audited: Mapped[bool] = mapped_column(Boolean, default=False)
    agent_id: Mapped[int | None] = ref("catalog_partner")
    agent: Mapped[Partner | None] = link("OrderRule.agent_id", "Partner")
    commission: Mapped[Decimal | None] = mapped_column(Pct)
    routing: Mapped[str] = mapped_column(String(200), default="")
