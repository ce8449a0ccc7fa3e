"""Messages for the subscriptions that want to hear of it, written with the change itself: a fixed number of statements."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from core.api import Ctx
from core.db import among
from kit.outgoing import send_later
from plugins.webhooks.models import Delivery, Subscription, Told
from plugins.webhooks.services.events import declared, wants
from plugins.webhooks.words import JOB

if TYPE_CHECKING:
    from plugins.webhooks.services.gathering import Happened


@dataclass(frozen=True)
class Said:
    """What a message says; ``day`` of a declared event, None where it was taken back."""

    name: str
    entity: str
    row_id: int
    number: str
    state: str | None
    changed: tuple[str, ...] = ()
    day: date | None = None


def write(ctx: Ctx, events: Sequence[Happened], moved: Sequence[tuple[str, int]]) -> None:
    """Write a message for each subscription and event; several changes of one document become one."""
    subscriptions = ctx.session.scalars(select(Subscription).where(Subscription.active)).all()
    said = [*_together(events), *_days(ctx, moved)]
    rows = [
        {
            "uid": message_id(), "subscription_id": s.id, "event": each.name, "entity": each.entity,
            "entity_id": each.row_id, "number": each.number, "state": each.state, "changed": list(each.changed),
            "day": each.day,
        }
        for each in said
        for s in subscriptions
        if wants(s.events, each.name, each.entity) and (each.day is None or each.day >= s.since)
    ]  # fmt: skip
    if rows:
        send_later(ctx, JOB, Delivery, rows)


def message_id() -> str:
    """A name for a message, the same in every attempt."""
    return f"msg_{secrets.token_hex(16)}"


def _together(events: Iterable[Happened]) -> list[Said]:
    found: dict[tuple[str, int], Happened] = {}
    fresh = {(e.entity.name, e.row_id) for e in events if e.name == f"{e.entity.name}.created"}
    for each in events:
        if each.name == f"{each.entity.name}.changed" and (each.entity.name, each.row_id) in fresh:
            continue
        before = found.get((each.name, each.row_id))
        if before is not None:
            before.changed |= each.changed
        else:
            found[each.name, each.row_id] = each
    return [
        Said(e.name, e.entity.name, e.row_id, e.number, e.state, tuple(sorted(e.changed)))
        for e in found.values()
    ]


def _days(ctx: Ctx, moved: Sequence[tuple[str, int]]) -> list[Said]:
    """Declared events whose day is another one than was told, and what is told from here."""
    said: list[Said] = []
    ids: dict[str, set[int]] = defaultdict(set)
    for entity, row_id in moved:
        ids[entity].add(row_id)
    for entity, each in ids.items():
        kind = ctx.registry.get(entity)
        days = _asked(ctx, entity, sorted(each))
        rows = ctx.session.scalars(
            select(Told).where(Told.entity == entity, among(Told.entity_id, each))
        ).all()
        before = {(row.entity_id, row.code): row.day for row in rows}
        differ = {key for key in {*days, *before} if days.get(key) != before.get(key)}
        if not differ:
            continue
        documents = {
            row.id: row
            for row in ctx.session.scalars(
                select(kind.model).where(among(kind.model.id, {k[0] for k in differ}))
            )
        }
        _remember(ctx, entity, [row.id for row in rows if (row.entity_id, row.code) in differ],
                  {key: days[key] for key in differ if key in days})  # fmt: skip
        for row_id, code in sorted(differ):
            row: Any = documents.get(row_id)
            if row is not None:
                state = row.state if kind.states else None
                said.append(Said(declared(entity, code), entity, row_id, str(getattr(row, kind.key)), state,
                                 day=days.get((row_id, code))))  # fmt: skip
    return said


def _asked(ctx: Ctx, entity: str, ids: list[int]) -> dict[tuple[int, str], date]:
    """The latest day that any plugin says, by document and event."""
    found: dict[tuple[int, str], date] = {}
    for answer in ctx.hooks.milestones(entity=entity, ids=ids):
        for row_id, days in (answer or {}).items():
            for code, day in days.items():
                known = found.get((row_id, code))
                found[row_id, code] = day if known is None else max(known, day)
    return found


def _remember(ctx: Ctx, entity: str, old: list[int], new: dict[tuple[int, str], date]) -> None:
    if old:
        ctx.session.execute(delete(Told).where(among(Told.id, old)))
    ctx.session.insert_many(
        Told,
        [
            {"entity": entity, "entity_id": row_id, "code": code, "day": day}
            for (row_id, code), day in new.items()
        ],
    )
