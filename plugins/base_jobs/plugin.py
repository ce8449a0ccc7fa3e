"""Wiring of background jobs: manifest and hook implementations, nothing else."""

from __future__ import annotations

from core.api import Declare, JobKind, Manifest, T, hookimpl
from plugins.base_jobs.services import clearing, trail
from plugins.base_jobs.shown import alerts  # noqa: F401 - a hook
from plugins.base_jobs.words import RIGHT

manifest = Manifest(
    name="base_jobs",
    title=T("Background jobs"),
    version="0.1.0",
    summary=T("How far background work is, what failed, trying it again; clearing old records."),
    category="platform",
    base=True,
    extends=("base_company",),
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare the right to see everybody's jobs, the daily clearing and the daily proof."""
    registry.permission(RIGHT, T("See background jobs"))
    registry.job(JobKind(clearing.NAME, clearing.run, T("Clear old records of work done"), daily=True))
    registry.job(JobKind(trail.NAME, trail.run, T("Prove that the audit trail was not changed"), daily=True))


@hookimpl
def register_screens(registry: Declare) -> None:
    """The administrator's list, and the page that shows one's own job."""
    from plugins.base_jobs.screens import JobPage, JobsPage

    registry.view(JobsPage())
    registry.view(JobPage(name="Job", endpoint="jobs", url="/jobs"))
