"""Making a timeline from a template, and exchanging its template."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from core.api import Ctx, EntityName, EntityRef, Refused, T, record_save
from core.db import flush_rows
from plugins.tna.models import RULE, Milestone, Template, Timeline
from plugins.tna.services import days, events, owners, schedule, status

ENTITY = EntityName("tna.timeline")
KEPT = ("happened", "typed", "actual", "note", "risk", "risk_note", "skipped", "skip_reason")
"""What a milestone keeps when its timeline takes another template."""


def find_timeline(ctx: Ctx, owner: EntityRef) -> Timeline | None:
    """The timeline of a document, if it has one. One query, once a page."""
    wanted = select(Timeline).where(Timeline.entity == owner.entity, Timeline.owner_id == owner.id)
    return ctx.memo.once(("tna.timeline", owner), lambda: ctx.session.scalars(wanted).one_or_none())


def create(ctx: Ctx, owner: EntityRef, template: Template, made_on: date | None = None) -> Timeline:
    """The timeline of a document, counted back from the day it is due; events that have happened are in it.

    Refused where it has one already or no day to count back from.
    """
    course = owners.due(owners.courses(ctx, [owner]), owner)
    if find_timeline(ctx, owner) is not None:
        raise Refused(T("{number} has a timeline already.", number=course.number))
    if course.due is None:
        raise Refused(T("{number} has no line with a ship date yet.", number=course.number))
    row = Timeline(
        number=course.number, state="open", entity=owner.entity, owner_id=owner.id, factory_id=course.factory_id,
        template_id=template.id, template=template, anchor=course.due, made_on=made_on or ctx.today(), compressed=0, fit="",
        rebaselines=0, pending=0, status=schedule.ON_TIME, slip=0, late=0, late_other=0, at_risk=0, done=0, left=0,
        next_code="",
    )  # fmt: skip
    ctx.session.add(row)
    flush_rows(ctx.session)
    _fill(ctx, row, template, {})
    events.refresh(ctx, [owner])
    status.refresh(ctx, [row.id])
    row.compressed = schedule.compressed(status.steps_of(row.milestones), row.made_on)
    changes = [("template", None, template.code), ("anchor", None, course.due)]
    record_save(ctx, row, "create", changes, is_new=True)
    return row


def change_template(ctx: Ctx, row: Timeline, template: Template) -> None:
    """Take another template: targets are counted back anew; what a milestone of the same code has reached stays."""
    anchor = owners.due(owners.courses(ctx, [row.owner]), row.owner).due or row.anchor
    before = {m.code: {name: getattr(m, name) for name in KEPT} for m in row.milestones}
    row.milestones.clear()
    flush_rows(ctx.session)
    row.template, row.template_id, row.anchor, row.fit, row.pending = template, template.id, anchor, "", 0
    _fill(ctx, row, template, before)
    ctx.session.expire(row, ["milestones"])
    events.refresh(ctx, [row.owner])
    status.refresh(ctx, [row.id])
    row.compressed = schedule.compressed(status.steps_of(row.milestones), ctx.today())


def _fill(ctx: Ctx, row: Timeline, template: Template, before: dict[str, dict[str, Any]]) -> None:
    known = days.Calendars(ctx, [row.factory_id])
    blank = {"note": "", "risk": False, "risk_note": "", "skipped": False, "skip_reason": "",
             "happened": None, "typed": None, "actual": None}  # fmt: skip
    made = []
    for line in template.lines:
        target = known.target(line, row.anchor, row.factory_id)
        rule = {name: getattr(line, name) for name in RULE}
        kept = before.get(line.code, blank)
        made.append(
            {"timeline_id": row.id, **rule, **kept, "target": target, "scheduled": target, "baseline": target}
        )
    ctx.session.insert_many(Milestone, made)
