"""Core tables of signing in: attempts that are counted, sessions, second factors, the security log. Global, as logins are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.data.columns import Json, Utc
from core.data.db import GlobalRow


class LoginAttempt(GlobalRow):
    """A sign-in that failed, or is ``pending``: being checked at this moment. Counted to slow down guessing.

    ``address`` is where it came from: a network address, or ``device:…`` for a browser that this account knows.
    """

    __tablename__ = "core_login_attempt"
    __table_args__ = (
        Index("ix_core_login_attempt_email_at", "email", "at"),
        Index("ix_core_login_attempt_address_at", "address", "at"),
    )
    email: Mapped[str] = mapped_column(String(255))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Utc)
    pending: Mapped[bool] = mapped_column(Boolean, default=True)


class SignIn(GlobalRow):
    """One session of a person, from signing in to signing out. ``mark`` is the digest of what the browser's cookie names."""

    __tablename__ = "core_sign_in"
    __table_args__ = (UniqueConstraint("mark"), Index("ix_core_sign_in_user_id", "user_id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("core_user.id", ondelete="CASCADE"))
    mark: Mapped[str] = mapped_column(String(64))
    since: Mapped[datetime] = mapped_column(Utc)
    seen: Mapped[datetime] = mapped_column(Utc)
    address: Mapped[str] = mapped_column(String(64))
    browser: Mapped[str] = mapped_column(String(200))
    ended: Mapped[bool] = mapped_column(Boolean, default=False)


class SecondFactor(GlobalRow):
    """That a person signs in with a second factor: the digests of the recovery codes that are left, and of an authenticator app
    its secret (encrypted with a key outside the database; empty: there are passkeys alone) and the counter of the last code
    that was accepted."""

    __tablename__ = "core_second_factor"
    __table_args__ = (UniqueConstraint("user_id"),)
    user_id: Mapped[int] = mapped_column(ForeignKey("core_user.id", ondelete="CASCADE"))
    secret: Mapped[str] = mapped_column(String(1000))
    counter: Mapped[int] = mapped_column(BigInteger, default=0)
    codes: Mapped[list[str]] = mapped_column(Json, default=list)
    made_at: Mapped[datetime] = mapped_column(Utc)


class Passkey(GlobalRow):
    """A passkey of a person, beside their :class:`SecondFactor`: what the browser calls it, the key that its signatures are
    compared with (both base64url), how often it says that it has signed, and the digest of the last challenge it answered."""

    __tablename__ = "core_passkey"
    __table_args__ = (UniqueConstraint("credential"), Index("ix_core_passkey_user_id", "user_id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("core_user.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    credential: Mapped[str] = mapped_column(String(1400))
    public_key: Mapped[str] = mapped_column(String(2000))
    count: Mapped[int] = mapped_column(BigInteger, default=0)
    answered: Mapped[str] = mapped_column(String(64), default="")
    made_at: Mapped[datetime] = mapped_column(Utc)
    used_at: Mapped[datetime | None] = mapped_column(Utc)


class SecurityEvent(GlobalRow):
    """A line of the security log (:mod:`core.data.security`): what happened, to whose login, in which company (its code; empty
    where nobody had come in yet), from which address. ``alarm``: somebody was refused. ``told`` is the rest."""

    __tablename__ = "core_security_event"
    __table_args__ = (
        Index("ix_core_security_event_company", "company", "id"),
        Index("ix_core_security_event_who", "who", "id"),
        Index("ix_core_security_event_at", "at"),
    )
    at: Mapped[datetime] = mapped_column(Utc)
    event: Mapped[str] = mapped_column(String(80))
    alarm: Mapped[bool] = mapped_column(Boolean, default=False)
    who: Mapped[str] = mapped_column(String(255), default="")
    company: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    told: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
