"""Actual days that come by themselves: what other plugins say has happened to a document with a timeline, and to those that
belong to it. Only hooks are asked; no plugin is known by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import select

from core.api import Ctx, EntityRef
from core.db import among, flush_rows
from plugins.tna.models import Milestone, Timeline
from plugins.tna.services import owners, status

Days = Mapping[int, Mapping[str, date]]


def refresh(ctx: Ctx, refs: Iterable[EntityRef]) -> None:
    """Bring the automatic days of the open timelines of these documents up to date, and how they stand.

    A day a person entered stays in force. What a plugin said before it was switched off stays too.
    """
    flush_rows(ctx.session)
    changed: set[int] = set()
    for entity, ids in owners.by_entity(refs).items():
        changed |= _of_kind(ctx, entity, ids)
    if changed:
        status.refresh(ctx, changed)


def _of_kind(ctx: Ctx, entity: str, owner_ids: Sequence[int]) -> set[int]:
    """Timelines with other days than before, of documents of one kind."""
    found = ctx.session.execute(
        select(Milestone, Timeline.owner_id)
        .join(Timeline, (Timeline.id == Milestone.timeline_id) & (Timeline.tenant_id == Milestone.tenant_id))
        .where(Timeline.entity == entity, among(Timeline.owner_id, owner_ids), Timeline.state == "open",
               Milestone.event != "")
    ).all()  # fmt: skip
    kinds = {
        code: event.entity or entity  # an event of several kinds of documents is one of the document's own
        for code, event in ctx.registry.events.items()
        if ctx.is_on(event.plugin)
    }
    rows = [(milestone, owner_id) for milestone, owner_id in found if milestone.event in kinds]
    if not rows:
        return set()
    wanted = {kinds[milestone.event] for milestone, _owner_id in rows}
    parts = owners.parts(ctx, entity, sorted({owner_id for _milestone, owner_id in rows}), wanted)
    said = {
        kind: _said(ctx, kind, sorted({i for by in parts[kind].values() for i in by}))
        for kind in wanted
        if kind in parts
    }
    changed = set()
    for milestone, owner_id in rows:
        kind = kinds[milestone.event]
        if kind not in said:
            continue
        day = _all_happened(said[kind], parts[kind].get(owner_id, set()), milestone.event)
        if day != milestone.happened:
            milestone.happened = day
            milestone.actual = milestone.typed or day
            changed.add(milestone.timeline_id)
    return changed


def _said(ctx: Ctx, entity: str, ids: Sequence[int]) -> Days:
    """What all plugins say of these documents, put together; the latest day where two say something."""
    together: dict[int, dict[str, date]] = defaultdict(dict)
    for answer in ctx.hooks.milestones(entity=entity, ids=ids) if ids else ():
        for key, days in answer.items():
            for code, day in days.items():
                known = together[key].get(code)
                together[key][code] = day if known is None else max(known, day)
    return together


def _all_happened(said: Days, ids: Collection[int], code: str) -> date | None:
    """The latest day of an event over these documents; None while it has not happened to all of them."""
    days = [said.get(i, {}).get(code) for i in ids]
    present = [day for day in days if day is not None]
    return max(present) if present and len(present) == len(days) else None
