"""Slowing guesses down without locking anybody out. An attempt is noted before it is checked, so that many at once do not
slip through, and forgotten where it was right: only failures count.

Who guesses is told by where it comes from. A browser that has signed in with this account before (a signed cookie, see
:mod:`core.web.frame.source`) has a budget of its own; whatever others do to the account or from the same address, its right
password gets in. All others share three budgets: account and address together, the address, and the account over all
addresses, which from its limit on takes an attempt after a delay that doubles. So somebody who fails on purpose for an account
makes only its browsers that are not known wait. Numbers after OWASP's cheat sheets on authentication and device cookies.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from math import ceil

from sqlalchemy import Delete, Engine, Update, create_engine, delete, or_, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from core.data.signing import LoginAttempt
from core.kernel.hub import Hub

log = logging.getLogger("hub")
WINDOW, HOUR = timedelta(minutes=15), timedelta(hours=1)
PER_ACCOUNT, PER_ADDRESS, ALL_OVER = 5, 30, 50
"""Failures of an account from one place and of an address in 15 minutes, and of an account over all addresses in an hour."""
UNDER_WAY = timedelta(seconds=10)
"""An attempt that is still being checked after this long was broken off: it counts as failed."""
AHEAD = timedelta(minutes=1)
"""Attempts farther in the future than clocks of two machines differ are of a clock that was set back; they are forgotten."""
PATIENCE = 5.0
"""Seconds to wait for others' attempts that are being checked, before this one is told to wait."""
LOCKED = 2.0
"""Seconds to wait for a database that somebody else has locked, before attempts are counted in memory."""


@dataclass(frozen=True)
class Source:
    """Where an attempt comes from: a network address, or a browser that the account ``knows``."""

    key: str
    known: bool = False


class Attempt:
    """One try of a password or code. ``wait``: seconds until the next one may be made; 0: this one may be checked now."""

    def __init__(self, store: _Store, account: str, source: Source, wait: int = 0, row: int = 0) -> None:
        self.wait, self._store, self._row = wait, store, row
        self._mine = (LoginAttempt.email == account, LoginAttempt.address == source.key)

    def right(self) -> None:
        """It was the right one: the account's failures from this place are forgotten."""
        self._settle(
            delete(LoginAttempt).where(*self._mine, or_(~LoginAttempt.pending, LoginAttempt.id == self._row))
        )

    def wrong(self) -> None:
        """It was not: it counts from now on as failed."""
        self._settle(update(LoginAttempt).where(LoginAttempt.id == self._row).values(pending=False))

    def _settle(self, statement: Delete | Update) -> None:
        try:
            with self._store.session() as db:
                db.execute(statement)
        except DBAPIError as error:  # it stays under way, and counts as failed soon
            log.warning("an attempt to sign in was not settled: %s", type(error.orig).__name__)


class _Store:
    """Where attempts are kept: the hub's database, or this process's memory while that takes no writing."""

    def __init__(self, hub: Hub | None) -> None:
        self._hub = hub

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One attempt's change at a time, over all processes."""
        if self._hub is None:
            with _turn, Session(_memory()) as db:
                yield db
                db.commit()
            return
        with self._hub.platform(wait=LOCKED) as db:
            if db.get_bind().dialect.name == "postgresql":  # the embedded engine has one writer anyway
                db.execute(text(f"LOCK TABLE {LoginAttempt.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))
            yield db


_turn = threading.Lock()


@cache
def _memory() -> Engine:
    engine = create_engine(
        "sqlite://", hide_parameters=True, poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    LoginAttempt.table().create(engine)
    return engine


def begin_attempt(hub: Hub, account: str, source: Source) -> Attempt:
    """An attempt of ``source`` at the password of ``account``; ask its ``wait`` before checking anything.

    Where the places that are left are taken by attempts that are being checked at this moment (several people, one account),
    it waits for their outcome.
    """
    until = time.monotonic() + PATIENCE
    while True:
        attempt = _noted(hub, account, source)
        if attempt is not None:
            return attempt
        if time.monotonic() > until:
            return Attempt(_Store(hub), account, source, wait=1)
        time.sleep(0.05)


def _noted(hub: Hub, account: str, source: Source) -> Attempt | None:
    try:
        return _note(_Store(hub), account, source)
    except DBAPIError:  # locked, full or away: people sign in all the same
        return _note(_Store(None), account, source)


def _note(store: _Store, account: str, source: Source) -> Attempt | None:
    now = datetime.now(UTC)
    with store.session() as db:
        db.execute(
            delete(LoginAttempt).where(or_(LoginAttempt.at < now - HOUR, LoginAttempt.at > now + AHEAD))
        )
        rows = db.scalars(
            select(LoginAttempt)
            .where(or_(LoginAttempt.email == account, LoginAttempt.address == source.key))
            .order_by(LoginAttempt.at)
        ).all()
        failed = [row for row in rows if not row.pending or row.at < now - UNDER_WAY]
        if wait := _wait(failed, account, source, now):
            return Attempt(store, account, source, wait=wait)
        if _wait(rows, account, source, now):
            return None
        row = LoginAttempt(email=account, address=source.key, at=now, pending=True)
        db.add(row)
        db.flush()
        return Attempt(store, account, source, row=row.id)


def _wait(rows: Sequence[LoginAttempt], account: str, source: Source, now: datetime) -> int:
    """Seconds until ``source`` may try again, after these attempts (the oldest first)."""
    ends = [_full([r.at for r in rows if r.email == account and r.address == source.key], PER_ACCOUNT)]
    if not source.known:
        ends.append(_full([r.at for r in rows if r.address == source.key], PER_ADDRESS))
        everywhere = [r.at for r in rows if r.email == account and not r.address.startswith("device:")]
        if len(everywhere) >= ALL_OVER:
            ends.append(
                everywhere[-1] + min(timedelta(seconds=2 ** min(len(everywhere) - ALL_OVER, 10)), WINDOW)
            )
    left = max((end - now for end in ends if end is not None), default=timedelta(0))
    return max(0, ceil(left.total_seconds()))


def _full(times: Sequence[datetime], limit: int) -> datetime | None:
    """When the oldest of the last ``limit`` is far enough back; None where there are fewer."""
    return times[-limit] + WINDOW if len(times) >= limit else None
