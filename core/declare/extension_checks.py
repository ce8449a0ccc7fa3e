"""What is wrong with fields that plugins add to entities, looked at once at start: names, kinds, the table that keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import UniqueConstraint

from core.declare.declarations import EntityType
from core.declare.extension import OF_PEOPLE, Extension
from core.declare.fields import Field
from core.declare.registry import Registry
from core.declare.side_table import ROW, SideTable
from core.declare.speakers import Speakers
from core.errors import StartError


def check_extensions(registry: Registry, speakers: Speakers, kinds: frozenset[str]) -> None:
    """Raise StartError for the first thing that is wrong, naming the plugin and the remedy."""
    for name, extensions in registry.extensions.items():
        entity = registry.entities.get(name)
        taken = dict.fromkeys(_names_in(entity), entity.plugin) if entity is not None else {}
        for extension in extensions.everything():
            if entity is None or not isinstance(extension.keeper, SideTable):
                continue
            for wrong in _wrong(entity, extension, extension.keeper, taken, kinds):
                raise StartError(f"{speakers.named(extension.plugin)}: its extension of '{name}' {wrong}")


def _names_in(entity: EntityType) -> frozenset[str]:
    return (
        entity.column_names | {t.name for t in entity.children} | {"id", "key", "state", "version", "entity"}
    )


def _wrong(
    entity: EntityType, extension: Extension, keeper: SideTable, taken: dict[str, str], kinds: frozenset[str]
) -> Iterator[str]:
    for spec in (each.field for each in keeper.fields):
        if spec.name in taken:
            yield f"adds '{spec.name}', which '{taken[spec.name]}' has there already. Call it otherwise."
        taken[spec.name] = extension.plugin
        if spec.name.startswith(OF_PEOPLE):
            yield f"adds '{spec.name}'; names that begin with {OF_PEOPLE} are for fields that people make."
        if spec.kind not in kinds:
            yield f"adds '{spec.name}' of kind '{spec.kind}', which no form of a row has."
        yield from _lacks(keeper.model, spec)
    model = keeper.model
    if model is None:
        return
    if not hasattr(model, ROW):
        yield f"is kept in {model.__name__}, which has no {ROW}. Add {ROW}: Mapped[int] = {_pointer(entity)}."
        return
    column = model.table().columns[ROW]
    target = entity.model.table().name
    if column.info.get("ref") != target or column.info.get("ondelete") != "CASCADE":
        yield f"is kept in {model.__name__}, whose {ROW} does not go with the row. Make it {_pointer(entity)}."
    unique = [
        {c.name for c in u.columns} for u in model.table().constraints if isinstance(u, UniqueConstraint)
    ]
    if {"tenant_id", ROW} not in unique:
        words = f'UniqueConstraint("tenant_id", "{ROW}")'
        yield f"is kept in {model.__name__}, which may hold two rows for one. Add {words}."


def _pointer(entity: EntityType) -> str:
    return f'ref("{entity.model.table().name}", ondelete="CASCADE")'


def _lacks(model: Any, spec: Field) -> Iterator[str]:
    for attribute in dict.fromkeys((spec.attr, spec.name)):
        if not hasattr(model, attribute):
            yield f"adds '{spec.name}', and {model.__name__} has no {attribute}. Add it."
