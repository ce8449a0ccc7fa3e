"""What lists show of timelines and milestones: one or two queries for a page, whatever its length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, selectinload

from core.api import Ctx, pick
from core.db import among
from plugins.catalog.api import Partner
from plugins.tna import words
from plugins.tna.models import Milestone, Template, TemplateLine, Timeline
from plugins.tna.services import schedule, status
from plugins.tna.services.schedule import Verdict

MOST = 300
"""Milestones of a work list."""


class Due(NamedTuple):
    """An open milestone with its timeline and how it stands."""

    milestone: Milestone
    timeline: Timeline
    verdict: Verdict

    @property
    def name(self) -> str:
        """In the reader's language."""
        return pick(self.milestone.names, self.milestone.code)


def milestone_counts(ctx: Ctx, rows: Sequence[Template]) -> Mapping[int, int]:
    """How many milestones each template has."""
    found = ctx.session.execute(
        select(TemplateLine.template_id, func.count())
        .where(among(TemplateLine.template_id, [r.id for r in rows]))
        .group_by(TemplateLine.template_id)
    )
    return {key: int(n) for key, n in found}


def names_of(ctx: Ctx, wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], str]:
    """Names of milestones by timeline and code, in the reader's language. One query."""
    pairs = set(wanted)
    if not pairs:
        return {}
    found = ctx.session.execute(
        select(Milestone.timeline_id, Milestone.code, Milestone.names).where(
            among(Milestone.timeline_id, {key for key, _code in pairs}),
            Milestone.code.in_({code for _key, code in pairs}),
        )
    )
    return {(key, code): pick(names, code) for key, code, names in found if (key, code) in pairs}


def next_names(ctx: Ctx, rows: Sequence[Timeline]) -> Mapping[int, str]:
    """The name of the next open milestone of each timeline."""
    now = status.current(ctx, rows)
    names = names_of(ctx, ((key, kept["next_code"]) for key, kept in now.items() if kept["next_code"]))
    return {key: names.get((key, kept["next_code"]), "") for key, kept in now.items()}


def progress(ctx: Ctx, rows: Sequence[Timeline]) -> Mapping[int, str]:
    """ "21 / 25" milestones done; skipped ones are not counted."""
    return {
        key: f"{kept['done']} / {kept['done'] + kept['left']}"
        for key, kept in status.current(ctx, rows).items()
    }


def verdicts(ctx: Ctx, rows: Iterable[Milestone]) -> dict[int, Verdict]:
    """How each of these milestones stands today, by id. One query."""
    found = list(rows)
    outcomes = status.outcomes(ctx, sorted({m.timeline_id for m in found}))
    return {m.id: outcomes[m.timeline_id].verdicts[m.code] for m in found}


def verdict_badges(ctx: Ctx, rows: Sequence[Milestone]) -> Mapping[int, Any]:
    """How each milestone stands, as word and tone."""
    return {key: words.standing(v.status, v.days) for key, v in verdicts(ctx, rows).items()}


def projections(ctx: Ctx, rows: Sequence[Milestone]) -> Mapping[int, Any]:
    """The day each milestone is projected for; none once it is done or skipped."""
    open_ones = {m.id for m in rows if m.actual is None and not m.skipped}
    return {key: v.projected if key in open_ones else None for key, v in verdicts(ctx, rows).items()}


def due(
    ctx: Ctx, owner_roles: Iterable[str] | None, days: int = schedule.SOON, limit: int = MOST
) -> list[Due]:
    """Open milestones of running timelines that are overdue or due within ``days``, the earliest first.

    ``owner_roles`` None: of everybody. Three queries.
    """
    until = ctx.today() + timedelta(days=days)
    wanted = (
        select(Milestone)
        .join(Milestone.timeline)
        .options(contains_eager(Milestone.timeline).selectinload(Timeline.factory))
        .where(
            Milestone.actual.is_(None),
            Milestone.skipped.is_(False),
            Milestone.target <= until,
            Timeline.state == "open",
        )
        .order_by(Milestone.target, Milestone.id)
        .limit(limit)
    )
    if owner_roles is not None:
        wanted = wanted.where(Milestone.owner_role.in_(sorted(set(owner_roles))))
    rows = list(ctx.session.scalars(wanted))
    standing = verdicts(ctx, rows)
    return [Due(m, m.timeline, standing[m.id]) for m in rows]


def with_steps(
    ctx: Ctx, rows: Sequence[Timeline]
) -> tuple[dict[int, list[Any]], dict[int, schedule.Outcome]]:
    """The milestones of many timelines as plain rows, and how each timeline stands, by its id. One query."""
    m = Milestone
    found: dict[int, list[Any]] = {row.id: [] for row in rows}
    for each in ctx.session.execute(
        select(
            m.timeline_id, m.code, m.names, m.target, m.actual, m.min_days, m.warn_days, m.predecessors, m.critical, m.risk,
            m.skipped,
        )
        .where(among(m.timeline_id, found))
        .order_by(m.timeline_id, m.position)
    ):  # fmt: skip
        found[each.timeline_id].append(each)
    today = ctx.today()
    return found, {
        key: schedule.evaluate(status.steps_of(steps), today) for key, steps in found.items() if steps
    }


class Overview(NamedTuple):
    """What an overview of timelines was asked for."""

    q: str = ""
    status: str = ""
    factory: str = ""


def running(ctx: Ctx, asked: Overview, limit: int) -> tuple[list[Timeline], int]:
    """Running timelines, the next to ship first, and how many there are in all. Two queries and one for the factories."""
    wanted = select(Timeline).where(Timeline.state == "open")
    if asked.q.strip():
        wanted = wanted.where(Timeline.number.icontains(asked.q.strip(), autoescape=True))
    if asked.status:
        wanted = wanted.where(Timeline.status == asked.status)
    if asked.factory.strip():
        code = asked.factory.strip().upper()
        wanted = wanted.join(Timeline.factory).where(func.upper(Partner.code) == code)
    total = ctx.session.scalar(
        select(func.count()).select_from(wanted.with_only_columns(Timeline.id).subquery())
    )
    rows = ctx.session.scalars(
        wanted.options(selectinload(Timeline.factory)).order_by(Timeline.anchor, Timeline.id).limit(limit)
    )
    return list(rows), int(total or 0)
