"""What administrators are told on the Hub page: that the daily proof of the audit trail failed, or did not run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from core.api import Alert, Ctx, T, hookimpl
from core.base_api import AuditEntry, Job
from plugins.base_jobs.services import trail
from plugins.base_jobs.words import RIGHT

LATE = timedelta(days=2)


@hookimpl
def alerts(ctx: Ctx) -> Sequence[Alert]:
    """The last proof that ended decides; where none ever did, the age of the first entry of the trail."""
    if not ctx.can(RIGHT):
        return []
    ended = (
        select(Job.status, Job.created_at)
        .where(Job.kind == trail.NAME, Job.status.in_(("done", "failed")))
        .order_by(Job.id.desc())
        .limit(1)
    )
    last = ctx.session.execute(ended).one_or_none()
    if last is not None and last.status == "failed":
        words = T("The audit trail could not be proven: see the failed job")
        return [Alert(words, "/admin/jobs/?status=failed", "bad", 1)]
    first = (
        last.created_at
        if last is not None
        else ctx.session.scalar(select(AuditEntry.at).order_by(AuditEntry.id).limit(1))
    )
    if first is not None and min(ctx.now(), datetime.now(UTC)) - first > LATE:
        words = T("The audit trail was not proven for two days: is the worker running?")
        return [Alert(words, "/admin/jobs/", "warn", 1)]
    return []
