"""The timeline on paper: a table whose right half is a calendar by weeks, in the language asked for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from core.api import Ctx, Declare, DocumentKind, T, pick
from kit.printing.tables import in_parts
from plugins.tna import words
from plugins.tna.models import Milestone, Timeline
from plugins.tna.services import build, status
from plugins.tna.services.schedule import Verdict

KIND = "tna.timeline"
WEEK = timedelta(days=7)
MOST_WEEKS = 26
ROWS_A_TABLE = 30
"""Rows with a calendar beside them are higher."""


def register(registry: Declare) -> None:
    """Make the document known."""
    registry.document(
        DocumentKind(KIND, build.ENTITY, T("Production timeline"), "tna/timeline.html", context,
                     lambda row: f"{row.number}-timeline.pdf")
    )  # fmt: skip


def context(ctx: Ctx, row: Timeline) -> dict[str, Any]:
    """Values for the template: how it stands today, and each milestone with its cells, one a week."""
    outcome, today = status.outcome(ctx, row.milestones), ctx.today()
    shown = [m for m in row.milestones if not m.skipped]
    days = [d for m in shown for d in (m.target, outcome.verdicts[m.code].projected)] + [today, row.anchor]
    first, last = _monday(min(days)), _monday(max(days))
    weeks = [first + n * WEEK for n in range(min((last - first).days // 7 + 1, MOST_WEEKS))]
    roles = {code: str(label) for code, label in words.role_choices(ctx)}
    lines = [_line(m, outcome.verdicts[m.code], weeks, roles) for m in shown]
    return {
        "row": row, "factory": _factory(row), "today": today, "foot": row.number,
        "standing": words.standing(outcome.status)[0], "slip": words.slip_text(outcome.slip), "outcome": outcome,
        "landscape": True, "as_of": T("As of"), "bold": T("bold: critical"),
        "weeks": [
            {"label": day.strftime("%m/%d"), "today": day <= today < day + WEEK, "ship": day <= row.anchor < day + WEEK}
            for day in weeks
        ],
        "tables": in_parts(lines, ROWS_A_TABLE),
        "skipped": [(pick(m.names, m.code), m.skip_reason) for m in row.milestones if m.skipped],
    }  # fmt: skip


def _factory(row: Timeline) -> str:
    return pick(row.factory.names, row.factory.name) if row.factory is not None else ""


def _line(m: Milestone, verdict: Verdict, weeks: list[date], roles: dict[str, str]) -> dict[str, Any]:
    label, tone = words.standing(verdict.status, verdict.days)
    expected = verdict.projected if m.actual is None and verdict.projected != m.target else None
    return {
        "no": m.position + 1, "name": pick(m.names, m.code), "critical": m.critical,
        "owner": roles.get(m.owner_role, m.owner_role), "target": m.target, "actual": m.actual, "status": label,
        "tone": tone, "projected": verdict.projected if m.actual is None else None,
        "baseline": m.baseline if m.baseline != m.target else None, "note": m.note or m.risk_note,
        "cells": [_cell(m, expected, day) for day in weeks],
    }  # fmt: skip


def _cell(m: Milestone, expected: date | None, week: date) -> str:
    """◆ target, ● actual, ○ projected, within this week."""
    marks = (("◆", m.target), ("●", m.actual), ("○", expected))
    return "".join(sign for sign, day in marks if day is not None and week <= day < week + WEEK)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
