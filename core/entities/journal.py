"""What is happening to a document right now: the entry that the audit trail will get, and the state it comes into.

An entry is open while an action (or a service's own save) works on a row. Only then may the row come into another state.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.declare.declarations import EntityType
from core.entities.audit import Change

if TYPE_CHECKING:
    from core.kernel.context import Ctx


@dataclass(eq=False)
class Entry:
    """The entry to be: which row, the state it was in, and what has been noted so far."""

    entity: EntityType
    row: Any
    before: str | None
    changes: list[Change] = field(default_factory=list)

    @property
    def moved_to(self) -> str | None:
        """The state the row came into, None where it stayed."""
        now = getattr(self.row, "state", None)
        return now if now != self.before else None


@contextmanager
def open_entry(ctx: Ctx, entity: EntityType, row: Any) -> Iterator[Entry]:
    """While the block runs, what is noted of this row goes to this entry, and it may come into another state."""
    entry = Entry(entity, row, getattr(row, "state", None))
    ctx.journal.append(entry)
    try:
        yield entry
    finally:
        ctx.journal.remove(entry)


def entry_of(ctx: Ctx, row: Any) -> Entry | None:
    """The innermost open entry of this row, if there is one."""
    return next((entry for entry in reversed(ctx.journal) if entry.row is row), None)


def enter_state(ctx: Ctx, row: Any, state: str) -> None:
    """Inside an action of this row: come into ``state`` now, where ``Action.to_state`` would be too late or cannot say which.

    Raises KeyError for a state that the entity does not declare, RuntimeError outside an action (a consequence for another
    document is :func:`core.entities.transitions.follow`).
    """
    entry = entry_of(ctx, row)
    if entry is None:
        raise RuntimeError(
            f"{row!r} comes into a state inside an action only; what follows from one is `follow`"
        )
    row.state = entry.entity.state(state).code
