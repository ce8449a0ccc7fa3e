"""The Hub page warns administrators when the proof of the audit trail failed, or when none ran for two days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.data.records import Job
from core.kernel.context import Ctx
from plugins.base_jobs.services import trail

FAILED, LATE = "could not be proven", "was not proven for two days"


@pytest.mark.parametrize(
    ("status", "days", "said"),
    [("failed", 0, FAILED), ("done", 1, ""), ("done", 3, LATE), ("waiting", 3, "")],
)
def test_a_failed_or_missing_proof_is_told(
    ctx: Ctx, client_as: Callable[..., Any], status: str, days: int, said: str
) -> None:
    at = ctx.now() - timedelta(days=days)
    ctx.session.add(Job(kind=trail.NAME, payload={}, status=status, run_after=at, created_at=at))
    ctx.session.commit()
    page = client_as("admin").get("/").text
    assert [words for words in (FAILED, LATE) if words in page] == ([said] if said else [])
    assert said == "" or said not in client_as("merch").get("/").text
