"""The life of a claim: resolved, closed, opened again, cancelled. Nothing but the claim itself is ever written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.api import Ctx, Problem, Refused, T, note_changes
from plugins.claims.models import Claim


def days_open(row: Claim, today: date) -> int:
    """Days from opening until it was resolved; of an open claim until ``today``."""
    return ((row.resolved_on or today) - row.opened_on).days


def resolve(ctx: Ctx, row: Claim, data: Mapping[str, Any]) -> None:
    """Say how it ended. Raises Refused without words, or for a day before it was opened or still to come."""
    day = data.get("resolved_on") or ctx.today()
    text = str(data.get("resolution") or "").strip()
    problems = []
    if not text:
        problems.append(Problem(T("Say how it was resolved."), "resolution"))
    if day < row.opened_on:
        problems.append(Problem(T("Resolved before it was opened."), "resolved_on"))
    if problems:
        raise Refused(problems)
    note_changes(ctx, row, ("resolution", row.resolution, text))
    row.resolution, row.resolved_on = text, day
    for name in ("remedy", "responsible"):
        if data.get(name) and data[name] != getattr(row, name):
            note_changes(ctx, row, (name, getattr(row, name), data[name]))
            setattr(row, name, data[name])


def waive(ctx: Ctx, row: Claim, data: Mapping[str, Any]) -> None:
    """Let it be closed although no document follows from it."""
    row.waived_by, row.waived_why = ctx.actor, str(data["reason"])


def close(ctx: Ctx, row: Claim, data: Mapping[str, Any]) -> None:
    """Put it away. Raises Refused unless what follows from it is linked or waived."""
    if not may_close(row):
        raise Refused(
            T(
                "Link the document that follows from it (return, rework, debit note), or waive that with a reason."
            )
        )
    row.closed_on = ctx.today()


def may_close(row: Claim) -> bool:
    """Is what follows from it linked or waived?"""
    return bool(row.follow_ups) or bool(row.waived_why)


def reopen(ctx: Ctx, row: Claim, data: Mapping[str, Any]) -> None:
    """It was not over after all: the waiver falls, the words of the resolution stay as a start for the next one."""
    row.resolved_on = row.closed_on = None
    row.waived_by = row.waived_why = ""


def cancel(ctx: Ctx, row: Claim, data: Mapping[str, Any]) -> None:
    """It was none; the number stays taken."""
    row.resolved_on = ctx.today()
