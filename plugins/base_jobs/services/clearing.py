"""Every day: forget keys of forms sent a month ago, and jobs that ended well three months ago."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from core.api import Ctx, JobProgress
from core.base_api import Idempotency, Job

NAME = "base_jobs.tidy"
KEEP_KEYS, KEEP_JOBS = timedelta(days=30), timedelta(days=90)


def run(ctx: Ctx, payload: Any, progress: JobProgress) -> dict[str, Any]:
    """The job; returns how many of each were forgotten."""
    with progress.write() as inner:
        keys = inner.session.execute(delete(Idempotency).where(Idempotency.at < inner.now() - KEEP_KEYS))
        done = inner.session.execute(
            delete(Job).where(Job.status == "done", Job.created_at < inner.now() - KEEP_JOBS)
        )
    return {"keys": keys.rowcount, "jobs": done.rowcount}  # type: ignore[attr-defined]
