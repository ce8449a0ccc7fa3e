"""Partners: customers, factories, suppliers; their terms, calendars, addresses; destinations."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Boolean, Date, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, Pct, TenantRow, VersionedRow, children, link, ref
from kit.papers import Party


class PaymentTerm(VersionedRow):
    """Terms of payment: instalments, each a share that falls due some days after a trigger."""

    __tablename__ = "catalog_payment_term"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    names: Mapped[dict[str, str] | None] = mapped_column(Json)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    lines: Mapped[list[PaymentTermLine]] = children(
        "PaymentTermLine.term_id", "PaymentTerm", order_by="PaymentTermLine.position"
    )


class PaymentTermLine(TenantRow):
    """One instalment. ``trigger``: contract_signed, shipment, bl_date, fg_accepted, month_end_of_receipt,
    before_delivery."""

    __tablename__ = "catalog_payment_term_line"
    term_id: Mapped[int] = ref("catalog_payment_term", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    pct: Mapped[Decimal] = mapped_column(Pct)
    trigger: Mapped[str] = mapped_column(String(40))
    days: Mapped[int] = mapped_column(Integer, default=0)


class Calendar(VersionedRow):
    """Working days: ``weekly_off`` holds the days of the week that are off as text, "0" is Monday.

    With ``public_holidays`` those of ``country`` are off too.
    """

    __tablename__ = "catalog_calendar"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    names: Mapped[dict[str, str] | None] = mapped_column(Json)
    country: Mapped[str | None] = mapped_column(String(2))
    public_holidays: Mapped[bool] = mapped_column(Boolean, default=False)
    weekly_off: Mapped[list[str]] = mapped_column(Json, default=list)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    days: Mapped[list[CalendarDay]] = children(
        "CalendarDay.calendar_id", "Calendar", order_by="CalendarDay.day"
    )


class CalendarDay(TenantRow):
    """A day of a calendar that differs from its week. ``kind``: off, working."""

    __tablename__ = "catalog_calendar_day"
    __table_args__ = (UniqueConstraint("tenant_id", "calendar_id", "day"),)
    calendar_id: Mapped[int] = ref("catalog_calendar", ondelete="CASCADE")
    day: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(String(10), default="off")
    name: Mapped[str] = mapped_column(String(120), default="")


class Partner(VersionedRow):
    """A company we deal with; it may be customer, factory, supplier and forwarder at once."""

    __tablename__ = "catalog_partner"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    names: Mapped[dict[str, str] | None] = mapped_column(Json)
    is_customer: Mapped[bool] = mapped_column(Boolean, default=False)
    is_factory: Mapped[bool] = mapped_column(Boolean, default=False)
    is_supplier: Mapped[bool] = mapped_column(Boolean, default=False)
    is_forwarder: Mapped[bool] = mapped_column(Boolean, default=False)
    country: Mapped[str] = mapped_column(String(2), default="")
    currency: Mapped[str | None] = mapped_column(String(3))
    incoterm: Mapped[str] = mapped_column(String(40), default="")
    terms_id: Mapped[int | None] = ref("catalog_payment_term")
    terms: Mapped[PaymentTerm | None] = link("Partner.terms_id", "PaymentTerm")
    tax_id: Mapped[str] = mapped_column(String(40), default="")
    representative: Mapped[str] = mapped_column(String(120), default="")
    bank: Mapped[str] = mapped_column(Text, default="")
    material_class: Mapped[str | None] = mapped_column(String(10))
    mode: Mapped[str | None] = mapped_column(String(10))
    calendar_id: Mapped[int | None] = ref("catalog_calendar")
    calendar: Mapped[Calendar | None] = link("Partner.calendar_id", "Calendar")
    ship_tol_pct: Mapped[Decimal | None] = mapped_column(Pct)
    capacity_pcs_per_day: Mapped[int | None] = mapped_column(Integer)
    notes: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    addresses: Mapped[list[PartnerAddress]] = children(
        "PartnerAddress.partner_id", "Partner", order_by="PartnerAddress.position"
    )
    contacts: Mapped[list[PartnerContact]] = children(
        "PartnerContact.partner_id", "Partner", order_by="PartnerContact.position"
    )

    def party(self) -> Party:
        """How it is printed on documents: with its first address and its first contact."""
        address = self.addresses[0] if self.addresses else None
        contact = self.contacts[0] if self.contacts else None
        return Party(
            code=self.code,
            name=self.name,
            names=self.names,
            tax_id=self.tax_id,
            representative=self.representative,
            bank=self.bank,
            address=address.address if address else "",
            phone=address.phone if address else "",
            contact=contact.name if contact else "",
            email=contact.email if contact else "",
        )


class PartnerAddress(TenantRow):
    """An address of a partner. ``kind``: office, ship_to, bill_to."""

    __tablename__ = "catalog_partner_address"
    partner_id: Mapped[int] = ref("catalog_partner", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    kind: Mapped[str] = mapped_column(String(20), default="office")
    address: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(String(60), default="")


class PartnerContact(TenantRow):
    """A person at a partner."""

    __tablename__ = "catalog_partner_contact"
    partner_id: Mapped[int] = ref("catalog_partner", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(80), default="")
    email: Mapped[str] = mapped_column(String(255), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")


class Destination(VersionedRow):
    """A ship-to market or port."""

    __tablename__ = "catalog_destination"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    country: Mapped[str] = mapped_column(String(2), default="")
    active: Mapped[bool] = mapped_column(Boolean, default=True)
