"""Asking for work that is done later: a row of the outbox, written in the transaction that asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from core.data.records import Job
from core.errors import NotFound, Refused
from core.kernel.context import Ctx
from core.text.i18n import T, Text


class Later(Exception):
    """Raised by a handler that wants to be called again after ``wait``: what it waits for is somebody else's, an address
    that does not answer. It does not count as an attempt; the handler itself counts, and gives up. ``words`` stand beside
    the waiting job."""

    def __init__(self, words: Text | str, wait: timedelta) -> None:
        super().__init__(words)
        self.wait = wait


def moment() -> datetime:
    """Now, by the machine's clock."""
    # the clock of the machine, not the business day: HUB_TODAY must not stop the queue
    return datetime.now(UTC)


def enqueue_job(ctx: Ctx, kind: str, payload: Mapping[str, Any], total: int = 0) -> Job:
    """Ask for work of a declared kind, in this transaction. ``total`` is what progress counts up to (0: unknown)."""
    if kind not in ctx.registry.jobs:
        raise NotFound(T("There is nothing called {name}.", name=kind))
    job = Job(
        kind=kind, payload=dict(payload), status="waiting", run_after=moment(), attempts=0, done=0, total=total, error="",
        run_as=ctx.user.id if ctx.user else None, locale=ctx.locale, created_at=ctx.now(),
    )  # fmt: skip
    ctx.session.add(job)
    ctx.session.flush()
    return job


def enqueue_jobs(ctx: Ctx, kind: str, payloads: Sequence[Mapping[str, Any]]) -> None:
    """Ask for many works of a declared kind in one statement. They have the rights of the system, not of who asks: the
    handler says whose rights count."""
    if kind not in ctx.registry.jobs:
        raise NotFound(T("There is nothing called {name}.", name=kind))
    rows = [
        {"kind": kind, "payload": dict(payload), "status": "waiting", "run_after": moment(), "locale": ctx.locale,
         "created_at": ctx.now()}
        for payload in payloads
    ]  # fmt: skip
    ctx.session.insert_many(Job, rows)


def get_job(ctx: Ctx, job_id: int) -> Job:
    """A job of this tenant; NotFound otherwise. ``done`` of ``total``, ``status`` and ``error`` are what a page shows."""
    job = ctx.session.scalars(
        select(Job).where(Job.id == job_id).execution_options(populate_existing=True)
    ).one_or_none()
    if job is None:
        raise NotFound(T("There is no such job."))
    return job


def retry_job(ctx: Ctx, job: Job) -> None:
    """Give a failed job another three attempts."""
    if job.status != "failed":
        raise Refused(T("Only a failed job can be tried again."))
    job.status, job.attempts, job.error, job.run_after, job.done = "waiting", 0, "", moment(), 0
    ctx.session.flush()
