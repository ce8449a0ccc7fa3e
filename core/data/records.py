"""Core tables, second half: what is kept about documents (the audit trail), jobs, money, lists."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.data.columns import Json, Rate, Utc
from core.data.db import TenantRow


class AuditEntry(TenantRow):
    """Who did what to which row, when, from which state to which, why; ``changes`` = [[field, old, new], …]."""

    __tablename__ = "core_audit"
    __table_args__ = (Index("ix_core_audit_entity", "tenant_id", "entity", "entity_id", "id"),)
    append_only: ClassVar[bool] = True
    of_document: ClassVar[bool] = True
    sealed: ClassVar[tuple[str, ...]] = (
        "at", "user_name", "entity", "entity_id", "number", "action", "from_state", "to_state", "changes", "reason",
    )  # fmt: skip
    at: Mapped[datetime] = mapped_column(Utc)
    user_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("core_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    entity: Mapped[str] = mapped_column(String(80))
    entity_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[str] = mapped_column(String(120), default="")
    action: Mapped[str] = mapped_column(String(60))
    from_state: Mapped[str | None] = mapped_column(String(40))
    to_state: Mapped[str | None] = mapped_column(String(40))
    changes: Mapped[list[list[Any]] | None] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(Text, default="")


class Seal(TenantRow):
    """A link of the company's chain: sums of rows of one table, over ``settled`` columns of theirs, as ``[[id, sum], …]``.

    ``previous`` is the digest of the link before it, ``digest`` that of everything here: whoever changes a row unseen has to
    make every later link anew. Links are counted from 1 without a gap; ``last_id`` is the highest id in this one.
    """

    __tablename__ = "core_seal"
    __table_args__ = (
        UniqueConstraint("tenant_id", "seq"),
        Index("ix_core_seal_source", "tenant_id", "source", "at"),
    )
    append_only: ClassVar[bool] = True
    seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Utc)
    source: Mapped[str] = mapped_column(String(80))
    settled: Mapped[list[str]] = mapped_column(Json)
    rows: Mapped[list[tuple[int, str]]] = mapped_column(Json)
    last_id: Mapped[int] = mapped_column(BigInteger)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class Job(TenantRow):
    """Work to be done later, written in the transaction that asks for it (the outbox).

    ``done`` of ``total`` is the progress that a person sees; ``run_as`` is the user whose rights the job has.
    """

    __tablename__ = "core_job"
    __table_args__ = (Index("ix_core_job_due", "tenant_id", "status", "run_after"),)
    kind: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    status: Mapped[str] = mapped_column(String(12), default="waiting")  # waiting, running, done, failed
    run_after: Mapped[datetime] = mapped_column(Utc)
    lease_until: Mapped[datetime | None] = mapped_column(Utc)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    error: Mapped[str] = mapped_column(Text, default="")
    run_as: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("core_user.id"))
    locale: Mapped[str] = mapped_column(String(20), default="en")
    created_at: Mapped[datetime] = mapped_column(Utc)


class Failure(TenantRow):
    """A part of a plugin that failed, or took too long (kind ``slow``), and how often; written by core.kernel.failures.

    ``part`` is what was declared (``hook alerts``, ``column wobble of samples.request``), ``kind`` the class of the error,
    ``place`` file and line, ``message`` its last words. ``seen_at``: until then somebody has seen it.
    """

    __tablename__ = "core_failure"
    __table_args__ = (UniqueConstraint("tenant_id", "plugin", "part", "kind"),)
    plugin: Mapped[str] = mapped_column(String(60))
    part: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(80))
    place: Mapped[str] = mapped_column(String(120), default="")
    message: Mapped[str] = mapped_column(String(300), default="")
    count: Mapped[int] = mapped_column(BigInteger, default=0)
    first_at: Mapped[datetime] = mapped_column(Utc)
    last_at: Mapped[datetime] = mapped_column(Utc)
    seen_at: Mapped[datetime | None] = mapped_column(Utc)
    seen_by: Mapped[str] = mapped_column(String(120), default="")


class Idempotency(TenantRow):
    """A form or API call that was carried out, by its key: sent twice, it is done once."""

    __tablename__ = "core_idempotency"
    __table_args__ = (UniqueConstraint("tenant_id", "key"),)
    key: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("core_user.id"))
    response: Mapped[str] = mapped_column(String(400), default="")
    at: Mapped[datetime] = mapped_column(Utc)


class Currency(TenantRow):
    """A currency the tenant works with and the decimals its amounts are rounded to."""

    __tablename__ = "core_currency"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)
    code: Mapped[str] = mapped_column(String(3))
    decimals: Mapped[int] = mapped_column(Integer, default=2)
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class ExchangeRate(TenantRow):
    """What one unit of ``currency`` is worth in the base currency from ``valid_from`` on."""

    __tablename__ = "core_rate"
    __table_args__ = (UniqueConstraint("tenant_id", "currency", "valid_from"),)
    currency: Mapped[str] = mapped_column(String(3))
    valid_from: Mapped[date] = mapped_column(Date)
    rate: Mapped[Decimal] = mapped_column(Rate)


class ListItem(TenantRow):
    """An entry of a list the administrator keeps: notes, reasons, … ``list_code`` names the list."""

    __tablename__ = "core_list_item"
    __table_args__ = (UniqueConstraint("tenant_id", "list_code", "code"),)
    list_code: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(400))
    names: Mapped[dict[str, str] | None] = mapped_column(Json)
    position: Mapped[int] = mapped_column(Integer, default=0)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
