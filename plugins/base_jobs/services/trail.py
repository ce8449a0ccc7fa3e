"""Every day: prove that nobody changed what was sealed of the audit trail, and note the end of the chain outside."""

from __future__ import annotations

from typing import Any

from core.api import Ctx, JobProgress, Refused, T
from core.base_api import prove_trail

NAME = "base_jobs.trail"
MOST_FAULTS = 5


def run(ctx: Ctx, payload: Any, progress: JobProgress) -> dict[str, Any]:
    """The job; returns how many rows are as they were sealed, and where the chain ends. Refused, with the faults, where not."""
    found = prove_trail(ctx.hub, ctx.tenant)
    if found.faults:
        raise Refused(
            T(
                "The audit trail was changed behind the hub's back, {n} faults: {faults}",
                n=len(found.faults),
                faults="; ".join(found.faults[:MOST_FAULTS]),
            )
        )
    return {"rows": found.rows, "links": found.head[0], "digest": found.head[1]}
