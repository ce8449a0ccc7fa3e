"""How a text that was typed fits rows of an entity: the beginning of a key, words within, the partner behind.

One place for lists, lookups and the search over everything, so that all of them find the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ColumnElement, String, cast, or_, select

from core.declare.declarations import EntityType
from core.declare.fields import Field
from core.entities.additions import additions

if TYPE_CHECKING:
    from core.kernel.context import Ctx

Clause = ColumnElement[bool]


def searched_words(entity: EntityType) -> list[str]:
    """The searched attributes that hold words of the row itself, without the key."""
    links = {f.name for f in searched_links(entity)}
    return [name for name in entity.search if name != entity.key and name not in links]


def searched_links(entity: EntityType) -> list[Field]:
    """The searched references: a document is found by the partner it is with."""
    return [f for f in entity.fields if f.kind == "ref" and f.name in entity.search]


def text_begins(column: Any, text: str) -> list[Clause]:
    """``column`` begins with ``text`` as typed or in capitals; a range, so that an index serves it."""
    if not isinstance(
        column.type, String
    ):  # rows without a code of their own (prices, rates) are found by filters
        return []
    return [column.between(each, each + "\uffff") for each in dict.fromkeys((text.upper(), text))]


def searched_columns(entity: EntityType) -> list[str]:
    """The columns that :func:`within` looks at."""
    named = ["names"] if entity.search and hasattr(entity.model, "names") else []
    return [*searched_words(entity), *named]


def text_within(text: str, columns: Iterable[Any]) -> list[Clause]:
    """``text`` stands somewhere in one of these columns; looks at every row it is asked about."""
    tests: list[Clause] = []
    for column in columns:
        if isinstance(column.type, String):
            tests.append(column.icontains(text, autoescape=True))
        elif isinstance(column.type, JSON):  # names by language; the text of JSON escapes what is not ASCII
            tests.append(cast(column, String).icontains(json.dumps(text)[1:-1], autoescape=True))
    return tests


def inside(entity: EntityType, text: str) -> list[Clause]:
    """``text`` stands in the words of a row, or in its name in any language."""
    return text_within(text, [getattr(entity.model, name) for name in searched_columns(entity)])


def beside(ctx: Ctx, entity: EntityType, text: str) -> list[Clause]:
    """``text`` stands in a field that was added to the entity."""
    return [
        entity.model.id.in_(select(source.row).where(*source.where, or_(*tests)))
        for source in additions(ctx, entity).searched()
        if (tests := text_within(text, [source.value]))
    ]


def behind(ctx: Ctx, entity: EntityType, text: str) -> list[Clause]:
    """The row points to something that ``text`` fits: its code begins with it, or its name contains it."""
    tests = []
    for field in searched_links(entity):
        target = ctx.registry.get(field.ref)
        fits = or_(*text_begins(getattr(target.model, target.key), text), *inside(target, text))
        found = select(target.model.id).where(target.model.tenant_id == ctx.session.tenant_id, fits)
        tests.append(getattr(entity.model, field.attr).in_(ctx.scope.narrow(target, found)))
    return tests
