"""Making a timeline from a template, and exchanging its template."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from core.api import Ctx, Refused, T, record_save
from core.db import flush_rows
from plugins.outsourcing.models import FactoryOrder
from plugins.tna import schedule
from plugins.tna.models import RULE, Milestone, Template, Timeline
from plugins.tna.services import days, events, status

ENTITY = "tna.timeline"
KEPT = ("happened", "typed", "actual", "note", "risk", "risk_note", "skipped", "skip_reason")
"""What a milestone keeps when its timeline takes another template."""


def of_order(ctx: Ctx, order_id: int) -> Timeline | None:
    """The timeline of a factory order, if it has one. One query, once a page."""
    wanted = select(Timeline).where(Timeline.order_id == order_id)
    return ctx.memo.once(("tna.timeline", order_id), lambda: ctx.session.scalars(wanted).one_or_none())


def create(ctx: Ctx, order: FactoryOrder, template: Template, made_on: date | None = None) -> Timeline:
    """The timeline of a factory order, counted back from its earliest ship date; events that have happened are in it.

    Refused where it has one already or no line with a ship date.
    """
    if of_order(ctx, order.id) is not None:
        raise Refused(T("{number} has a timeline already.", number=order.number))
    anchor = days.ship_dates(ctx, [order.id]).get(order.id)
    if anchor is None:
        raise Refused(T("{number} has no line with a ship date yet.", number=order.number))
    row = Timeline(
        number=order.number, state="open", order_id=order.id, order=order, factory_id=order.factory_id,
        template_id=template.id, template=template, anchor=anchor, made_on=made_on or ctx.today(), compressed=0, fit="",
        rebaselines=0, pending=0, status=schedule.ON_TIME, slip=0, late=0, late_other=0, at_risk=0, done=0, left=0,
        next_code="",
    )  # fmt: skip
    ctx.session.add(row)
    flush_rows(ctx.session)
    _fill(ctx, row, template, {})
    events.refresh(ctx, [order.id])
    status.refresh(ctx, [row.id])
    row.compressed = schedule.compressed(status.steps_of(row.milestones), row.made_on)
    changes = [("template", None, template.code), ("anchor", None, anchor)]
    record_save(ctx, row, "create", changes, is_new=True)
    return row


def change_template(ctx: Ctx, row: Timeline, template: Template) -> None:
    """Take another template: targets are counted back anew; what a milestone of the same code has reached stays."""
    anchor = days.ship_dates(ctx, [row.order_id]).get(row.order_id, row.anchor)
    before = {m.code: {name: getattr(m, name) for name in KEPT} for m in row.milestones}
    row.milestones.clear()
    flush_rows(ctx.session)
    row.template, row.template_id, row.anchor, row.fit, row.pending = template, template.id, anchor, "", 0
    _fill(ctx, row, template, before)
    ctx.session.expire(row, ["milestones"])
    events.refresh(ctx, [row.order_id])
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
