"""What other pages show of timelines: badges, tiles, alerts, tasks, the worst of several, the Hub's picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import selectinload

from core.api import Alert, Ctx, EntityRef, Figure, T, Task, Tile, hookimpl
from core.db import among
from plugins.tna import words
from plugins.tna.models import Milestone, Timeline
from plugins.tna.services import owners, schedule, status
from plugins.tna.shown import columns

RIGHT = "tna.timeline.view"
LIST = "/tna/timeline/"
MOST_ALERTS, MOST_TASKS, NEXT_SHIPS = 5, 12, 8


def badges(entity: str) -> Callable[[Ctx, Sequence[Any]], Mapping[int, Any]]:
    """A column of the list of a kind of document: how each one's timeline stands. One query, two on a day not yet
    computed."""

    def load(ctx: Ctx, rows: Sequence[Any]) -> Mapping[int, Any]:
        found = list(ctx.session.scalars(_of(entity, [r.id for r in rows])))
        now = status.current(ctx, found)
        return {t.owner_id: words.standing(now[t.id]["status"]) for t in found}

    return load


def _of(entity: str, owner_ids: Iterable[int]) -> Select[Timeline]:
    return select(Timeline).where(Timeline.entity == entity, among(Timeline.owner_id, owner_ids))


def worst(ctx: Ctx, of: Mapping[int, Iterable[EntityRef]]) -> dict[int, Figure]:
    """Of each key the worst of the running timelines of its documents, for a process table."""
    rows = [
        row
        for entity, ids in owners.by_entity(ref for refs in of.values() for ref in refs).items()
        for row in ctx.session.scalars(_of(entity, ids).where(Timeline.state == "open"))
    ]
    now, by_owner = status.current(ctx, rows), {t.owner: t for t in rows}
    found = {}
    for key, refs in of.items():
        mine = [by_owner[ref] for ref in refs if ref in by_owner]
        if mine:
            row = max(mine, key=lambda t: _badness(now[t.id]))
            label, tone = words.standing(now[row.id]["status"])
            found[key] = Figure(label, "badge", f"{LIST}{row.id}", tone)  # type: ignore[arg-type]
    return found


def planned_starts(ctx: Ctx, entity: str, ids: Sequence[int]) -> dict[int, date]:
    """開裁日: the target of the milestone that the start of the work sets, of documents that have not started. One query."""
    kind, m = owners.kinds(ctx).get(entity), Milestone
    if kind is None or not kind.started:
        return {}
    rows = ctx.session.execute(
        select(Timeline.owner_id, m.target)
        .join(m, (m.timeline_id == Timeline.id) & (m.tenant_id == Timeline.tenant_id))
        .where(Timeline.entity == entity, among(Timeline.owner_id, ids), Timeline.state == "open",
               m.event == kind.started, m.actual.is_(None), m.skipped.is_(False))
    )  # fmt: skip
    return dict(rows.all())


@hookimpl(optionalhook=True)
def planned_days(
    ctx: Ctx, entity: str, ids: Sequence[int], events: Sequence[str]
) -> dict[int, dict[str, date]]:
    """To whoever asks: the earliest target of the milestones that these events set and that are still open. One query."""
    m = Milestone
    rows = ctx.session.execute(
        select(Timeline.owner_id, m.event, func.min(m.target))
        .join(m, (m.timeline_id == Timeline.id) & (m.tenant_id == Timeline.tenant_id))
        .where(Timeline.entity == entity, among(Timeline.owner_id, ids), Timeline.state == "open", m.event.in_(events),
               m.actual.is_(None), m.skipped.is_(False))
        .group_by(Timeline.owner_id, m.event)
    )  # fmt: skip
    found: dict[int, dict[str, date]] = {}
    for owner, event, day in rows:
        found.setdefault(owner, {})[event] = day
    return found


def _badness(kept: Mapping[str, Any]) -> tuple[int, int]:
    return (schedule.RANK.get(kept["status"], -1), kept["slip"])


@hookimpl(specname="dashboard_tiles")
def tiles(ctx: Ctx) -> list[Tile]:
    """Timelines that are late and at risk, as kept. One query."""
    if not ctx.can(RIGHT):
        return []
    counts = ctx.session.execute(
        select(
            *(
                func.coalesce(func.sum(case((Timeline.status == code, 1), else_=0)), 0)
                for code in (schedule.LATE, schedule.AT_RISK)
            )
        ).where(Timeline.state == "open")
    ).one()
    late, at_risk = (int(n) for n in counts)
    return [
        Tile(T("Timelines late"), late, f"{LIST}?state=open&status=late", "bad" if late else "good", 1),
        Tile(T("Timelines at risk"), at_risk, f"{LIST}?state=open&status=at_risk", "warn" if at_risk else "good", 2),
    ]  # fmt: skip


@hookimpl
def alerts(ctx: Ctx) -> list[Alert]:
    """The worst timelines, late before at risk, and those whose dates wait for an answer; at most five of each.

    Three queries.
    """
    if not ctx.can(RIGHT):
        return []
    rows = list(
        ctx.session.scalars(
            select(Timeline)
            .where(Timeline.state == "open", Timeline.status.in_((schedule.LATE, schedule.AT_RISK)))
            .order_by(Timeline.status.desc(), Timeline.slip.desc(), Timeline.next_on, Timeline.id)
            .limit(MOST_ALERTS)
        )
    )
    names = columns.names_of(ctx, ((t.id, t.next_code) for t in rows))
    found = []
    for t in rows:
        values = {
            "number": t.number,
            "milestone": names.get((t.id, t.next_code), ""),
            "day": t.next_on.isoformat() if t.next_on else "",
        }
        if t.status == schedule.LATE:
            sentence, tone = T("{number} is late: {milestone} was due on {day}.", **values), "bad"
        else:
            sentence, tone = T("{number} is at risk: next is {milestone}, due on {day}.", **values), "warn"
        found.append(Alert(sentence, f"{LIST}{t.id}", tone, 5 if tone == "bad" else 6))  # type: ignore[arg-type]
    return found + [
        Alert(T("{number}: the ship date or a calendar changed. New dates wait for an answer.", number=t.number),
              f"{LIST}{t.id}", "warn", 7)
        for t in waiting(ctx)[:MOST_ALERTS]
    ]  # fmt: skip


def waiting(ctx: Ctx) -> list[Timeline]:
    """Running timelines with proposed dates that nobody has answered, the next to ship first; a few of them. One query, once
    a page."""
    wanted = (
        select(Timeline)
        .where(Timeline.state == "open", Timeline.pending > 0)
        .order_by(Timeline.anchor, Timeline.id)
        .limit(MOST_TASKS)
    )
    return ctx.memo.once("tna.waiting", lambda: list(ctx.session.scalars(wanted)))


@hookimpl
def tasks(ctx: Ctx) -> list[Task]:
    """Milestones of this person's roles that are overdue or due this week, and dates to be answered by who may."""
    if not ctx.can(RIGHT):
        return []
    mine = ctx.own_roles()
    found = [
        Task(T("{milestone}: enter it when it is done", milestone=item.name), item.timeline.number,
             f"{LIST}{item.timeline.id}#m-{item.milestone.code}", item.milestone.target,
             words.STATUS[item.verdict.status][1], "tna")  # type: ignore[arg-type]
        for item in (columns.due(ctx, mine, limit=MOST_TASKS) if mine else ())
    ]  # fmt: skip
    if ctx.can("tna.timeline.edit"):
        found += [
            Task(T("Answer the new dates"), t.number, f"{LIST}{t.id}", None, "warn", "tna")
            for t in waiting(ctx)[: MOST_TASKS - len(found)]
        ]
    return found


def next_ships(ctx: Ctx, limit: int = NEXT_SHIPS) -> list[Timeline]:
    """Running timelines, the next to ship first."""
    return list(
        ctx.session.scalars(
            select(Timeline)
            .options(selectinload(Timeline.factory))
            .where(Timeline.state == "open", Timeline.left > 0)
            .order_by(Timeline.anchor, Timeline.id)
            .limit(limit)
        )
    )
