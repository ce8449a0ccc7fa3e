"""How timelines would go under assumptions: the same rules, with days before which milestones cannot be. Nothing is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import select

from core.api import Ctx, T, hookimpl
from core.db import among
from plugins.catalog.api import Foreseen, Outlook
from plugins.tna.models import Milestone, Timeline
from plugins.tna.services import owners, schedule, status
from plugins.tna.words import standing


@hookimpl(specname="plan_outlook")
def of_documents(ctx: Ctx, entity: str, foreseen: Mapping[int, Foreseen]) -> dict[int, Outlook] | None:
    """When each open timeline would end, and how it would stand. One query, and those of whoever tells of events."""
    if entity not in owners.kinds(ctx):
        return None
    rows = ctx.session.execute(
        select(Timeline.owner_id, Milestone)
        .join(Milestone, (Milestone.timeline_id == Timeline.id) & (Milestone.tenant_id == Timeline.tenant_id))
        .where(Timeline.entity == entity, among(Timeline.owner_id, foreseen), Timeline.state == "open")
        .order_by(Milestone.timeline_id, Milestone.position)
    )
    milestones: dict[int, list[Milestone]] = defaultdict(list)
    for owner, milestone in rows:
        milestones[owner].append(milestone)
    earliest: dict[int, dict[str, date]] = defaultdict(dict)
    for answer in ctx.hooks.plan_events(entity=entity, foreseen=foreseen):
        for owner, days in (answer or {}).items():
            earliest[owner].update(days)
    return {
        owner: _outlook(ctx, found, earliest[owner])
        for owner, found in milestones.items()
        if any(not row.skipped for row in found)
    }


def _outlook(ctx: Ctx, rows: list[Milestone], earliest: Mapping[str, date]) -> Outlook:
    steps = [
        step._replace(earliest=earliest.get(row.event))
        for row, step in zip(rows, status.steps_of(rows), strict=True)
    ]
    outcome = schedule.evaluate(steps, ctx.today())
    last = next(step for step in reversed(steps) if not step.skipped)
    words, tone = standing(outcome.status)
    return Outlook(T("Timeline"), last.target + timedelta(days=outcome.slip), words, tone)
