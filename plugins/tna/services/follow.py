"""What happens to timelines by itself: with the life of their factory order, and with each new day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, update

from core.api import Ctx, follow
from core.db import among, flush_rows
from plugins.outsourcing.models import FactoryOrder
from plugins.tna.models import Milestone, Template, Timeline
from plugins.tna.services import build, days, events, status

OVER = ("closed", "cancelled")


def after_transition(ctx: Ctx, order: FactoryOrder, action: str) -> None:
    """An issued factory order gets its timeline; a closed or cancelled one closes it, a reopened one opens it."""
    row = build.of_order(ctx, order.id)
    if row is None:
        if action == "issue":
            template = _standard(ctx)
            if template is not None:
                build.create(ctx, order, template, order.issue_date)
        return
    wanted = "closed" if order.state in OVER else "open"
    if row.state == wanted:
        return
    follow(ctx, row, wanted, because="close" if wanted == "closed" else "reopen")
    if wanted == "open":  # what happened meanwhile
        changed(ctx, [order.id])
        status.refresh(ctx, [row.id])


def changed(ctx: Ctx, order_ids: Sequence[int]) -> None:
    """Something of these factory orders is different: an event, a ship date, the factory of a draft."""
    if not order_ids:
        return
    events.refresh(ctx, order_ids)
    rows = ctx.session.execute(
        select(Timeline, FactoryOrder.factory_id)
        .join(
            FactoryOrder,
            (FactoryOrder.id == Timeline.order_id) & (FactoryOrder.tenant_id == Timeline.tenant_id),
        )
        .where(among(Timeline.order_id, order_ids), Timeline.state == "open")
    ).all()
    for row, factory_id in rows:
        row.factory_id = factory_id
    check(ctx, [row for row, _factory_id in rows])


def _standard(ctx: Ctx) -> Template | None:
    """Issuing a factory order does not fail because the administrator has put every template away."""
    return ctx.session.scalars(
        select(Template).where(Template.active).order_by(Template.standard.desc(), Template.id).limit(1)
    ).first()


def pending_of(ctx: Ctx, row: Timeline) -> tuple[date | None, dict[int, date]]:
    """The ship date of now, and the new targets it (or the calendar of now) would give open milestones, by id."""
    anchor = days.ship_dates(ctx, [row.order_id]).get(row.order_id)
    known = days.Calendars(ctx, [row.factory_id])
    return anchor, days.proposals(row, row.milestones, known, anchor)


def check(ctx: Ctx, rows: Sequence[Timeline]) -> int:
    """Count what would move, for each of these open timelines, and keep the counts; returns how many changed.

    A fixed number of queries. Targets move only when a person confirms.
    """
    if not rows:
        return 0
    flush_rows(ctx.session)
    anchors = days.ship_dates(ctx, [row.order_id for row in rows])
    known = days.Calendars(ctx, [row.factory_id for row in rows])
    milestones = _open_milestones(ctx, [row.id for row in rows])
    changed: dict[int, int] = {}
    for row in rows:
        found = days.proposals(row, milestones.get(row.id, ()), known, anchors.get(row.order_id))
        if len(found) != row.pending:
            changed[row.id] = len(found)
    if changed:
        table = Timeline.table()
        for row in rows:
            if row.id in changed:
                ctx.session.execute(
                    update(table)
                    .where(table.c.tenant_id == ctx.session.tenant_id, table.c.id == row.id)
                    .values(pending=changed[row.id])
                )
                ctx.session.expire(row, ["pending"])
    return len(changed)


def _open_milestones(ctx: Ctx, timeline_ids: Sequence[int]) -> Mapping[int, Sequence[Any]]:
    m = Milestone
    found: dict[int, list[Any]] = defaultdict(list)
    for row in ctx.session.execute(
        select(
            m.timeline_id, m.id, m.actual, m.skipped, m.scheduled, m.calendar, m.offset_days, m.working_days
        ).where(among(m.timeline_id, timeline_ids), m.actual.is_(None), m.skipped.is_(False))
    ):
        found[row.timeline_id].append(row)
    return found


def daily(ctx: Ctx) -> Mapping[str, int]:
    """Each new day: how every open timeline stands, and whether ship dates or calendars moved under it."""
    done = status.refresh_open(ctx)
    rows = list(ctx.session.scalars(select(Timeline).where(Timeline.state == "open").order_by(Timeline.id)))
    changed = 0
    for part in _parts(rows, 500):
        changed += check(ctx, part)
    return {"timelines": done, "moved": changed}


def _parts(rows: Sequence[Timeline], size: int) -> Iterable[Sequence[Timeline]]:
    return (rows[i : i + size] for i in range(0, len(rows), size))


def run_daily(ctx: Ctx, payload: Any, progress: Any) -> dict[str, Any]:
    """The daily job."""
    with progress.write() as inner:
        return dict(daily(inner))
