"""What plugins that are on add to an entity: fields in forms, pages, lists, filters, the search and JSON, beside its own.

Where nothing is added, nothing is asked. Where something is, a page asks once for each table that keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.declare.declarations import Column, EntityType
from core.declare.extension import EVERY, Added, Extension, Source
from core.declare.fields import Field
from core.entities import audit
from core.entities.children import shown_value
from core.entities.facts import future_facts
from core.errors import Problem
from core.text.i18n import Text

if TYPE_CHECKING:
    from core.kernel.context import Ctx

NOTHING = (None, "", False)


@dataclass
class Part:
    """What one plugin adds."""

    extension: Extension
    added: Sequence[Added]
    page: tuple[tuple[int, ...], Mapping[int, Mapping[str, Any]]] = ((), {})
    """What was read last, where nothing is written: several columns of one page."""


class Additions:
    """All that is added to an entity for one context."""

    def __init__(self, ctx: Ctx, entity: EntityType, parts: Sequence[Part]) -> None:
        self._ctx, self._entity, self._parts = ctx, entity, parts

    def __bool__(self) -> bool:
        return bool(self._parts)

    def each(self) -> Iterator[tuple[Part, Added]]:
        """What was added and is there for this person, plugin by plugin."""
        for part in self._parts:
            for added in part.added:
                if not added.retired and added.field.there(self._ctx):
                    yield part, added

    @property
    def every(self) -> list[Field]:
        """All added fields, seen or not, retired or not."""
        return [added.field for part in self._parts for added in part.added]

    def seen(self) -> list[Field]:
        """Those that are there for this person."""
        return [added.field for _part, added in self.each()]

    def values(self, row: Any) -> dict[str, Any]:
        """The values of one row by name of field, None where there is none; those of a new row (None) are none."""
        found: dict[str, Any] = {spec.name: None for spec in self.every}
        if row is not None and row.id is not None:
            for part in self._parts:
                found |= self._read(part, (row.id,)).get(row.id, {})
        return found

    def _read(self, part: Part, ids: tuple[int, ...]) -> Mapping[int, Mapping[str, Any]]:
        kept, known = part.page
        if kept == ids and not self._ctx.session.writes:
            return known
        fields = [added.field for added in part.added]
        found = part.extension.keeper.read(self._ctx, self._entity, ids, fields) if ids else {}
        part.page = (ids, found)
        return found

    # --- lists ----------------------------------------------------------------------------------------------------

    def columns(self) -> list[Column]:
        """A column for each that this person sees; they are loaded with the page."""
        return [
            Column(
                added.field.name,
                added.field.label,
                added.field.column_kind,
                load=partial(self._load, part, added.field.name),
                order=partial(self._order, added.field),
                sort=added.field.kind not in ("names", "long", "ref"),
                hidden=not added.listed,
                plugin=part.extension.plugin,
            )
            for part, added in self.each()
            if added.field.kind not in ("password", "choices")
        ]

    def _load(self, part: Part, name: str, ctx: Ctx, rows: Sequence[Any]) -> Mapping[int, Any]:
        found = self._read(part, tuple(row.id for row in rows))
        return {row_id: values.get(name) for row_id, values in found.items()}

    def _order(self, spec: Field, ctx: Ctx) -> Any:
        source = self.source(spec.name)
        model = self._entity.model
        found = select(source.value).where(*source.where, source.row == model.id) if source else None
        return None if found is None else found.correlate(model).scalar_subquery()

    def filters(self) -> list[Field]:
        """The fields that the list is filtered by, as far as this person sees them."""
        return [a.field for _part, a in self.each() if a.filtered]

    def searched(self) -> list[Source]:
        """Where the search looks beside the entity's own words, as far as this person may."""
        return [
            part.extension.keeper.source(self._ctx, self._entity, added.field)
            for part, added in self.each()
            if added.searched
        ]

    def source(self, name: str) -> Source | None:
        """Where the values of the field ``name`` are; None for one that was not added."""
        for part, added in self.each():
            if added.field.name == name:
                return part.extension.keeper.source(self._ctx, self._entity, added.field)
        return None

    # --- saving ---------------------------------------------------------------------------------------------------

    def problems(self, row: Any, data: Mapping[str, Any], children: Mapping[str, Any]) -> list[Problem]:
        """What the plugins that add something find wrong, and days of facts that are still to come."""
        found = future_facts(self._ctx, self.every, data)
        for part in self._parts:
            if part.extension.validate is not None:
                found += part.extension.validate(self._ctx, row, data, children)
        return found

    def differences(self, row: Any, data: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        """Old and new value of the added fields that ``data`` changes."""
        given = [spec for spec in self.every if spec.name in data and not spec.readonly]
        if not given:
            return {}
        before = self.values(row)
        return {
            f.name: (before[f.name], data[f.name])
            for f in given
            if isinstance(data[f.name], tuple)  # another file, even of the same name
            or (
                shown_value(before[f.name], f, self._ctx) != shown_value(data[f.name], f, self._ctx)
                and not (before[f.name] in NOTHING and data[f.name] in NOTHING)
            )
        }

    def write(self, row: Any, differences: Mapping[str, tuple[Any, Any]]) -> list[audit.Change]:
        """Keep what differs of a row that is in the database; gives it as the audit trail tells it."""
        specs = {spec.name: spec for spec in self.every}
        for part in self._parts:
            own = {a.field.name for a in part.added}
            values = {name: new for name, (_old, new) in differences.items() if name in own}
            if values:
                part.extension.keeper.write(self._ctx, self._entity, row, values)
                part.page = ((), {})
        return [
            (name, shown_value(old, specs[name], self._ctx), shown_value(new, specs[name], self._ctx))
            for name, (old, new) in differences.items()
        ]

    def drop(self, row: Any) -> None:
        """The row is about to be deleted."""
        for part in self._parts:
            part.extension.keeper.drop(self._ctx, self._entity, row)


def additions(ctx: Ctx, entity: EntityType) -> Additions:
    """What is added to ``entity`` where these plugins are on."""
    return ctx.memo.once(("core.additions", entity.name), lambda: _additions(ctx, entity))


def _additions(ctx: Ctx, entity: EntityType) -> Additions:
    shelves = ctx.registry.extensions
    standing = [e for name in (entity.name, EVERY) for e in shelves[name].all_standing(ctx.enabled)]
    declared = ctx.registry.get(entity.name) if standing else entity
    parts = [Part(e, e.keeper.added(ctx, declared)) for e in standing]
    return Additions(ctx, declared, [p for p in parts if p.added or p.extension.validate])


def every_field(ctx: Ctx, entity: EntityType) -> tuple[Field, ...]:
    """The fields of an entity that are there for this person: its own, then those that were added."""
    return (*(f for f in entity.fields if f.there(ctx)), *additions(ctx, entity).seen())


def values_of(ctx: Ctx, entity: EntityType, row: Any, fields: Iterable[Field]) -> dict[str, Any]:
    """The values of a row by name of field, own and added."""
    added = additions(ctx, entity)
    names = {spec.name for spec in added.every}
    wanted = list(fields)
    beside = added.values(row) if any(f.name in names for f in wanted) else {}
    return {f.name: beside[f.name] if f.name in beside else getattr(row, f.name) for f in wanted}


def labels_of(ctx: Ctx, entity: EntityType) -> dict[str, Text | str]:
    """What the fields and tables of an entity are called, by name, as its trail tells of them."""
    every: list[Any] = [*entity.fields, *additions(ctx, entity).every, *entity.children]
    return {each.name: each.label for each in every}
