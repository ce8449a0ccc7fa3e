"""How timelines stand: computed from their milestones, kept with the day it was computed for.

The kept columns make lists, tiles and the risk list quick. They are written here alone, by plain statements that leave
``version`` as it is: nobody's open form goes stale because a day has passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm.attributes import set_committed_value

from core.api import Ctx
from core.db import among, flush_rows
from plugins.tna.models import Milestone, Timeline
from plugins.tna.services import schedule
from plugins.tna.services.schedule import Outcome, Step

KEPT = ("status", "slip", "late", "late_other", "at_risk", "done", "left", "next_code", "next_on")
_table = Timeline.table()
_WRITE = (
    update(_table)
    .where(_table.c.tenant_id == bindparam("_tenant"), _table.c.id == bindparam("_id"))
    .values({name: bindparam(f"_{name}") for name in (*KEPT, "status_on")})
)


def steps_of(rows: Iterable[Milestone]) -> list[Step]:
    """Milestones as the rules see them."""
    return [
        Step(m.code, m.target, m.actual, m.min_days, m.warn_days, tuple(m.predecessors.split()), m.critical, m.risk,
             m.skipped)
        for m in rows
    ]  # fmt: skip


def outcome(ctx: Ctx, rows: Iterable[Milestone]) -> Outcome:
    """How the timeline of these milestones stands today."""
    return schedule.evaluate(steps_of(rows), ctx.today())


def _select() -> Any:
    m = Milestone
    return select(
        m.timeline_id, m.code, m.target, m.actual, m.min_days, m.warn_days, m.predecessors, m.critical, m.risk, m.skipped
    ).order_by(m.timeline_id, m.position)  # fmt: skip


def _grouped(found: Iterable[Any]) -> dict[int, list[Step]]:
    steps: dict[int, list[Step]] = {}
    split: dict[str, tuple[str, ...]] = {}
    for timeline_id, code, target, actual, min_days, warn, before, critical, risk, skipped in found:
        predecessors = split.get(before)
        if predecessors is None:
            predecessors = split[before] = tuple(before.split())
        step = Step(code, target, actual, min_days, warn, predecessors, critical, risk, skipped)
        steps.setdefault(timeline_id, []).append(step)
    return steps


def outcomes(ctx: Ctx, timeline_ids: Sequence[int]) -> dict[int, Outcome]:
    """How these timelines stand today. One query."""
    if not timeline_ids:
        return {}
    today = ctx.today()
    found = ctx.session.execute(_select().where(among(Milestone.timeline_id, timeline_ids)))
    return {key: schedule.evaluate(steps, today) for key, steps in _grouped(found).items()}


def store(ctx: Ctx, found: Mapping[int, Outcome]) -> None:
    """Keep these outcomes as those of today."""
    if not found:
        return
    tenant, today = ctx.session.tenant_id, ctx.today()
    ctx.session.execute(
        _WRITE,
        [
            {
                "_tenant": tenant,
                "_id": key,
                "_status_on": today,
                **{f"_{n}": getattr(o, _OF[n]) for n in KEPT},
            }
            for key, o in found.items()
        ],
    )
    for row in list(ctx.session.identity_map.values()):
        if isinstance(row, Timeline) and row.id in found:
            for name in KEPT:
                set_committed_value(row, name, getattr(found[row.id], _OF[name]))
            set_committed_value(row, "status_on", today)


_OF = {**{name: name for name in KEPT}, "left": "open", "next_code": "next"}


def refresh(ctx: Ctx, timeline_ids: Iterable[int]) -> None:
    """Compute and keep how these timelines stand, after a change of their milestones."""
    flush_rows(ctx.session)
    store(ctx, outcomes(ctx, sorted(set(timeline_ids))))


def refresh_open(ctx: Ctx) -> int:
    """The same for every timeline that is open; returns how many. One query and one batch of updates."""
    flush_rows(ctx.session)
    today = ctx.today()
    found = ctx.session.execute(
        _select()
        .join(Timeline, (Timeline.id == Milestone.timeline_id) & (Timeline.tenant_id == Milestone.tenant_id))
        .where(Timeline.state == "open")
    )
    done = {key: schedule.evaluate(steps, today) for key, steps in _grouped(found).items()}
    store(ctx, done)
    return len(done)


def current(ctx: Ctx, timelines: Iterable[Timeline]) -> dict[int, dict[str, Any]]:
    """The kept columns of these timelines by id, as of today: those kept for another day are computed anew, in memory."""
    rows, today = list(timelines), ctx.today()
    fresh = outcomes(ctx, [t.id for t in rows if t.state == "open" and t.status_on != today])
    return {
        t.id: {n: getattr(fresh[t.id], _OF[n]) if t.id in fresh else getattr(t, n) for n in KEPT}
        for t in rows
    }
