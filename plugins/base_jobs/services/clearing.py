"""Every day: forget keys of forms sent a month ago, jobs that ended well three months ago, the security log of last year."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select

from core.api import Ctx, JobProgress
from core.base_api import Idempotency, Job, SecurityEvent

NAME = "base_jobs.tidy"
KEEP_KEYS, KEEP_JOBS, KEEP_LOG = timedelta(days=30), timedelta(days=90), timedelta(days=400)
MOST_LINES = 200_000
"""Lines of the security log that are kept at most, of all companies."""


def run(ctx: Ctx, payload: Any, progress: JobProgress) -> dict[str, Any]:
    """The job; returns how many of each were forgotten."""
    with progress.write() as inner:
        keys = inner.session.execute(delete(Idempotency).where(Idempotency.at < inner.now() - KEEP_KEYS))
        done = inner.session.execute(
            delete(Job).where(Job.status == "done", Job.created_at < inner.now() - KEEP_JOBS)
        )
        last = inner.session.scalar(select(func.max(SecurityEvent.id))) or 0
        old = (SecurityEvent.at < inner.now() - KEEP_LOG) | (SecurityEvent.id <= last - MOST_LINES)
        lines = inner.session.execute(delete(SecurityEvent).where(old))
    return {"lines": lines.rowcount, "keys": keys.rowcount, "jobs": done.rowcount}  # type: ignore[attr-defined]
