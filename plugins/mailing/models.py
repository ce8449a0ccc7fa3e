"""Mails that were written, and the texts that a company starts them with."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, TenantRow
from kit.outgoing import OutgoingColumns


class Mail(OutgoingColumns, TenantRow):
    """One mail. ``kind`` is the document that is attached, in ``language``; it is drawn when the mail is sent, with the rights
    of who sent it. ``copies`` are addresses that get one too."""

    __tablename__ = "mailing_mail"
    __table_args__ = (
        UniqueConstraint("tenant_id", "uid"),
        Index("ix_mailing_mail_document", "tenant_id", "entity", "entity_id", "id"),
        Index("ix_mailing_mail_status", "tenant_id", "status"),
    )
    of_document: ClassVar[bool] = True
    entity: Mapped[str] = mapped_column(String(80), default="")
    entity_id: Mapped[int] = mapped_column(BigInteger, default=0)
    number: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[str] = mapped_column(String(80), default="")
    language: Mapped[str] = mapped_column(String(20), default="en")
    recipients: Mapped[list[str]] = mapped_column(Json, default=list)
    copies: Mapped[list[str]] = mapped_column(Json, default=list)
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text, default="")


class MailText(TenantRow):
    """What mails with a kind of document start with, in one language."""

    __tablename__ = "mailing_text"
    __table_args__ = (UniqueConstraint("tenant_id", "kind", "language"),)
    kind: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)


class Notice(TenantRow):
    """Somebody who wants the daily notice."""

    __tablename__ = "mailing_notice"
    __table_args__ = (UniqueConstraint("tenant_id", "user_id"),)
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("core_user.id"))
