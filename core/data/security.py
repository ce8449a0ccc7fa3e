"""The security log: who came in, who was refused, who changed what others may do. Logger ``hub.security``, one record each.

A record carries ``event`` and its fields as attributes (``extra``), for whoever formats records as JSON, and says them in its
message too. Nobody's secret goes in: no password, code, cookie, link or form.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar

from sqlalchemy import event
from sqlalchemy.orm import Session

from core.data.tenancy import TenantSession

log = logging.getLogger("hub.security")
origin: ContextVar[dict[str, str] | None] = ContextVar("origin", default=None)
"""Of the request at hand: ``address``, and who is signed in (``who``) for which company (``tenant``)."""
LONGEST = 200
WAITING = "security"
"""Under this name a session keeps what is said once it is committed."""


def note(what: str, *, alarm: bool = False, **fields: str) -> None:
    """Something happened. ``alarm``: somebody was refused."""
    said = {name: _clean(value) for name, value in ((origin.get() or {}) | fields).items()}
    words = " ".join(f"{name}={value}" for name, value in said.items())
    log.log(logging.WARNING if alarm else logging.INFO, "%s %s", what, words, extra={"event": what, **said})


def note_when_saved(session: Session, what: str, **fields: str) -> None:
    """The same, as soon as the session's transaction is committed; nothing where it is not."""
    session.info.setdefault(WAITING, []).append((what, fields))


def _clean(value: str) -> str:
    """One line, not endless: what was typed is written by somebody else."""
    return "".join(c if c.isprintable() else "?" for c in str(value)[:LONGEST])


@event.listens_for(TenantSession, "after_commit")
def _saved(session: Session) -> None:
    for what, fields in session.info.pop(WAITING, ()):
        note(what, **fields)


@event.listens_for(TenantSession, "after_rollback")
def _undone(session: Session) -> None:
    session.info.pop(WAITING, None)
