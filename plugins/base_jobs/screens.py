"""Background jobs of this tenant: how far they are, what went wrong, trying again."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from sqlalchemy import select

from core.data.models import User
from core.data.records import Job
from core.entities import audit
from core.text.i18n import T
from core.web.admin_base import AdminPage, Errors
from core.web.screens.page import ctx, route
from core.work import jobs

HOME = "/admin/jobs/"
RIGHT = "core.jobs"
PAGE = 50
STATES = {
    "waiting": (T("Waiting"), "neutral"),
    "running": (T("Running"), "info"),
    "done": (T("Done"), "good"),
    "failed": (T("Failed"), "bad"),
}


class JobsPage(AdminPage):
    """The list of jobs."""

    @route("/", right=RIGHT)
    def index(self) -> str:
        """The newest first; ``before`` pages on."""
        return self._page({})

    def _page(self, errors: Errors) -> str:
        context, chosen, before = ctx(), request.args.get("status", ""), request.args.get("before", "")
        found = (
            select(Job, User.name)
            .outerjoin(User, User.id == Job.run_as)
            .order_by(Job.id.desc())
            .limit(PAGE + 1)
        )
        if chosen in STATES:
            found = found.where(Job.status == chosen)
        if before.isdigit() and len(before) < 19:
            found = found.where(Job.id < int(before))
        rows = context.session.execute(found).all()
        return self.show(
            "jobs.html", jobs=rows[:PAGE], more=rows[PAGE - 1][0].id if len(rows) > PAGE else None, states=STATES,
            chosen=chosen, kinds=context.registry.jobs, errors=errors,
        )  # fmt: skip

    @route("/<int:job_id>/retry", right=RIGHT, methods=("POST",))
    def retry(self, job_id: int) -> Any:
        """Give a failed job another chance."""
        job = jobs.get(ctx(), job_id)

        def work() -> str:
            jobs.retry(ctx(), job)
            audit.record(ctx(), "core.job", job.id, "retry", number=job.kind)
            flash(str(T("The job waits for its turn.")))
            return HOME

        return self.attempt(work, self._page)
