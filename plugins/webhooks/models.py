"""Subscriptions of other systems, and every message that was written for them."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, TenantRow, Utc, link, ref
from kit.outgoing import OutgoingColumns


class Subscription(TenantRow):
    """An address that wants to hear of events, with the rights of the person who saved it last.

    ``secret`` and ``old_secret`` (signs beside it until ``old_until``) are sealed. ``failing_since`` is when it stopped
    answering, ``resting_until`` when it is tried again; ``off_reason`` says that it was switched off by itself.
    """

    __tablename__ = "webhooks_subscription"
    __table_args__ = (UniqueConstraint("tenant_id", "uid"),)
    uid: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(500))
    events: Mapped[list[str]] = mapped_column(Json)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("core_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    secret: Mapped[str] = mapped_column(Text)
    old_secret: Mapped[str] = mapped_column(Text, default="")
    old_until: Mapped[datetime | None] = mapped_column(Utc)
    failing_since: Mapped[datetime | None] = mapped_column(Utc)
    resting_until: Mapped[datetime | None] = mapped_column(Utc)
    off_reason: Mapped[str] = mapped_column(String(20), default="")
    since: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(Utc)


class Delivery(OutgoingColumns, TenantRow):
    """A message for one subscription: what happened, and how sending it went. ``body`` is made when it is first tried."""

    __tablename__ = "webhooks_delivery"
    __table_args__ = (
        UniqueConstraint("tenant_id", "uid"),
        Index("ix_webhooks_delivery_log", "tenant_id", "subscription_id", "id"),
        Index("ix_webhooks_delivery_at", "tenant_id", "status", "at"),
    )
    of_document: ClassVar[bool] = True
    subscription_id: Mapped[int] = ref("webhooks_subscription", ondelete="CASCADE")
    subscription: Mapped[Subscription] = link("Delivery.subscription_id", "Subscription")
    event: Mapped[str] = mapped_column(String(120))
    entity: Mapped[str] = mapped_column(String(80), default="")
    entity_id: Mapped[int] = mapped_column(BigInteger, default=0)
    number: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str | None] = mapped_column(String(40))
    changed: Mapped[list[str]] = mapped_column(Json, default=list)
    day: Mapped[date | None] = mapped_column(Date)
    body: Mapped[str] = mapped_column(Text, default="")
    status_code: Mapped[int | None] = mapped_column(Integer)
    duration_ms: Mapped[int | None] = mapped_column(Integer)
    answer: Mapped[str] = mapped_column(Text, default="")


class Told(TenantRow):
    """The day of a declared event that subscriptions were told."""

    __tablename__ = "webhooks_told"
    __table_args__ = (UniqueConstraint("tenant_id", "entity", "entity_id", "code"),)
    of_document: ClassVar[bool] = True
    entity: Mapped[str] = mapped_column(String(80))
    entity_id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(120))
    day: Mapped[date] = mapped_column(Date)
