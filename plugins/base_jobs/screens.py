"""Background jobs of this tenant: how far they are, what went wrong, trying again."""

from __future__ import annotations

from typing import Any

from flask import flash, g, jsonify, redirect, render_template, request
from flask_admin import expose
from sqlalchemy import select

from core.api import NotFound, T, record_audit
from core.base_api import Job, User, get_job, retry_job
from core.db import among
from core.web.api import HubModelView, Page, ctx, route
from core.web.base_api import Errors, Right
from plugins.base_jobs.words import JOB, RIGHT, STATES


class JobsPage(HubModelView):
    """The list of everybody's jobs: a plain table that nobody writes by hand, so Flask-Admin's list serves it."""

    list_template = "base_jobs/jobs.html"
    offers = ("view",)
    can_view_details = False
    column_list = ("kind", "status", "done", "run_as", "created_at", "attempts", "error")

    def __init__(self) -> None:
        super().__init__(
            Job, JOB, T("Background jobs"), plugin="base_jobs", menu=("admin", 60), url="/admin/jobs"
        )

    def endpoints(self) -> dict[str, Right]:
        """Whoever sees the jobs may try one again."""
        return {**super().endpoints(), f"{self.endpoint}.retry": Right(RIGHT)}

    def get_query(self) -> Any:
        """The jobs in the state that was chosen (``?status=``)."""
        chosen = request.args.get("status", "")
        return super().get_query().filter(Job.status == chosen) if chosen in STATES else super().get_query()

    def get_count_query(self) -> Any:
        """How many these are."""
        chosen = request.args.get("status", "")
        found = super().get_count_query()
        return found.filter(Job.status == chosen) if chosen in STATES else found

    def render(self, template: str, **values: Any) -> str:
        """With the words of states and kinds, and who asked."""
        people = {job.run_as for job in values["data"] if job.run_as is not None}
        names = ctx().session.execute(select(User.id, User.name).where(among(User.id, people))).all()
        values |= {"states": STATES, "chosen": request.args.get("status", ""), "names": dict(names)}
        values |= {"kinds": ctx().registry.jobs, "errors": g.get("job_errors", {})}
        return str(super().render(template, **values))

    @expose("/<int:job_id>/retry", methods=("POST",))
    def retry(self, job_id: int) -> Any:
        """Give a failed job another chance."""
        job = get_job(ctx(), job_id)

        def work() -> str:
            retry_job(ctx(), job)
            record_audit(ctx(), JOB, job.id, "retry", number=job.kind)
            flash(str(T("The job waits for its turn.")))
            return f"{self.url}/"

        def again(errors: Errors) -> str:
            g.job_errors = errors
            return str(self.index_view())

        return self.attempt(work, again)


class JobPage(Page):
    """Progress of background work, for the person who asked for it and for administrators."""

    plugin = "base_jobs"

    @route("/<int:job_id>", right="")
    def show(self, job_id: int) -> Any:
        """A progress page; with ``?json=1`` the figures that it polls."""
        context = ctx()
        job = context.session.scalars(select(Job).where(Job.id == job_id)).one_or_none()
        own = job is not None and context.user is not None and job.run_as == context.user.id
        if job is None or not (own or context.can(RIGHT)):
            raise NotFound(T("There is no such job."))
        href = (job.result or {}).get("href", "")
        if request.args.get("json"):
            return jsonify(status=job.status, done=job.done, total=job.total, href=href, error=job.error)
        if job.status == "done" and href:
            return redirect(href)
        return render_template("base_jobs/job.html", job=job, label=context.registry.jobs[job.kind].label)
