"""The security log: who came in, who was refused, who changed what others may do. One record each in the logger
``hub.security``, one row each in ``core_security_event``, and its name in the line of the request it happened in.

A record carries ``event`` and its fields as attributes (``extra``), for whoever formats records as JSON, and says them in its
message too. Nobody's secret goes in: no password, code, cookie, link or form.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.data.signing import SecurityEvent
from core.data.tenancy import PlatformSession, TenantSession

log = logging.getLogger("hub.security")
origin: ContextVar[dict[str, str] | None] = ContextVar("origin", default=None)
"""Of the request at hand: ``address``, and who is signed in (``who``) for which company (``tenant``)."""
LONGEST = 200
WAITING = "security"
"""Under this name a session keeps what is said once it is committed."""
MOST_ALARMS = 300
"""Refusals that one process keeps as rows in a minute; what comes beyond them is in the logger alone."""
WAIT = 2.0
"""Seconds that a row waits for the embedded database's one writer; after them it is in the logger alone."""


@dataclass(frozen=True)
class Said:
    """One line: what happened, whether somebody was refused, and its fields; ``kept`` where its row is saved already."""

    event: str
    alarm: bool
    fields: Mapping[str, str]
    kept: bool = False

    def row(self) -> SecurityEvent:
        """The line as a row."""
        told = dict(self.fields)
        return SecurityEvent(
            at=datetime.now(UTC),
            event=self.event[:80],
            alarm=self.alarm,
            who=told.pop("who", ""),
            company=told.pop("tenant", "")[:40],
            address=told.pop("address", "")[:64],
            told=told,
        )


heard: ContextVar[list[Said] | None] = ContextVar("heard", default=None)
"""What was said in the request at hand; None outside of requests."""


def note(what: str, *, alarm: bool = False, **fields: str) -> None:
    """Something happened in the request at hand. ``alarm``: somebody was refused. Its row is written when the request is over
    (:func:`keep`)."""
    _say(Said(what, alarm, _fields(fields)))


def note_when_saved(session: Session, what: str, **fields: str) -> None:
    """Something that a transaction changes: its row is part of it, and it is logged as soon as that is committed."""
    said = Said(what, False, _fields(fields), kept=True)
    session.add(said.row())
    session.info.setdefault(WAITING, []).append(said)


def keep(engine: Engine, said: Sequence[Said]) -> None:
    """Write what has no row yet. Nobody's request fails because of it: where it cannot be written, the logger has it."""
    rows = [each.row() for each in said if not each.kept and (not each.alarm or _few())]
    if not rows:
        return
    try:
        with PlatformSession(engine, wait=WAIT) as session:
            session.add_all(rows)
            session.commit()
    except SQLAlchemyError as error:
        log.warning("%s lines of the security log were not kept as rows: %s", len(rows), type(error).__name__)


def _say(said: Said) -> None:
    words = " ".join(f"{name}={value}" for name, value in said.fields.items())
    level = logging.WARNING if said.alarm else logging.INFO
    log.log(level, "%s %s", said.event, words, extra={"event": said.event, **said.fields})
    if (others := heard.get()) is not None:
        others.append(said)


def _fields(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: _clean(value) for name, value in {**(origin.get() or {}), **fields}.items()}


def _clean(value: str) -> str:
    """One line, not endless: what was typed is written by somebody else."""
    return "".join(c if c.isprintable() else "?" for c in str(value)[:LONGEST])


_minute = [0, 0]
_counting = threading.Lock()


def _few() -> bool:
    """Is this refusal among the first of the minute?"""
    now = int(time.monotonic() // 60)
    with _counting:
        if _minute[0] != now:
            _minute[:] = [now, 0]
        _minute[1] += 1
        return _minute[1] <= MOST_ALARMS


@event.listens_for(TenantSession, "after_commit")
def _saved(session: Session) -> None:
    for said in session.info.pop(WAITING, ()):
        _say(said)


@event.listens_for(TenantSession, "after_rollback")
def _undone(session: Session) -> None:
    session.info.pop(WAITING, None)
