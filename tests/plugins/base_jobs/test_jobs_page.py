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


def test_the_list_pages_on_within_the_state_that_was_chosen(client_as: Callable[..., Any], ctx: Ctx) -> None:
    for number in range(60):
        ctx.session.add(
            Job(kind="samples.gone", payload={}, status="failed", run_after=ctx.now(), attempts=1, done=0, total=0,
                error=f"fault number {number}.", created_at=ctx.now())
        )  # fmt: skip
    ctx.session.commit()
    admin = client_as("admin")
    first = admin.get("/admin/jobs/?status=failed").text
    assert "fault number 59." in first, "the newest come first"
    assert "fault number 9." not in first
    href = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "status=failed" in href
    second = admin.get(href).text
    assert "fault number 9." in second
    assert "fault number 10." not in second
    assert "fault number" not in admin.get("/admin/jobs/?status=done").text


def test_jobs_are_neither_made_nor_changed_by_hand(client_as: Callable[..., Any]) -> None:
    admin = client_as("admin")
    for tail in ("new/", "edit/?id=1", "delete/?id=1", "export/csv/", "ajax/lookup/"):
        assert admin.get(f"/admin/jobs/{tail}").status_code in (403, 404), tail
    for tail in ("new/", "edit/", "delete/", "action/", "ajax/update/"):
        assert admin.post(f"/admin/jobs/{tail}", data={"id": "1"}).status_code in (404, 405), tail
    assert "New</a>" not in admin.get("/admin/jobs/").text
    assert client_as("fin").get("/admin/jobs/").status_code == 403
