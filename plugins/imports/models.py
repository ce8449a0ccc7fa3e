"""Files that were brought in: what they held, how their columns were understood, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, TenantRow, Utc, link, ref


class Brought(TenantRow):
    """A document that came in by a sheet whose rows name none that is there: known again by ``digest`` (:mod:`fingerprints`).

    ``line`` of the sheet it stood in; ``row_id`` of what was made.
    """

    __tablename__ = "imports_brought"
    __table_args__ = (UniqueConstraint("tenant_id", "entity", "digest"),)
    entity: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64))
    batch_id: Mapped[int] = ref("imports_batch", ondelete="CASCADE")
    batch: Mapped[Batch] = link("Brought.batch_id", "Batch")
    line: Mapped[int] = mapped_column(Integer)
    row_id: Mapped[int] = mapped_column(BigInteger)


class Batch(TenantRow):
    """One file. ``rows`` are its cells as texts, line numbers first, up to megabytes: read only where they are asked for.

    ``columns`` say where each column goes (``""``: left out). ``position`` is the first row that is not dealt with; ``made``
    are ids of new rows, ``changed`` what rows held before, with the version they have since: what taking back needs.
    ``problems`` are (line, heading, sentence). ``then`` is the action that new documents go on with ("": none).
    """

    __tablename__ = "imports_batch"
    __table_args__ = (Index("ix_imports_batch_user", "tenant_id", "user_id"),)
    entity: Mapped[str] = mapped_column(String(80))
    filename: Mapped[str] = mapped_column(String(200))
    user_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("core_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Utc)
    status: Mapped[str] = mapped_column(String(20), default="draft")
    mode: Mapped[str] = mapped_column(String(10), default="both")
    then: Mapped[str] = mapped_column(String(60), default="")
    headings: Mapped[list[str]] = mapped_column(Json)
    columns: Mapped[list[str]] = mapped_column(Json)
    rows: Mapped[list[list[Any]]] = mapped_column(Json, deferred=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    made: Mapped[list[int]] = mapped_column(Json, default=list)
    changed: Mapped[list[list[Any]]] = mapped_column(Json, default=list)
    left_out: Mapped[int] = mapped_column(Integer, default=0)
    problems: Mapped[list[list[Any]]] = mapped_column(Json, default=list)
