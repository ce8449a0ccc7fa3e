"""Every day: forget messages that arrived a month ago, and those that never did three months ago."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete

from core.api import Ctx, JobProgress
from plugins.webhooks.models import Delivery
from plugins.webhooks.words import KEEP_FAILED, KEEP_SENT


def run(ctx: Ctx, payload: Any, progress: JobProgress) -> dict[str, Any]:
    """The job; returns how many were forgotten."""
    with progress.write() as inner:
        old = inner.now() - KEEP_SENT, inner.now() - KEEP_FAILED
        sent = inner.session.execute(delete(Delivery).where(Delivery.status == "sent", Delivery.at < old[0]))
        over = inner.session.execute(
            delete(Delivery).where(Delivery.status.in_(("failed", "withheld")), Delivery.at < old[1])
        )
    return {"sent": sent.rowcount, "failed": over.rowcount}  # type: ignore[attr-defined]
