"""The values of fields that administrators made: a row for each value, in the column of its kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from core.api import Ctx, EntityType, Field
from core.base_api import Added, Source
from core.db import among, flush_rows
from plugins.base_fields.models import CustomValue
from plugins.base_fields.services import files
from plugins.base_fields.services.definitions import Definition, definitions
from plugins.base_files.api import Attachment

NOTHING = (None, "")


class CustomFields:
    """Keeps the values of every entity (``Keeper`` of core)."""

    def added(self, ctx: Ctx, entity: EntityType) -> Sequence[Added]:
        """The fields that the tenant made for it."""
        return [each.added for each in definitions(ctx, entity.name)]

    def read(
        self, ctx: Ctx, entity: EntityType, ids: Iterable[int], fields: Sequence[Field]
    ) -> Mapping[int, Mapping[str, Any]]:
        """One statement, one for each kind of row that is referred to, and two where there are files."""
        known = {d.id: d for d in definitions(ctx, entity.name)}
        wanted = select(CustomValue).where(
            CustomValue.entity == entity.name, among(CustomValue.entity_id, list(ids))
        )
        found: dict[int, dict[str, Any]] = defaultdict(dict)
        targets: dict[str, set[int]] = defaultdict(set)
        if any(d.kind == "file" for d in known.values()):
            wanted = wanted.options(selectinload(CustomValue.attachment).selectinload(Attachment.file))
        kept = list(ctx.session.scalars(wanted))
        for value in kept:
            spec = known[value.field_id].added.field
            if value.target_id is not None and spec.ref in ctx.registry.entities:
                targets[spec.ref].add(value.target_id)
        rows = {name: _rows(ctx, name, wanted_ids) for name, wanted_ids in targets.items()}
        for value in kept:
            definition = known[value.field_id]
            spec, told = definition.added.field, getattr(value, definition.column)
            if definition.kind == "ref":
                told = rows.get(spec.ref, {}).get(told)
            elif definition.kind == "file":
                told = files.told(value)
            found[value.entity_id][spec.name] = told
        return found

    def write(self, ctx: Ctx, entity: EntityType, row: Any, values: Mapping[str, Any]) -> None:
        """Each in a row of its own; what is emptied has none."""
        by_name = {d.added.field.name: d for d in definitions(ctx, entity.name)}
        mine = CustomValue.entity == entity.name, CustomValue.entity_id == row.id
        kept = {v.field_id: v for v in ctx.session.scalars(select(CustomValue).where(*mine))}
        for name, value in values.items():
            definition = by_name[name]
            old = kept.get(definition.id)
            if value in NOTHING and definition.kind != "bool":
                if old is not None:
                    files.let_go(old)
                    ctx.session.delete(old)
                continue
            if old is None:
                old = CustomValue(entity=entity.name, entity_id=row.id, field_id=definition.id)
                ctx.session.add(old)
            if definition.kind == "file":
                files.put(ctx, entity.name, row, definition, old, value)
            else:
                setattr(old, definition.column, value.id if definition.kind == "ref" else value)
        flush_rows(ctx.session)

    def drop(self, ctx: Ctx, entity: EntityType, row: Any) -> None:
        """They go with it."""
        if definitions(ctx, entity.name):
            ctx.session.execute(
                delete(CustomValue).where(CustomValue.entity == entity.name, CustomValue.entity_id == row.id)
            )

    def source(self, ctx: Ctx, entity: EntityType, spec: Field) -> Source:
        """The rows of one field."""
        definition = _named(ctx, entity, spec.name)
        column = getattr(CustomValue, definition.column)
        mine = (CustomValue.tenant_id == ctx.session.tenant_id, CustomValue.field_id == definition.id)
        return Source(CustomValue.entity_id, column, mine)


def _named(ctx: Ctx, entity: EntityType, name: str) -> Definition:
    return next(d for d in definitions(ctx, entity.name) if d.added.field.name == name)


def _rows(ctx: Ctx, name: str, ids: set[int]) -> dict[int, Any]:
    model: Any = ctx.registry.get(name).model
    return {row.id: row for row in ctx.session.scalars(select(model).where(among(model.id, ids)))}
