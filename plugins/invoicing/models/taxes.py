"""稅別: tax codes with their rates by date, whom and what they hold for, and the code of an order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Boolean, Date, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, Pct, TenantRow, VersionedRow, children, link, ref
from plugins.catalog.api import Destination, Partner, Style


class TaxCode(VersionedRow):
    """A kind of tax. ``included``: prices contain it. ``exempt_reason``: why nothing is taxed, printed on invoices."""

    __tablename__ = "invoicing_tax"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    names: Mapped[dict[str, str] | None] = mapped_column(Json)
    included: Mapped[bool] = mapped_column(Boolean, default=False)
    exempt_reason: Mapped[str] = mapped_column(String(400), default="")
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    rates: Mapped[list[TaxRate]] = children("TaxRate.tax_id", "TaxCode", order_by="TaxRate.valid_from")
    rules: Mapped[list[TaxRule]] = children("TaxRule.tax_id", "TaxCode", order_by="TaxRule.position")


class TaxRate(TenantRow):
    """The rate of a code from a day on."""

    __tablename__ = "invoicing_tax_rate"
    __table_args__ = (UniqueConstraint("tenant_id", "tax_id", "valid_from"),)
    tax_id: Mapped[int] = ref("invoicing_tax", ondelete="CASCADE")
    valid_from: Mapped[date] = mapped_column(Date)
    pct: Mapped[Decimal] = mapped_column(Pct)


class TaxRule(TenantRow):
    """Whom and what a code holds for: a customer, a destination, a style, any of them together; none: everything."""

    __tablename__ = "invoicing_tax_rule"
    tax_id: Mapped[int] = ref("invoicing_tax", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    customer_id: Mapped[int | None] = ref("catalog_partner")
    customer: Mapped[Partner | None] = link("TaxRule.customer_id", "Partner")
    destination_id: Mapped[int | None] = ref("catalog_destination")
    destination: Mapped[Destination | None] = link("TaxRule.destination_id", "Destination")
    style_id: Mapped[int | None] = ref("catalog_style")
    style: Mapped[Style | None] = link("TaxRule.style_id", "Style")


class OrderTax(TenantRow):
    """The tax code chosen on a customer order; without one the rules say which holds."""

    __tablename__ = "invoicing_order_tax"
    __table_args__ = (UniqueConstraint("tenant_id", "row_id"),)
    row_id: Mapped[int] = ref("orders_order", ondelete="CASCADE")
    tax_code_id: Mapped[int | None] = ref("invoicing_tax")
    tax_code: Mapped[TaxCode | None] = link("OrderTax.tax_code_id", "TaxCode")
