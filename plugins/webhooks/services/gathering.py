"""What happens in a transaction is gathered, and written down once, as it is committed: one message for each subscription,
event and document. What a rollback takes back is dropped, to a savepoint too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from core.api import Change, Ctx, EntityType, SaveChange
from core.remote import every_field
from plugins.webhooks.services import writing
from plugins.webhooks.services.events import declared, entered, everything
from plugins.webhooks.words import SUBSCRIBED

HELD = "webhooks.gathered"
"""Where the session holds what was gathered."""


@dataclass
class Happened:
    """An event of a document; ``changed`` are names of its fields and tables of lines."""

    name: str
    entity: EntityType
    row: Any
    row_id: int
    number: str
    changed: frozenset[str]
    within: tuple[Any, ...]

    @property
    def state(self) -> str | None:
        """The state it is in as the transaction ends."""
        return self.row.state if self.entity.states else None


@dataclass
class Gathered:
    """Events of one transaction, and documents whose declared events may have other days."""

    ctx: Ctx
    events: list[Happened] = field(default_factory=list)
    moved: list[tuple[str, int, tuple[Any, ...]]] = field(default_factory=list)


def wanted(ctx: Ctx) -> frozenset[str]:
    """Names of events that any subscription of this company wants."""
    known: Mapping[str, Sequence[str]] = ctx.setting(SUBSCRIBED) or {}
    return frozenset(name for names in known.values() for name in names)


def note_save(ctx: Ctx, entity: str, row: Any, change: SaveChange) -> None:
    """A row was created, changed or deleted."""
    verb = "deleted" if change.verb == "delete" else "created" if change.is_new else "changed"
    names = {*change.old, *change.new, *change.lines} if verb == "changed" else set()
    _note(ctx, entity, row, {f"{entity}.{verb}": names})


def note_transition(
    ctx: Ctx, entity: str, row: Any, from_state: str | None, changes: Sequence[Change]
) -> None:
    """An action was carried out: the document may have come into a state, and its values may differ."""
    names = {str(what) for what, _old, _new in changes}
    found = {}
    now = getattr(row, "state", None) or ""
    if now and now != from_state:
        names.add("state")
        found[entered(entity, now)] = names
    if names:
        found[f"{entity}.changed"] = names
    _note(ctx, entity, row, found)


def note_days(ctx: Ctx, entity: str, ids: Iterable[int]) -> None:
    """Days of declared events of these documents may be others now."""
    if any(n.startswith(declared(entity, "")) or n == everything(entity) for n in wanted(ctx)):
        held, within = _held(ctx), _transactions(ctx)
        held.moved += [(entity, row_id, within) for row_id in ids]


def _note(ctx: Ctx, entity: str, row: Any, found: Mapping[str, Iterable[str]]) -> None:
    names = wanted(ctx)
    if not names or (everything(entity) not in names and names.isdisjoint(found)):
        return
    kind = ctx.registry.get(entity)
    held, within = _held(ctx), _transactions(ctx)
    number = str(getattr(row, kind.key))
    for name, changed in found.items():
        held.events.append(Happened(name, kind, row, row.id, number, _fields(ctx, kind, changed), within))


def _fields(ctx: Ctx, kind: EntityType, names: Iterable[str]) -> frozenset[str]:
    """Names as they are declared: what the trail calls otherwise (a line, a part) is left out."""
    known = {
        "state",
        *(f.name for f in (*kind.fields, *every_field(ctx, kind))),
        *(t.name for t in kind.children),
        *kind.sees,
    }
    return frozenset(n for n in names if n in known)


def _held(ctx: Ctx) -> Gathered:
    info = ctx.session.info
    held: Gathered | None = info.get(HELD)
    if held is None:
        held = info[HELD] = Gathered(ctx)
        event.listen(ctx.session, "before_commit", _write)
        event.listen(ctx.session, "after_soft_rollback", _drop)
    return held


def _transactions(ctx: Ctx) -> tuple[Any, ...]:
    """The transactions of the session that are open, the innermost first."""
    found: list[Any] = []
    each = ctx.session.get_nested_transaction() or ctx.session.get_transaction()
    while each is not None:
        found.append(each)
        each = each.parent
    return tuple(found)


def _write(session: Any) -> None:
    """Write down what was gathered: the outermost transaction is about to be kept."""
    held: Gathered = session.info[HELD]
    if session.in_nested_transaction() or not (held.events or held.moved):
        return
    events, moved = held.events, [(entity, row_id) for entity, row_id, _within in held.moved]
    held.events, held.moved = [], []
    session.flush()
    writing.write(held.ctx, events, moved)


def _drop(session: Any, taken_back: Any) -> None:
    held: Gathered = session.info[HELD]
    held.events = [e for e in held.events if taken_back not in e.within]
    held.moved = [m for m in held.moved if taken_back not in m[2]]
