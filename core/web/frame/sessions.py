"""Sessions that end: when signed out, when nobody was there for a while, after twelve hours, or from another device.

The signed cookie says whose session it is (``_user_id``), which one (``sid``) and when it was last used (``seen``, renewed
once a minute); a row of ``core_sign_in`` says that it goes on, and is looked up together with the person. A copy of the cookie
ends with the session. No request writes for this: ``seen`` of the row is for people to look at and follows every ten minutes.
Where the database took no writing at sign-in there is no row, and the cookie stands alone.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import request, session
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from core.data.security import note
from core.data.signing import SignIn
from core.kernel.context import Ctx
from core.kernel.hub import Hub
from core.kernel.second_factor import has_factor
from core.text.i18n import T
from core.web.frame.source import client_address

LONGEST = timedelta(hours=12)
EACH, SHOWN = 60, 600
"""Seconds after which the cookie's last use is renewed, and the row's."""
SHORT = 0.3
"""Seconds to wait for a locked database, where what is written is good to have and no more."""
DAY = timedelta(days=1)
ENROL_PAGE = "/me/second-factor/"
ENROL = T("Your company asks for a second factor. Set it up first.")
FRAME = ("hub.set_locale", "hub.set_theme", "hub.set_tenant")
RULES = "signing_in"
"""Key of the tenant's settings: ``idle`` (minutes) and ``factor`` (codes of roles)."""


def digest(sid: str) -> str:
    """What the database keeps of a session's name."""
    return hashlib.sha256(sid.encode()).hexdigest()


def session_mark() -> str:
    """The digest of this browser's session."""
    return digest(str(session.get("sid", "")))


def begin_session(hub: Hub, user_id: int) -> None:
    """A session begins in this browser."""
    now = datetime.now(UTC)
    stamp = now.timestamp()
    session.update(sid=secrets.token_urlsafe(18), since=stamp, seen=stamp, confirmed=stamp)
    row = _row(user_id, now, now)
    try:
        with hub.platform(wait=SHORT) as db:
            db.execute(delete(SignIn).where(SignIn.since < now - LONGEST - timedelta(hours=1)))
            db.add(row)
    except DBAPIError:
        return


def _row(user_id: int, since: datetime, seen: datetime) -> SignIn:
    browser = (request.user_agent.string or "")[:200]
    return SignIn(
        user_id=user_id,
        mark=session_mark(),
        since=since,
        seen=seen,
        address=client_address(),
        browser=browser,
    )


def goes_on(hub: Hub, row: SignIn | None) -> bool:
    """Does this browser's session, with the row it has, go on? Where nobody was there for too long, the cookie says so."""
    now = datetime.now(UTC)
    since, seen = session.get("since"), session.get("seen")
    if not isinstance(since, int | float) or not isinstance(seen, int | float) or "sid" not in session:
        return False
    began = row.since if row is not None else datetime.fromtimestamp(min(since, 2**40), UTC)
    if row is None and began - now > DAY:
        return False
    if (row is not None and row.ended) or now - began >= LONGEST:
        return False
    if began > now:  # the clock was set back: twelve hours from now, and no more
        session["since"] = now.timestamp()
        _write(hub, row, since=now)
    if now.timestamp() - seen >= session.get("idle", hub.config.idle_minutes * 60):
        _write(hub, row, ended=True)
        note("session_idle")
        session.clear()
        session["idled"] = True
        return False
    return True


def use(ctx: Ctx, row: SignIn | None) -> None:
    """This session is used, in this tenant: renews the cookie each minute and on another tenant, with that tenant's rules."""
    now = time.time()
    if session.get("of") == ctx.tenant.id and 0 <= now - session["seen"] < EACH:
        return
    rules = ctx.settings.get(RULES, {})
    session.update(seen=now, of=ctx.tenant.id, idle=rules.get("idle", ctx.hub.config.idle_minutes) * 60)
    session["enrol"] = _must_enrol(ctx, rules.get("factor", ()))
    if request.method == "GET" and row is not None and abs(now - row.seen.timestamp()) >= SHOWN:
        _write(ctx.hub, row, seen=datetime.now(UTC))


def _must_enrol(ctx: Ctx, roles: Sequence[str]) -> bool:
    """Does the company ask people with one of these roles for a second factor, and this person has none?"""
    if not roles or ctx.user is None:
        return False
    return bool(ctx.own_roles() & set(roles)) and not has_factor(ctx.session, ctx.user.id)


def may_wait(endpoint: str | None) -> bool:
    """Is it one of the pages that are there before the second factor that the company asks for is set up?"""
    return (endpoint or "").startswith(("second_factor.", "security.")) or endpoint in FRAME


def _write(hub: Hub, row: SignIn | None, **values: Any) -> None:
    if row is None:
        return
    try:
        with hub.platform(wait=SHORT) as db:
            db.execute(update(SignIn).where(SignIn.id == row.id).values(**values))
    except DBAPIError:
        return  # good to have, and no more


def end_session(hub: Hub, user_id: int) -> None:
    """This browser's session ends, and every copy of its cookie."""
    now = datetime.now(UTC)
    with hub.platform() as db:
        done = db.execute(
            update(SignIn).where(SignIn.mark == session_mark()).values(ended=True).returning(SignIn.id)
        )
        if done.first() is None:
            ended = _row(user_id, now, now)
            ended.ended = True
            db.add(ended)
