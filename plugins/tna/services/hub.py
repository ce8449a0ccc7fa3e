"""What other pages show of timelines: badges, tiles, alerts, tasks, the step of the process table, the Hub's picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import selectinload

from core.api import Alert, Ctx, Figure, T, Task, Tile
from core.db import among
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.services import process
from plugins.tna import schedule, words
from plugins.tna.models import Milestone, Timeline
from plugins.tna.services import lists, status

RIGHT = "tna.timeline.view"
LIST = "/tna/timeline/"
STARTED = "outsourcing.started"
MOST_ALERTS, MOST_TASKS, NEXT_SHIPS = 5, 12, 8


def order_badges(ctx: Ctx, rows: Sequence[FactoryOrder]) -> Mapping[int, Any]:
    """Column of the factory order list: how each one's timeline stands. One query, two on a day not yet computed."""
    found = list(ctx.session.scalars(select(Timeline).where(among(Timeline.order_id, [r.id for r in rows]))))
    now = status.current(ctx, found)
    return {t.order_id: words.standing(now[t.id]["status"]) for t in found}


def process_step(ctx: Ctx, ids: Sequence[int]) -> Mapping[int, Figure]:
    """The worst timeline of the factory orders that make each customer order."""
    pairs = [(sale, maker.id) for sale, found in process.makers(ctx, ids).items() for maker in found]
    if not pairs:
        return {}
    rows = list(
        ctx.session.scalars(
            select(Timeline).where(
                among(Timeline.order_id, {order for _sale, order in pairs}), Timeline.state == "open"
            )
        )
    )
    now, by_order = status.current(ctx, rows), {t.order_id: t for t in rows}
    worst: dict[int, Timeline] = {}
    for sale, order in pairs:
        row = by_order.get(order)
        if row is None:
            continue
        known = worst.get(sale)
        if known is None or _badness(now[row.id]) > _badness(now[known.id]):
            worst[sale] = row
    found = {}
    for sale, row in worst.items():
        label, tone = words.standing(now[row.id]["status"])
        found[sale] = Figure(label, "badge", f"{LIST}{row.id}", tone)  # type: ignore[arg-type]
    return found


def planned_starts(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, date]:
    """開裁日: the target of the milestone that the start of production sets, of factory orders that have not started. One
    query."""
    m = Milestone
    rows = ctx.session.execute(
        select(Timeline.order_id, m.target)
        .join(m, (m.timeline_id == Timeline.id) & (m.tenant_id == Timeline.tenant_id))
        .where(among(Timeline.order_id, order_ids), Timeline.state == "open", m.event == STARTED, m.actual.is_(None),
               m.skipped.is_(False))
    )  # fmt: skip
    return dict(rows.all())


def _badness(kept: Mapping[str, Any]) -> tuple[int, int]:
    return (schedule.RANK.get(kept["status"], -1), kept["slip"])


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
    names = lists.names_of(ctx, ((t.id, t.next_code) for t in rows))
    found = []
    for t in rows:
        values = {"number": t.number, "milestone": names.get((t.id, t.next_code), ""),
                  "day": t.next_on.isoformat() if t.next_on else ""}  # fmt: skip
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


def tasks(ctx: Ctx) -> list[Task]:
    """Milestones of this person's roles that are overdue or due this week, and dates to be answered by who may."""
    if not ctx.can(RIGHT):
        return []
    mine = ctx.own_roles()
    found = [
        Task(T("{milestone}: enter it when it is done", milestone=item.name), item.timeline.number,
             f"{LIST}{item.timeline.id}#m-{item.milestone.code}", item.milestone.target,
             words.STATUS[item.verdict.status][1], "tna")  # type: ignore[arg-type]
        for item in (lists.due(ctx, mine, limit=MOST_TASKS) if mine else ())
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
