"""Work for later: rows of an outbox, written in the transaction that asks for the work, carried out by a worker.

A job is leased by a conditional update, so that two workers never have it at once. A worker that dies loses its lease and
another one starts again: handlers must be safe to run twice. A job has the rights and the language of who asked for it.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select, update

from core.data.models import Membership, User
from core.data.records import Job
from core.errors import HubError, NotFound, Refused
from core.kernel.context import Ctx, TenantInfo, UserInfo
from core.kernel.failures import note_job
from core.text.i18n import T, locale_scope
from core.work.asking import Later, enqueue_job, enqueue_jobs, get_job, moment, retry_job

if TYPE_CHECKING:
    from core.kernel.hub import Hub

__all__ = [
    "JobProgress",
    "LostLease",
    "Worker",
    "claim",
    "enqueue_job",
    "enqueue_jobs",
    "get_job",
    "retry_job",
    "run_due",
    "run_one",
]

log = logging.getLogger("hub.jobs")
LEASE = timedelta(minutes=5)
ATTEMPTS = 3
BACKOFF = (timedelta(seconds=10), timedelta(minutes=1))
QUIET = 0.3
"""Seconds between two notes of progress."""


class LostLease(RuntimeError):
    """Another worker has the job now: stop without leaving a trace."""


class JobProgress:
    """What a handler gets beside context and payload. ``progress(3, 40)`` is on the screen at once.

    ``id`` is the job's number. The handler's context is for reading.
    Everything it changes it changes inside ``with progress.write() as ctx``: a short
    unit of work of its own that only commits while the job is still ours.
    """

    def __init__(self, hub: Hub, tenant: TenantInfo, user: UserInfo | None, job: Job) -> None:
        self._hub, self._tenant, self._user = hub, tenant, user
        self.id, self._attempt, self._locale = job.id, job.attempts, job.locale
        self._last = 0.0

    def __call__(self, done: int, total: int | None = None) -> None:
        if time.monotonic() - self._last < QUIET and done != total:
            return
        self._last = time.monotonic()
        values: dict[str, Any] = {"done": done} if total is None else {"done": done, "total": total}
        with self._hub.context(self._tenant) as ctx:
            self.hold(ctx, **values)

    def hold(self, ctx: Ctx, **values: Any) -> None:
        """Renew the lease and set columns of the job, or raise LostLease."""
        values.setdefault("lease_until", moment() + LEASE)
        done = ctx.session.execute(
            update(Job)
            .where(Job.id == self.id, Job.status == "running", Job.attempts == self._attempt)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise LostLease(f"job {self.id}")

    @contextlib.contextmanager
    def write(self) -> Iterator[Ctx]:
        """A unit of work with the rights of who asked; rolled back where the job is no longer ours."""
        with self._hub.context(self._tenant, self._user, locale=self._locale) as ctx:
            self.hold(ctx)
            yield ctx


def claim(hub: Hub, tenant: TenantInfo, only: int = 0) -> Job | None:
    """Lease the next job that is due (or job ``only``), or None. One that was leased too often is given up."""
    due = or_(
        and_(Job.status == "waiting", Job.run_after <= moment()),
        and_(Job.status == "running", Job.lease_until < moment()),
    )
    wanted = (due, Job.id == only) if only else (due,)
    if hub.left_out:  # what only they can do waits until they are there again
        wanted = (*wanted, Job.kind.in_(hub.registry.jobs))
    found = select(Job.id, Job.status, Job.attempts, Job.kind).where(*wanted).order_by(Job.id).limit(5)
    with hub.context(tenant, write=False) as ctx:
        candidates = ctx.session.execute(found).all()
    for job_id, status, attempts, kind in candidates:
        gone = attempts >= ATTEMPTS
        values: dict[str, Any] = {
            "status": "running",
            "lease_until": moment() + LEASE,
            "attempts": attempts + 1,
        }
        if gone:
            values = {"status": "failed", "error": str(T("The worker ended each time it tried."))}
            note_job(hub, tenant.id, kind, RuntimeError("the worker ended each time it tried"))
        with hub.context(tenant) as ctx:
            taken = ctx.session.execute(
                update(Job)
                .where(Job.id == job_id, Job.status == status, Job.attempts == attempts, due)
                .values(**values)
                .execution_options(synchronize_session=False)
            )
            if taken.rowcount == 1 and not gone:  # type: ignore[attr-defined]
                return get_job(ctx, job_id)
    return None


def run_one(hub: Hub, tenant: TenantInfo, job: Job) -> None:
    """Carry out a leased job and note how it ended. Never raises for what the handler does."""
    progress = JobProgress(hub, tenant, None, job)
    values: dict[str, Any]
    try:
        user = _person(hub, tenant, job.run_as)
        progress = JobProgress(hub, tenant, user, job)
        with hub.context(tenant, user, write=False, locale=job.locale) as ctx:
            kind = ctx.registry.jobs.standing(job.kind, ctx.enabled)
            if kind is None:
                raise NotFound(T("There is nothing called {name}.", name=job.kind))
            result = kind.run(ctx, job.payload, progress)
        values = {"status": "done", "result": result, "error": "", "lease_until": None}
    except LostLease:
        log.warning("job %s of tenant %s went to another worker", job.id, tenant.code)
        return
    except Later as later:  # what it waits for is not here yet: no attempt that counts
        values = {"status": "waiting", "attempts": job.attempts - 1, "lease_until": None}
        with locale_scope(job.locale):
            values |= {"run_after": moment() + later.wait, "error": str(later)}
    except HubError as error:  # trying again would change nothing
        with locale_scope(job.locale):
            values = {"status": "failed", "error": str(error), "lease_until": None}
    except Exception as error:
        log.exception("job %s (%s) of tenant %s, attempt %s", job.id, job.kind, tenant.code, job.attempts)
        with locale_scope(
            job.locale
        ):  # what is in the error itself, statements and values, is for the log alone
            words = T(
                "Something went wrong on our side ({kind}); the log has the details.",
                kind=type(error).__name__,
            )
            values = {"error": str(words), "lease_until": None, "status": "failed"}
        if job.attempts < ATTEMPTS:
            wait = BACKOFF[min(job.attempts, len(BACKOFF)) - 1]
            values |= {"status": "waiting", "run_after": moment() + wait}
        else:
            note_job(hub, tenant.id, job.kind, error)
    with contextlib.suppress(LostLease), hub.context(tenant) as ctx:
        progress.hold(ctx, **values)
    hub.failures.flush()


def _person(hub: Hub, tenant: TenantInfo, user_id: int | None) -> UserInfo | None:
    if user_id is None:
        return None
    with hub.platform(write=False) as session:
        row = session.scalars(
            select(User)
            .join(Membership, Membership.user_id == User.id)
            .where(User.id == user_id, User.active, Membership.active, Membership.tenant_id == tenant.id)
        ).one_or_none()
        if row is None:
            raise Refused(T("Who asked for this does not work here any more."))
        return UserInfo(row.id, row.email, row.name, row.locale, row.theme, row.operator)


def run_due(hub: Hub, limit: int = 20, tenants: Iterable[TenantInfo] | None = None) -> int:
    """Carry out up to ``limit`` jobs that are due, one of each active tenant (or of ``tenants``) in turn; returns how many."""
    waiting, done = list(hub.tenants() if tenants is None else tenants), 0
    while waiting and done < limit:
        tenant = waiting.pop(0)
        job = claim(hub, tenant)
        if job is not None:
            run_one(hub, tenant, job)
            waiting.append(tenant)
            done += 1
    return done


class Worker:
    """Carries out jobs until it is stopped: a thread of the embedded server, or the loop of ``hub worker``."""

    def __init__(self, hub: Hub, interval: float = 1.0) -> None:
        self.hub, self.interval = hub, interval
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Work in a thread of this process."""
        self._thread = threading.Thread(target=self.loop, name="hub-worker", daemon=True)
        self._thread.start()

    def stop(self, wait: float = 10.0) -> None:
        """Stop after the job at hand; what is cut off is done again by the next worker."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(wait)

    def loop(self) -> None:
        """Work in this thread until :meth:`stop`. An unreachable database is waited for."""
        from core.work.clock import Clock  # asks for jobs, so it comes after this module

        clock = Clock(self.hub)
        while not self._stop.is_set():
            try:
                clock.tick()
                busy = run_due(self.hub)
                self.hub.failures.flush()
            except Exception:
                log.exception("the worker could not ask for work")
                busy = 0
            self._stop.wait(0.0 if busy else self.interval)
