"""Who made and who posted a document, when, and what its state forbids: columns and checks that all of them share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.api import Ctx, Problem, T
from core.base_api import check_states
from core.db import Utc


class CreatedColumns:
    """When a document was made, and by whom (None: by the system)."""

    created_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("core_user.id"))
    created_at: Mapped[datetime] = mapped_column(Utc)


class PostedColumns:
    """When a document was posted, and the name of who did; empty before."""

    posted_at: Mapped[datetime | None] = mapped_column(Utc)
    posted_by: Mapped[str] = mapped_column(String(120), default="")


def made_now(ctx: Ctx) -> dict[str, Any]:
    """Values of :class:`CreatedColumns` for a document that whoever acts makes now."""
    return {"created_at": ctx.now(), "created_by_id": ctx.user.id if ctx.user else None}


def stamp_created(ctx: Ctx, row: CreatedColumns) -> None:
    """The document is made now, by whoever acts."""
    row.created_at, row.created_by_id = ctx.now(), ctx.user.id if ctx.user else None


def stamp_posted(ctx: Ctx, row: PostedColumns) -> None:
    """The document is posted now, by whoever acts."""
    row.posted_at, row.posted_by = ctx.now(), ctx.actor


def future_problems(ctx: Ctx, day: date, place: str) -> list[Problem]:
    """A date that states a fact is not one to come; said at the input ``place``."""
    if day > ctx.today():
        return [Problem(T("The date {day} lies in the future.", day=day.isoformat()), place)]
    return []


def check_editable(ctx: Ctx, row: Any, *states: str) -> None:
    """Raise Refused unless the document is in one of ``states``, in which what it says may be changed."""
    check_states(ctx.registry.entity_for(row), row, states)
