"""What happens to timelines by itself: with the life of their document, and with each new day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, update

from core.api import Ctx, EntityRef, follow
from core.db import among, flush_rows
from plugins.tna.hookspecs import Course
from plugins.tna.models import Milestone, Template, Timeline
from plugins.tna.services import build, days, events, owners, status


def after_transition(ctx: Ctx, entity: str, document: Any, action: str) -> None:
    """A document that begins gets its timeline; a closed or cancelled one closes it, a reopened one opens it."""
    owner = EntityRef(entity, document.id)
    row = build.find_timeline(ctx, owner)
    if row is None:
        if action == owners.kinds(ctx)[entity].begins:
            template = _standard(ctx)
            if template is not None:
                build.create(ctx, owner, template, owners.due(owners.courses(ctx, [owner]), owner).begun)
        return
    wanted = "closed" if ctx.registry.get(entity).state(document.state).closed else "open"
    if row.state == wanted:
        return
    follow(ctx, row, wanted, because="close" if wanted == "closed" else "reopen")
    if wanted == "open":  # what happened meanwhile
        owners_changed(ctx, [owner])
        status.refresh(ctx, [row.id])


def owners_changed(ctx: Ctx, refs: Sequence[EntityRef]) -> None:
    """Something of these documents is different: an event, the day they are due, the factory of a draft."""
    rows = [
        row
        for entity, ids in owners.by_entity(refs).items()
        for row in ctx.session.scalars(
            select(Timeline).where(
                Timeline.entity == entity, among(Timeline.owner_id, ids), Timeline.state == "open"
            )
        )
    ]
    if not rows:  # most documents have none
        return
    events.refresh(ctx, [row.owner for row in rows])
    found = owners.courses(ctx, [row.owner for row in rows])
    for row in rows:
        if row.owner in found:
            row.factory_id = found[row.owner].factory_id
    check(ctx, rows, found)


def _standard(ctx: Ctx) -> Template | None:
    """Issuing a document does not fail because the administrator has put every template away."""
    return ctx.session.scalars(
        select(Template).where(Template.active).order_by(Template.standard.desc(), Template.id).limit(1)
    ).first()


def pending_of(ctx: Ctx, row: Timeline) -> tuple[date | None, dict[int, date]]:
    """The ship date of now, and the new targets it (or the calendar of now) would give open milestones, by id."""
    anchor = owners.due(owners.courses(ctx, [row.owner]), row.owner).due
    known = days.Calendars(ctx, [row.factory_id])
    return anchor, days.proposals(row, row.milestones, known, anchor)


def check(ctx: Ctx, rows: Sequence[Timeline], known_courses: Mapping[EntityRef, Course] | None = None) -> int:
    """Count what would move, for each of these open timelines, and keep the counts; returns how many changed.

    ``known_courses``: the courses of their documents, where somebody asked already.

    A fixed number of queries. Targets move only when a person confirms.
    """
    if not rows:
        return 0
    flush_rows(ctx.session)
    found_courses = (
        known_courses if known_courses is not None else owners.courses(ctx, [row.owner for row in rows])
    )
    known = days.Calendars(ctx, [row.factory_id for row in rows])
    milestones = _open_milestones(ctx, [row.id for row in rows])
    changed: dict[int, int] = {}
    for row in rows:
        found = days.proposals(
            row, milestones.get(row.id, ()), known, owners.due(found_courses, row.owner).due
        )
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
