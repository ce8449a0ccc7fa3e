"""Bringing in, in the background."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Ctx, JobProgress
from plugins.imports.services import running


def run(ctx: Ctx, payload: Mapping[str, Any], progress: JobProgress) -> dict[str, Any]:
    """Check a batch, or bring it in from where it stopped; the page of the batch comes after."""
    work = running.bring_in if payload["keep"] else running.check
    work(progress.write, int(payload["batch"]), progress)
    return {"href": f"/import/{payload['batch']}"}
