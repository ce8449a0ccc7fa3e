"""The demo tenant's timelines and what has happened on them so far."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from core.api import Ctx, EntityRef, recording, run_action
from plugins.factory_timeline.services.courses import ENTITY
from plugins.outsourcing.api import FactoryOrder
from plugins.tna.api import Entry, Timeline, build, schedule, set_actuals, status, templates

SOURCE = Path(__file__).parent / "tna_actuals.csv"
DRAFT = "FO-2026-0003"
"""Its timeline is made by hand, while the factory order is still a draft."""


def load(ctx: Ctx, shift: int) -> None:
    """Actual days on the timelines of the demo's factory orders, moved by ``shift`` days. Twice is harmless."""
    order = ctx.session.scalars(select(FactoryOrder).where(FactoryOrder.number == DRAFT)).one_or_none()
    if order is None or build.find_timeline(ctx, EntityRef(ENTITY, order.id)) is not None:
        return
    build.create(ctx, EntityRef(ENTITY, order.id), templates.standard(ctx), order.order_date)
    happened: dict[str, dict[str, date]] = {}
    with SOURCE.open(encoding="utf-8-sig", newline="") as source:
        for line in csv.DictReader(source):
            day = date.fromisoformat(line["actual_date"]) + timedelta(days=shift)
            happened.setdefault(line["fo"], {})[line["milestone"]] = day
    entity = ctx.registry.get(build.ENTITY)
    for row in ctx.session.scalars(select(Timeline).order_by(Timeline.id)):
        known = {m.code: m.happened for m in row.milestones}
        days = happened.get(row.number, {})
        with recording(ctx, row, "set_actuals") as entry:
            set_actuals(ctx, row, {code: Entry(day) for code, day in days.items() if known.get(code) != day})
            entry.changes.clear()  # the demo's trail begins when somebody works with it
        row.compressed = schedule.compressed(status.steps_of(row.milestones), row.made_on)
        if row.number != DRAFT and row.compressed:
            run_action(ctx, entity, row, "keep_dates")
