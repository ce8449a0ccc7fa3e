"""What is kept of every message that leaves the house."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from core.api import T
from core.db import Utc

STATES = {
    "waiting": (T("Waiting"), "info"),
    "sent": (T("Delivered"), "good"),
    "failed": (T("Failed"), "bad"),
    "withheld": (T("Withheld"), "neutral"),
}
"""States of a message with what they are called. Withheld: whoever it was for may not know of it."""


class OutgoingColumns:
    """Columns of a table of messages; ``uid`` names one for good, ``error`` is what went wrong the last time."""

    uid: Mapped[str] = mapped_column(String(60))
    status: Mapped[str] = mapped_column(String(12), default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    at: Mapped[datetime] = mapped_column(Utc)
    tried_at: Mapped[datetime | None] = mapped_column(Utc)
    next_at: Mapped[datetime | None] = mapped_column(Utc)
    error: Mapped[str] = mapped_column(Text, default="")
    by_name: Mapped[str] = mapped_column(String(120), default="")

    @declared_attr
    def user_id(cls) -> Mapped[int | None]:
        """Whose doing it is; None for the system."""
        return mapped_column(BigInteger, ForeignKey("core_user.id"))
