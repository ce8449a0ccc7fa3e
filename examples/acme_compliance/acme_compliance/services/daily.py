"""What happens every night: audits that end soon are counted, for whoever reads the log of jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from acme_compliance.services.audits import ending
from acme_compliance.words import JOB
from core.api import Ctx, Declare, JobKind, JobProgress, T

SOON = 30
"""Days before the end of an audit from which it is said."""


def run(ctx: Ctx, payload: Mapping[str, Any], progress: JobProgress) -> dict[str, Any]:
    """Count. The job's own ``ctx`` is for reading: changes go inside ``with progress.write() as ctx``."""
    return {"ending": len(ending(ctx, SOON)), "ended": len(ending(ctx, 0))}


def register(registry: Declare) -> None:
    """Make the job known; try it with ``hub job run acme_compliance.daily``."""
    registry.job(JobKind(JOB, run, T("Count audits that end soon"), daily=True))
