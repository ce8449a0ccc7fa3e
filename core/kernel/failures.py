"""What failed of which plugin, counted by company: for the page *Health*, the figures and the command line.

Noted in memory, where the failure is caught, and written by :meth:`Failures.flush` after the transaction that failed is
over, in one of its own. What fails again within a minute is only counted, so that a column that fails on a busy list is no
write for each request. Never in it: parameters of statements.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Engine, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from core.data.among import among
from core.data.records import Failure
from core.data.tenancy import TenantSession
from core.kernel.blame import culprit, describe

if TYPE_CHECKING:
    from core.kernel.context import Ctx
    from core.kernel.hub import Hub

log = logging.getLogger("hub")
SLOW = "slow"
"""The kind of a part that took too long; the kind of any other is the class of its error."""
EVERY = 60.0
"""Seconds in which one failure is written once at most, in each process."""
WAIT = 1.0
"""Seconds that writing waits for others at most: what is not written now is written later."""
MOST_WAITING, MOST_KEPT = 500, 200
"""Different failures that a process counts before it writes, and that are kept of a company: the oldest go first."""
FORGOTTEN = timedelta(days=30)
"""What has not failed for so long is over."""

Key = tuple[int, str, str, str]
"""Tenant, plugin, part, kind."""


@dataclass(frozen=True)
class _Noted:
    count: int
    first: datetime
    last: datetime
    place: str
    message: str


class Failures:
    """What this process saw fail and has not written yet. One per hub."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._waiting: dict[Key, _Noted] = {}
        self._written: dict[Key, float] = {}

    def note(self, tenant: int, plugin: str, part: str, error: BaseException) -> None:
        """``part`` of ``plugin`` failed for the tenant with this id. ``part`` names what was declared, never a row."""
        place, message = _said(error)
        self._count((tenant, plugin[:60], part[:200], type(error).__name__[:80]), place, message)

    def note_slow(self, tenant: int, plugin: str, part: str, seconds: float) -> None:
        """``part`` of ``plugin`` took ``seconds``, which is too long."""
        log.warning("%s of plugin %s took %.1f s", part, plugin, seconds)
        self._count((tenant, plugin[:60], part[:200], SLOW), "", f"{seconds:.1f} s")

    def _count(self, key: Key, place: str, message: str) -> None:
        now = datetime.now(UTC)
        with self._lock:
            before = self._waiting.get(key)
            if before is None and len(self._waiting) >= MOST_WAITING:
                return
            count, first = (before.count, before.first) if before else (0, now)
            self._waiting[key] = _Noted(count + 1, first, now, place[:120], message[:300])

    def flush(self, *, now: bool = False) -> None:
        """Write what is due (``now``: all of it). Never fails: what cannot be written waits."""
        if not self._waiting:
            return
        for tenant, found in self._due(now).items():
            try:
                with TenantSession(self._engine, tenant, wait=WAIT) as session:
                    for key, noted in found.items():
                        _keep(session, key, noted)
                    _bound(session)
                    session.commit()
            except SQLAlchemyError as error:
                log.warning("failures of plugins could not be written: %s", _said(error)[1])
                self._back(found)

    def _due(self, everything: bool) -> dict[int, dict[Key, _Noted]]:
        clock, due = time.monotonic(), dict[int, dict[Key, _Noted]]()
        with self._lock:
            self._written = {k: at for k, at in self._written.items() if clock - at < EVERY}
            for key in [k for k in self._waiting if everything or k not in self._written]:
                due.setdefault(key[0], {})[key] = self._waiting.pop(key)
                self._written[key] = clock
        return due

    def _back(self, found: dict[Key, _Noted]) -> None:
        with self._lock:
            for key, noted in found.items():
                later = self._waiting.get(key)
                if later is not None:
                    self._waiting[key] = replace(later, count=later.count + noted.count, first=noted.first)
                elif len(self._waiting) < MOST_WAITING:
                    self._waiting[key] = noted

    def forget(self) -> None:
        """Drop what was noted: another database took the place of the one it was about."""
        with self._lock:
            self._waiting, self._written = {}, {}


def note_job(hub: Hub, tenant: int, kind: str, error: BaseException) -> None:
    """A background job was given up: the plugin whose code failed has failed, else the one that declared it."""
    declared = hub.registry.jobs.get(kind)
    whose = culprit(error, hub.plugins) or (declared.plugin if declared else "core")
    hub.failures.note(tenant, whose, f"job {kind}", error)


def _said(error: BaseException) -> tuple[str, str]:
    """(file and line, message) of an error; of one of the database its first line, without statement and parameters."""
    words, _, place = describe(error).rpartition(" (")
    if not words:
        words, place = place, ""
    if isinstance(error, SQLAlchemyError):
        lines = str(getattr(error, "orig", None) or type(error).__name__).splitlines()
        words = lines[0] if lines else type(error).__name__
    return place.removesuffix(")"), words.partition("[SQL:")[0].strip()


def _keep(session: TenantSession, key: Key, noted: _Noted) -> None:
    _tenant, plugin, part, kind = key
    for _again in range(2):
        done = session.execute(
            update(Failure)
            .where(Failure.plugin == plugin, Failure.part == part, Failure.kind == kind)
            .values(
                count=Failure.count + noted.count,
                last_at=noted.last,
                place=noted.place,
                message=noted.message,
            )
            .execution_options(synchronize_session=False)
        )
        if done.rowcount:  # type: ignore[attr-defined]
            return
        try:
            with session.begin_nested():
                session.add(
                    Failure(
                        plugin=plugin, part=part, kind=kind, count=noted.count, first_at=noted.first, last_at=noted.last,
                        place=noted.place, message=noted.message,
                    )
                )  # fmt: skip
                session.flush()
            return
        except IntegrityError:  # another process noted it first
            continue


def _bound(session: TenantSession) -> None:
    """Keep the newest, and nothing that is over."""
    session.execute(delete(Failure).where(Failure.last_at < datetime.now(UTC) - FORGOTTEN))
    kept = session.scalar(select(func.count()).select_from(Failure)) or 0
    if kept > MOST_KEPT:
        oldest = session.scalars(select(Failure.id).order_by(Failure.last_at).limit(kept - MOST_KEPT)).all()
        session.execute(delete(Failure).where(among(Failure.id, oldest)))


# --- reading: what failed for the tenant of a context ----------------------------------------------------------


def unseen_failures(ctx: Ctx) -> list[Failure]:
    """What failed and nobody marked as seen since, the newest first."""
    unseen = or_(Failure.seen_at.is_(None), Failure.last_at > Failure.seen_at)
    return list(ctx.session.scalars(select(Failure).where(unseen).order_by(Failure.last_at.desc())))


def all_failures(ctx: Ctx) -> list[Failure]:
    """Everything that is kept, the newest first; at most 200."""
    return list(ctx.session.scalars(select(Failure).order_by(Failure.last_at.desc(), Failure.id)))


def count_failures(ctx: Ctx) -> dict[str, int]:
    """How often something of a plugin failed that nobody has marked as seen, by plugin; those without are left out."""
    counts: dict[str, int] = {}
    for failure in unseen_failures(ctx):
        counts[failure.plugin] = counts.get(failure.plugin, 0) + failure.count
    return counts


def mark_seen(ctx: Ctx, ids: Collection[int]) -> int:
    """Somebody has seen these: they are said again when they fail again. Returns how many they were."""
    done = ctx.session.execute(
        update(Failure)
        .where(among(Failure.id, ids))
        .values(seen_at=datetime.now(UTC), seen_by=ctx.actor[:120])
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
