"""Access tokens: what a program shows to be answered as a person, with that person's rights or fewer."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, TenantRow, Utc


class Token(TenantRow):
    """One token of a person. Its secret is shown once; what is kept is a digest.

    ``plugins`` are the features it reaches (none named: all); ``scopes`` the kinds of documents and
    single rights (none named: all); ``read_only`` never changes anything. ``expires_on`` is its last
    day; ``revoked_at`` ended it before.
    """

    __tablename__ = "rest_token"
    __table_args__ = (Index("ix_rest_token_user", "tenant_id", "user_id"),)
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("core_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64))
    read_only: Mapped[bool] = mapped_column(Boolean, default=True)
    plugins: Mapped[list[str]] = mapped_column(Json, default=list)
    scopes: Mapped[list[str] | None] = mapped_column(Json)
    expires_on: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(Utc)
    last_used_at: Mapped[datetime | None] = mapped_column(Utc)
    revoked_at: Mapped[datetime | None] = mapped_column(Utc)
