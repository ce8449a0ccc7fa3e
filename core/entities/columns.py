"""The columns of a list: which there are, which are shown, and what they hold for a page of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from core.declare.declarations import Column, EntityType
from core.declare.fields import Field
from core.entities.additions import additions
from core.text.i18n import pick

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def column_of(entity: EntityType, spec: Field) -> Column:
    """The list column a field gives."""
    sort = spec.kind not in ("names", "long")
    return Column(spec.name, spec.label, spec.column_kind, attr=spec.name, sort=sort)


def all_columns(ctx: Ctx, entity: EntityType) -> list[Column]:
    """Every column that may be shown: declared ones, those of other plugins that are on and that this person may see, the
    remaining fields, and those that were added."""
    return ctx.memo.once(("core.columns", entity.name), lambda: _all_columns(ctx, entity))


def _all_columns(ctx: Ctx, entity: EntityType) -> list[Column]:
    added = ctx.registry.columns[entity.name]
    absent = {spec.name for spec in entity.fields if not spec.there(ctx)}
    own = [
        column_of(entity, entity.field(c)) if isinstance(c, str) else c
        for c in entity.columns
        if (c if isinstance(c, str) else c.attr) not in absent
    ]
    names = {c.name for c in own}
    rest = [
        replace(column_of(entity, spec), hidden=True)
        for spec in entity.fields
        if spec.name not in names | absent and spec.kind not in ("password", "file", "choices")
    ]
    own, rest = ([added.replacement(c.name, ctx.enabled) or c for c in columns] for columns in (own, rest))
    every = [*own, *added.all_standing(ctx.enabled), *rest, *additions(ctx, entity).columns()]
    return [c for c in every if not c.right or ctx.can(c.right)]


def visible_columns(ctx: Ctx, entity: EntityType, chosen: Sequence[str]) -> list[Column]:
    """The columns to show: the person's choice in its order, else those not hidden at first."""
    columns = all_columns(ctx, entity)
    if chosen:
        by_name = {c.name: c for c in columns}
        return [by_name[name] for name in chosen if name in by_name]
    return [c for c in columns if not c.hidden]


def loaded(
    ctx: Ctx, entity: EntityType, columns: Sequence[Column], rows: Sequence[Any]
) -> dict[str, Mapping[int, Any]]:
    """The values of columns that load them, by name. One that fails is left out, so that the list lives; its plugin is
    named."""
    asked = [c for c in columns if c.load is not None]
    parts = [
        (owner(entity, c), f"column {c.name} of {entity.name}", partial(_load, ctx, c, rows)) for c in asked
    ]
    found = ctx.hooks.guarded_all(parts, None)
    return {c.name: values for c, values in zip(asked, found, strict=True) if values is not None}


def owner(entity: EntityType, column: Column) -> str:
    """The plugin to blame for a column."""
    return column.plugin if column.plugin != "core" else entity.plugin


def _load(ctx: Ctx, column: Column, rows: Sequence[Any]) -> Mapping[int, Any] | None:
    found = column.load(ctx, rows) if column.load else {}
    if not isinstance(found, Mapping):
        raise TypeError(f"a column gives a mapping of ids, not {found!r}")
    return found


def cell(entity: EntityType, column: Column, row: Any, values: Mapping[str, Mapping[int, Any]]) -> Any:
    """The value of one cell."""
    if column.load is not None:
        return values.get(column.name, {}).get(row.id)
    value = getattr(row, column.attr or column.name)
    return pick(getattr(row, "names", None), value) if column.attr == "name" else value


def choice_words(ctx: Ctx, entity: EntityType, columns: Sequence[Column]) -> dict[str, dict[str, Any]]:
    """By column that shows a choice: its words by code."""
    own = {f.name: f for f in entity.fields if f.kind == "choice"}
    beside = {f.name: f for f in additions(ctx, entity).every if f.kind == "choice"}
    asked = ((c.name, own.get(c.attr) if c.load is None else beside.get(c.name)) for c in columns)
    return {name: words_of(ctx, entity, spec) for name, spec in asked if spec is not None}


def words_of(ctx: Ctx, entity: EntityType, spec: Field) -> dict[str, Any]:
    """The words of a choice by its code; none where they cannot be told."""
    what = f"choices of {spec.name} of {entity.name}"
    return ctx.hooks.guarded(
        entity.plugin, what, lambda: {str(v): label for v, label in spec.options(ctx)}, {}
    )
