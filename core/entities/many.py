"""Many documents of one kind saved, or brought into a state, at once: as :func:`record_save` and :func:`follow` do for one,
each on record and told, with a number of statements that does not depend on how many they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from core.declare.changes import SaveChange
from core.entities import audit
from core.entities.journal import enter_state, open_entry
from core.entities.recording import ask_vetoes, flush_rows, touch_row

if TYPE_CHECKING:
    from core.kernel.context import Ctx

Saved = tuple[Any, Sequence[audit.Change]]
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
        if not is_new:
            touch_row(row)
        told.append((entity, row, noted, change))
    flush_rows(ctx.session)
    for entity, row, noted, _change in told:
        audit.record_audit(
            ctx, entity.name, row.id, verb, number=str(getattr(row, entity.key)), changes=noted, reason=reason,
            to_state=row.state if entity.states and is_new else None,
        )  # fmt: skip
    flush_rows(ctx.session)  # what waits to be written is looked through by whatever is remembered
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
        touch_row(row)
        moved.append((entity, row, entry.before))
    flush_rows(ctx.session)
    for entity, row, before in moved:
        audit.record_audit(
            ctx, entity.name, row.id, because, number=str(getattr(row, entity.key)), from_state=before, to_state=to_state,
            reason=reason,
        )  # fmt: skip
    flush_rows(ctx.session)
    for entity, row, before in moved:
        ctx.hooks.after_transition(
            entity=entity.name, row=row, action=because, data={}, from_state=before, changes=()
        )
    flush_rows(ctx.session)
