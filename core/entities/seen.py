"""What of a document a person may see: fields, figures, and what the trail keeps of them (rights: :mod:`core.declare.sight`).

What is hidden is absent, not zero: it is not in the list, its order, its filters, the page, the file, the trail or JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.declare import sight
from core.declare.declarations import EntityType
from core.declare.fields import Field
from core.entities import audit
from core.entities.additions import additions

if TYPE_CHECKING:
    from core.kernel.context import Ctx

WORD = re.compile(r"\w+")
AT_PRICE = re.compile(r" @ [\d.,]+")
"""How lines of documents were kept in the trail with their price: ``XS 50 S 200 @ 8.45``."""


@dataclass(frozen=True)
class TrailEntry:
    """An entry of the audit trail, with the changes that this person may see."""

    at: datetime
    user_name: str
    action: str
    number: str
    from_state: str | None
    to_state: str | None
    changes: list[Any]
    reason: str


def seen_fields(ctx: Ctx, fields: Iterable[Field]) -> tuple[Field, ...]:
    """The fields that are there for this tenant and that this person may see."""
    return tuple(f for f in fields if f.there(ctx))


def hidden_names(ctx: Ctx, entity: EntityType) -> Set[str]:
    """Names of fields, lines and figures of ``entity`` that this person may not see."""
    return ctx.memo.once(("core.hidden", entity.name), lambda: _hidden(ctx, entity))


def _hidden(ctx: Ctx, entity: EntityType) -> Set[str]:
    named = sight.hidden_names(ctx.registry, entity)
    beside = {f.name for f in additions(ctx, entity).every if not f.there(ctx)}
    return beside.union(name for name, rights in named.items() if not all(map(ctx.can, rights)))


def figures_of(ctx: Ctx, entity: EntityType, row: Any) -> dict[str, Any]:
    """The figures of a document's page, without those that this person may not see. What is called ``changes`` are differences
    (what, old, new), as of a revision."""
    found = entity.figures(ctx, row) if entity.figures else {}
    hidden = hidden_names(ctx, entity)
    return without(found, hidden) if hidden else found


def without(value: Any, hidden: Set[str]) -> Any:
    """A value of figures without what has one of these names, at any depth."""
    if isinstance(value, Mapping):
        return {
            k: _told(v or (), hidden) if k == "changes" else without(v, hidden)
            for k, v in value.items()
            if k not in hidden
        }
    if isinstance(value, list):
        return [without(v, hidden) for v in value]
    return value


def seen_changes(ctx: Ctx, entity: EntityType, changes: Iterable[Sequence[Any]] | None) -> list[Any]:
    """Differences (what, old, new) without those of something that this person may not see, and without its figure where it
    is part of a line."""
    hidden = hidden_names(ctx, entity)
    return _told(changes or (), hidden) if hidden else list(changes or ())


def _told(changes: Iterable[Sequence[Any]], hidden: Set[str]) -> list[Any]:
    seen = (c for c in changes if hidden.isdisjoint(WORD.findall(str(c[0]))))
    return [(c[0], _cut(c[1], hidden), _cut(c[2], hidden)) for c in seen]


def _cut(value: Any, hidden: Set[str]) -> Any:
    if isinstance(value, str):
        return AT_PRICE.sub("", value)
    if isinstance(value, list):
        return [_cut(v, hidden) for v in value]
    return without(value, hidden)


def seen_history(ctx: Ctx, entity: EntityType, row_id: int, limit: int = 200) -> list[TrailEntry]:
    """The trail of a document as this person may see it, newest first."""
    return [
        TrailEntry(
            e.at, e.user_name, e.action, e.number, e.from_state, e.to_state, seen_changes(ctx, entity, e.changes), e.reason
        )
        for e in audit.audit_history(ctx, entity.name, row_id, limit)
    ]  # fmt: skip
