"""Payments to factories, what they are split over, and adjustments."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Boolean, Date, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Money, Rate, TenantRow, VersionedRow, children, link, ref
from kit.papers import CreatedColumns
from plugins.catalog.api import Partner
from plugins.outsourcing.models.orders import FactoryOrder


class Payment(CreatedColumns, VersionedRow):
    """A transfer to a factory, in the currency it was paid in, for one or several factory orders.

    kind: deposit, progress, balance, refund (a refund counts negative). state: draft, posted, reversed. ``finalised``
    locks it. ``pair_id`` joins the refund and the deposit of a transfer between factory orders.
    """

    __tablename__ = "outsourcing_payment"
    __table_args__ = (UniqueConstraint("tenant_id", "number"),)
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    factory_id: Mapped[int] = ref("catalog_partner")
    factory: Mapped[Partner] = link("Payment.factory_id", "Partner")
    paid_on: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Decimal] = mapped_column(Money)
    bank_fee: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    reference: Mapped[str] = mapped_column(String(120), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    finalised: Mapped[bool] = mapped_column(Boolean, default=False)
    pair_id: Mapped[int | None] = ref("outsourcing_payment")
    splits: Mapped[list[PaymentSplit]] = children("PaymentSplit.payment_id", "Payment")


class PaymentSplit(TenantRow):
    """The part of a payment for one factory order.

    ``amount`` is in the currency paid, ``rate`` is contract currency per unit paid, ``applied`` is what the factory
    acknowledged, in contract currency.
    """

    __tablename__ = "outsourcing_payment_split"
    __table_args__ = (UniqueConstraint("tenant_id", "payment_id", "order_id"),)
    payment_id: Mapped[int] = ref("outsourcing_payment", ondelete="CASCADE")
    order_id: Mapped[int] = ref("outsourcing_order")
    order: Mapped[FactoryOrder] = link("PaymentSplit.order_id", "FactoryOrder")
    amount: Mapped[Decimal] = mapped_column(Money)
    rate: Mapped[Decimal] = mapped_column(Rate)
    applied: Mapped[Decimal] = mapped_column(Money)


class Adjustment(VersionedRow):
    """扣款 and 貸項: an agreed change of what is payable; debit notes are negative."""

    __tablename__ = "outsourcing_adjustment"
    __table_args__ = (UniqueConstraint("tenant_id", "number"),)
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")  # draft, agreed, cancelled
    order_id: Mapped[int] = ref("outsourcing_order")
    order: Mapped[FactoryOrder] = link("Adjustment.order_id", "FactoryOrder")
    agreed_on: Mapped[date] = mapped_column(Date)
    amount: Mapped[Decimal] = mapped_column(Money)
    reason: Mapped[str] = mapped_column(Text, default="")
