"""Failed jobs are shown to the administrator and tried again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from core.data.records import AuditEntry, Job
from core.kernel.context import Ctx


def test_failed_jobs_are_shown_and_tried_again(client_as: Callable[..., Any], ctx: Ctx) -> None:
    admin = client_as("admin")
    for status in ("failed", "done"):
        job = Job(kind="samples.gone", payload={}, status=status, run_after=ctx.now(), attempts=3, done=0, total=9,
                  error="the printer is on fire" if status == "failed" else "", created_at=ctx.now())  # fmt: skip
        ctx.session.add(job)
        ctx.session.flush()
        if status == "failed":
            failed = job.id
    ctx.session.commit()
    page = admin.get("/admin/jobs/").text
    assert "the printer is on fire" in page
    assert page.count("Try again") == 1
    assert "the printer" not in admin.get("/admin/jobs/?status=done").text
    assert admin.post(f"/admin/jobs/{failed}/retry").status_code == 302
    assert admin.post(f"/admin/jobs/{failed}/retry").status_code == 422, "only a failed one"
    ctx.session.rollback()
    done = select(AuditEntry.action).where(AuditEntry.entity == "base_jobs.job").order_by(AuditEntry.id)
    assert list(ctx.session.scalars(done)) == ["retry"]
