"""What goes with every save, for services that write rows themselves: vetoes, version, audit trail, telling the plugins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from core.declare.changes import SaveChange
from core.declare.declarations import EntityType
from core.entities import audit
from core.entities.journal import Entry, entry_of, open_entry
from core.entities.rows import find_rows as find_rows
from core.entities.rows import get_row as get_row
from core.entities.twins import tell_twins
from core.errors import Refused
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def ask_vetoes(ctx: Ctx, entity: EntityType, row: Any, change: SaveChange) -> None:
    """Raise Refused with everything that plugins hold against this save."""
    problems = ctx.hooks.each("before_save", entity=entity.name, row=row, change=change)
    if problems:
        raise Refused(problems)


def record_save(
    ctx: Ctx,
    row: Any,
    verb: str,
    changes: Iterable[audit.Change] = (),
    *,
    is_new: bool = False,
    reason: str = "",
) -> None:
    """For a service that has written a row or its lines itself: ask the vetoes, let the version rise, put it into the audit
    trail and tell the plugins, as :func:`save_row` does. Within an action on this row the changes are part of the action's
    entry.

    Raises Refused where a plugin vetoes; the transaction is not to be committed then.
    """
    entity = ctx.registry.entity_for(row)
    noted = list(changes)
    old = {} if is_new else {name: before for name, before, _now in noted}
    change = SaveChange(verb, is_new, old, {name: now for name, _before, now in noted})
    ask_vetoes(ctx, entity, row, change)
    if not is_new:
        touch_row(row)
    flush_rows(ctx.session)
    tell_twins(ctx, entity, row, None if is_new else change.new)
    entry = entry_of(ctx, row)
    if entry is not None:
        entry.changes += noted
    else:
        audit.record_audit(
            ctx, entity.name, row.id, verb, number=str(getattr(row, entity.key)), changes=noted, reason=reason,
            to_state=row.state if entity.states and is_new else None,
        )  # fmt: skip
    flush_rows(ctx.session)  # as in transitions: what waits to be written lets nobody remember what was read
    ctx.hooks.after_save(entity=entity.name, row=row, change=change)
    flush_rows(ctx.session)


@contextmanager
def recording(ctx: Ctx, row: Any, verb: str, *, reason: str = "") -> Iterator[Entry]:
    """For a service whose parts note their changes: at the end of the block :func:`record_save` with what was noted, nothing
    where nothing was. Within an action on this row they are part of the action's entry."""
    outer = entry_of(ctx, row)
    if outer is not None:
        yield outer
        return
    with open_entry(ctx, ctx.registry.entity_for(row), row) as entry:
        yield entry
    if entry.changes:
        record_save(ctx, row, verb, entry.changes, reason=reason)


def note_changes(ctx: Ctx, row: Any, *changes: audit.Change) -> None:
    """Inside an action: add (field, old, new) to the entry that it will leave in the audit trail. Outside one they are a save
    of their own."""
    entry = entry_of(ctx, row)
    if entry is not None:
        entry.changes += changes
    else:
        record_save(ctx, row, "edit", changes)


def touch_row(row: Any) -> None:
    """Make the version rise although only lines changed."""
    if hasattr(row, "version"):
        # flagging ``version`` itself would lose the old value that the UPDATE's WHERE needs: flag any other column
        names = (a.key for a in inspect(row).mapper.column_attrs)
        flag_modified(row, next(n for n in names if n not in ("id", "tenant_id", "version")))


def flush_rows(session: Session) -> None:
    """Flush; what the database refuses becomes a sentence (raw database errors never reach a person)."""
    try:
        session.flush()
    except IntegrityError as error:
        raise Refused(integrity_message(error)) from error


def integrity_message(error: IntegrityError) -> Any:
    """A refusal by the database in plain words."""
    raw = str(error.orig).lower()
    if "unique" in raw or "duplicate key" in raw:
        return T("This exists already: the same entry stands here twice.")
    if "foreign key" in raw:
        return T("This is still used elsewhere, or what it refers to does not exist.")
    return T("The database refused this entry.")
