"""``hub job``: the kinds of background work, and one of them carried out now."""

from __future__ import annotations

import time
from typing import Any

import click

from core.cli import inputs
from core.cli.common import as_json, context, for_tenant, open_hub, put, table, tenant_code
from core.data.records import Job
from core.errors import NotFound, Refused
from core.text.i18n import T
from core.work import jobs

WAIT = 0.5
"""Seconds between two looks at a job that a worker has taken."""


@click.group()
def job() -> None:
    """Background work: what there is, and one of it now."""


@job.command("list")
@for_tenant
@as_json
def list_jobs(tenant: str | None, person: str | None, wants_json: bool) -> None:
    """The kinds of jobs of the plugins that are on."""
    with context(tenant, person, write=False) as ctx:
        rows: list[dict[str, Any]] = [
            {"name": kind.name, "label": str(kind.label), "daily": kind.daily, "plugin": kind.plugin}
            for kind in ctx.registry.jobs.all_standing(ctx.enabled)
        ]
    if wants_json:
        put(rows)
    else:
        table(("job", "what", "daily", "plugin"), [tuple(row.values()) for row in rows])


@job.command()
@click.argument("name")
@click.option("--payload", "typed", metavar="JSON", default="", help="What the job is given: JSON, or @FILE.")
@for_tenant
@as_json
def run(name: str, typed: str, tenant: str | None, person: str | None, wants_json: bool) -> None:
    """Carry out a job now, as a worker would, and say how it ended. It stands in the list of jobs like any other."""
    hub = open_hub()
    payload = inputs.payload_of(typed)
    with hub.context(tenant_code(hub, tenant), person) as ctx:
        if name not in {kind.name for kind in ctx.registry.jobs.all_standing(ctx.enabled)}:
            raise NotFound(T("There is nothing called {name}.", name=name))
        number, info = jobs.enqueue_job(ctx, name, payload).id, ctx.tenant
    if taken := jobs.claim(hub, info, number):
        jobs.run_one(hub, info, taken)
    with hub.context(info, write=False) as ctx:
        done = _ended(jobs.get_job(ctx, number))
    while done is None:  # a worker was faster
        time.sleep(WAIT)
        with hub.context(info, write=False) as ctx:
            done = _ended(jobs.get_job(ctx, number))
    if wants_json:
        put(done)
    else:
        click.echo(f"{name}: {done['result'] or 'done'}")


def _ended(row: Job) -> dict[str, Any] | None:
    """How a job ended; None while it goes on. Refused with its error where it failed, once (it is tried again) or for good."""
    if row.error:
        raise Refused(row.error)
    return {"job": row.id, "status": row.status, "result": row.result} if row.status == "done" else None


COMMANDS = (job,)
