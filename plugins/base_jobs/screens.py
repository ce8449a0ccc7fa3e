"""Background jobs of this tenant: how far they are, what went wrong, trying again."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, render_template, request
from sqlalchemy import select

from core.api import NotFound, T, audit, jobs
from core.base_api import Job, User
from core.web.api import Errors, FormPage, Page, ctx, route
from plugins.base_jobs.words import RIGHT, STATES

HOME = "/admin/jobs/"
PAGE = 50


class JobsPage(FormPage):
    """The list of everybody's jobs."""

    plugin = "base_jobs"
    menu_place = ("admin", 60)
    right = RIGHT
    label = T("Background jobs")

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
            "base_jobs/jobs.html", jobs=rows[:PAGE], more=rows[PAGE - 1][0].id if len(rows) > PAGE else None, states=STATES,
            chosen=chosen, kinds=context.registry.jobs, errors=errors,
        )  # fmt: skip

    @route("/<int:job_id>/retry", right=RIGHT, methods=("POST",))
    def retry(self, job_id: int) -> Any:
        """Give a failed job another chance."""
        job = jobs.get(ctx(), job_id)

        def work() -> str:
            jobs.retry(ctx(), job)
            audit.record(ctx(), "base_jobs.job", job.id, "retry", number=job.kind)
            flash(str(T("The job waits for its turn.")))
            return HOME

        return self.attempt(work, self._page)


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
