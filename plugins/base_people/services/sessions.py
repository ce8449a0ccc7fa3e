"""The sessions of a person: where they are signed in, and signing out there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from core.api import Ctx, NotFound, T, record_audit
from core.base_api import Denied, SignIn, User, end_sessions
from plugins.base_people.services.people import ENTITY

LONGEST = timedelta(hours=12)
KINDS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Seat:
    """A session of the person: in which browser, from where, since when, and about when it was last used."""

    id: int
    mark: str
    browser: str
    address: str
    since: datetime
    seen: datetime


def own(ctx: Ctx) -> list[Seat]:
    """The acting person's sessions that go on, the last used first."""
    began = datetime.now(UTC) - LONGEST
    rows = select(SignIn).where(SignIn.user_id == _me(ctx), ~SignIn.ended, SignIn.since > began)
    return [
        Seat(row.id, row.mark, browser_name(row.browser), row.address, row.since, row.seen)
        for row in ctx.session.scalars(rows.order_by(SignIn.seen.desc(), SignIn.id.desc()))
    ]


def browser_name(sent: str) -> str:
    """What people call a browser and its system; empty where it does not say."""
    return " · ".join(name for name in (_first(KINDS, sent), _first(SYSTEMS, sent)) if name)


def _first(names: Sequence[tuple[str, str]], sent: str) -> str:
    return next((name for word, name in names if re.search(rf"\b{word}", sent)), "")


def end(ctx: Ctx, session_id: int) -> None:
    """End one session of the acting person; NotFound for somebody else's."""
    mine = update(SignIn).where(SignIn.id == session_id, SignIn.user_id == _me(ctx))
    if ctx.session.execute(mine.values(ended=True).returning(SignIn.id)).first() is None:
        raise NotFound(T("There is no such session."))


def end_others(ctx: Ctx, keep: str) -> str:
    """End every session of the acting person but the one with the mark ``keep``; returns what it goes on with."""
    user = ctx.session.get_one(User, _me(ctx))
    end_sessions(ctx.session, user, keep)
    record_audit(ctx, ENTITY, user.id, "sign_out_everywhere", number=user.email, security=True)
    ctx.session.flush()
    return user.fs_uniquifier


def _me(ctx: Ctx) -> int:
    if ctx.user is None:
        raise Denied("", T("Please sign in."))
    return ctx.user.id
