"""Names and words of background jobs."""

from __future__ import annotations

from core.api import T

JOB = "base_jobs.job"
RIGHT = f"{JOB}.view"
"""Whoever has it sees everybody's jobs and may try a failed one again."""
STATES = {
    "waiting": (T("Waiting"), "neutral"),
    "running": (T("Running"), "info"),
    "done": (T("Done"), "good"),
    "failed": (T("Failed"), "bad"),
}
