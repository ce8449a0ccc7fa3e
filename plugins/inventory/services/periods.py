"""Closing stock periods, and proving the figures in the background."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from core import ledger
from core.api import Ctx, JobProgress, Refused, T, enqueue_job

JOB = "inventory.verify"
MOST_FAULTS = 50


def close(ctx: Ctx, until: date) -> None:
    """Nothing is posted on or before ``until`` any more. Needs ``inventory.close``; Refused as the ledger says."""
    ctx.require("inventory.close")
    ledger.close_period(ctx, until)


def reopen(ctx: Ctx, until: date, reason: str) -> None:
    """Open the newest closed period again. Needs ``inventory.reopen`` and a reason."""
    ctx.require("inventory.reopen")
    ledger.reopen_period(ctx, until, reason)


def ask(ctx: Ctx) -> Any:
    """Have the figures proved in the background; the job."""
    ctx.require("inventory.verify")
    return enqueue_job(ctx, JOB, {})


def run_verify(ctx: Ctx, payload: Mapping[str, Any], progress: JobProgress) -> dict[str, Any]:
    """Recompute everything from the movements and keep when that was, and how many faults there were."""
    faults = ledger.verify(ctx, record=False)
    with progress.write() as inner:
        ledger.record_verified(inner, len(faults))
    if faults:
        raise Refused(
            T(
                "{n} faults in the stock figures: {faults}",
                n=len(faults),
                faults=" ".join(faults[:MOST_FAULTS]),
            )
        )
    return {"faults": 0}
