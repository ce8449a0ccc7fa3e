"""Many documents of one kind saved, or brought into a state, at once: as :func:`record_save` and :func:`follow` do for one,
each on record and told, with a number of statements that does not depend on how many they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from core.data.bulk import write_versions
from core.declare.changes import SaveChange
from core.entities.audit import Change, Noted, record_audits
from core.entities.journal import enter_state, open_entry
from core.entities.recording import ask_vetoes, flush_rows, touch_row

if TYPE_CHECKING:
    from core.kernel.context import Ctx

Saved = tuple[Any, Sequence[Change]]
"""A row, and what differs: (what, old, new)."""


def record_saves(
    ctx: Ctx, saved: Iterable[Saved], verb: str, *, is_new: bool = False, reason: str = ""
) -> None:
    """For a service that has written these rows or their lines itself, outside an action on any of them: ask the vetoes, let
    their versions rise, put them into the audit trail, tell the plugins. Raises Refused where a plugin vetoes one of them."""
    told = []
    for row, noted in saved:
        entity = ctx.registry.entity_for(row)
        old = {} if is_new else {name: before for name, before, _now in noted}
        change = SaveChange(verb, is_new, old, {name: now for name, _before, now in noted})
        ask_vetoes(ctx, entity, row, change)
        told.append((entity, row, noted, change))
    _write(ctx, [] if is_new else [row for _entity, row, _noted, _change in told])
    entries = defaultdict(list)
    for entity, row, noted, _change in told:
        state = row.state if entity.states and is_new else None
        entries[entity.name].append(Noted(row.id, str(getattr(row, entity.key)), None, state, noted))
    for name, mine in entries.items():
        record_audits(ctx, name, mine, verb, reason=reason)
    for entity, row, _noted, change in told:
        ctx.hooks.after_save(entity=entity.name, row=row, change=change)
    flush_rows(ctx.session)


def follow_all(ctx: Ctx, rows: Iterable[Any], to_state: str, *, because: str, reason: str = "") -> None:
    """Bring these documents into a state as the consequence of something else; those that are in it already are left alone. See
    :func:`core.entities.transitions.follow`."""
    moved = []
    for row in rows:
        if row.state == to_state:
            continue
        entity = ctx.registry.entity_for(row)
        with open_entry(ctx, entity, row) as entry:
            enter_state(ctx, row, to_state)
        moved.append((entity, row, entry.before))
    _write(ctx, [row for _entity, row, _before in moved])
    entries = defaultdict(list)
    for entity, row, before in moved:
        entries[entity.name].append(Noted(row.id, str(getattr(row, entity.key)), before, to_state))
    for name, mine in entries.items():
        record_audits(ctx, name, mine, because, reason=reason)
    for entity, row, before in moved:
        ctx.hooks.after_transition(
            entity=entity.name, row=row, action=because, data={}, from_state=before, changes=()
        )
    flush_rows(ctx.session)


def _write(ctx: Ctx, rows: Iterable[Any]) -> None:
    """Write what waits to be written; the versions of these rows rise."""
    for row in write_versions(ctx.session, rows):
        touch_row(row)
    flush_rows(ctx.session)
