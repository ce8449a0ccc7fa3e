"""Which row a document of a sheet means: by its code or number, or by what no two rows may have alike (the partner, the
material and the day of a price)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import UniqueConstraint, select

from core.api import Ctx, EntityType, Field, Refused
from core.remote import clean_values, find_rows, is_unique
from plugins.imports.services.documents import Document


def known_row(ctx: Ctx, entity: EntityType, document: Document) -> Any:
    """The row that is there already; None where there is none, or what tells rows apart cannot be read."""
    if entity.key != "id" and is_unique(entity):
        return find_rows(ctx, entity, [document.key]).get(document.key.upper()) if document.key else None
    telling = _telling(entity)
    if not telling:
        return None
    try:
        given = {f.name: document.header[f.name] for f in telling if f.name in document.header}
        values = clean_values(ctx, telling, {**{f.name: f.initial(ctx) for f in telling}, **given})
    except Refused:
        return None  # said when the document is brought in
    wanted = select(entity.model)
    for each in telling:
        value = values[each.name]
        column = getattr(entity.model, each.attr)
        if value is None and column.default is not None:
            value = column.default.arg
        wanted = wanted.where(column == (value.id if each.kind == "ref" and value is not None else value))
    return ctx.session.scalars(ctx.scope.narrow(entity, wanted)).one_or_none()


def names_row(entity: EntityType, document: Document) -> bool:
    """Does the document say which row it means, so that the same sheet finds what it made?"""
    if entity.key != "id" and is_unique(entity):
        return bool(document.key)
    return bool(_telling(entity))


def _telling(entity: EntityType) -> list[Field]:
    """The fields of a unique constraint of its table, where all its columns are fields."""
    fields = {f.attr: f for f in entity.fields}
    table: Any = entity.model.__table__
    for each in table.constraints:
        names = {c.name for c in each.columns} - {"tenant_id"}
        if isinstance(each, UniqueConstraint) and names and names <= fields.keys():
            return [fields[name] for name in sorted(names)]
    return []
