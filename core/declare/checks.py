"""What was declared, looked at as a whole once every plugin has spoken: names of nothing, and names used twice."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Protocol, get_args

from core.declare.action import Action
from core.declare.declarations import EntityType
from core.declare.extension import EVERY
from core.declare.extension_checks import check_extensions
from core.declare.fields import Field, Kind, all_tables
from core.declare.kinds import DocumentKind
from core.declare.manifest import Manifest
from core.declare.names import EntityName
from core.declare.registry import Registry
from core.declare.speakers import Speakers
from core.errors import StartError
from core.text.i18n import LOCALES

ROW_KINDS = frozenset(get_args(Kind)) - {"file", "password"}
"""Kinds of fields that a row can have; the others are for the forms of actions."""


class Loaded(Protocol):
    """A loaded plugin, as far as it is looked at here."""

    @property
    def manifest(self) -> Manifest:
        """Its identity card."""

    @property
    def module(self) -> ModuleType:
        """Its wiring module."""


def check(registry: Registry, plugins: Sequence[Loaded], speakers: Speakers) -> None:
    """Raise StartError for the first thing that is wrong, naming the plugin and the remedy."""
    for entity in registry.entities.values():
        for what, names in _within(entity):
            if twice := _twice(names):
                raise StartError(
                    f"{speakers.named(entity.plugin)} declares {what} '{twice}' of '{entity.name}' twice. "
                    "Take one of them away."
                )
        for spec in (*entity.fields, *(f for t in entity.children for f in t.fields)):
            if spec.kind not in ROW_KINDS:
                raise StartError(
                    f"{speakers.named(entity.plugin)}: field '{spec.name}' of '{entity.name}' is of kind '{spec.kind}', which "
                    f"no form of a row has. Take one of {', '.join(sorted(ROW_KINDS))}; files are attached, or asked for by "
                    "an action."
                )
    for shelf in registry.actions.values():
        for action in shelf.everything():
            if wrong := next(_wrong_tables(action), ""):
                raise StartError(
                    f"{speakers.named(action.plugin)}: action '{action.entity}.{action.name}' {wrong}."
                )
    for document in registry.documents.everything():
        if wrong := _wrong_document(document, registry):
            raise StartError(f"{speakers.named(document.plugin)}: document '{document.name}' {wrong}.")
    check_extensions(registry, speakers, ROW_KINDS)
    _manifests(plugins, speakers)
    for plugin, what, name in (*_named(registry), *_of_manifests(plugins), *_constants(plugins)):
        if name not in registry.entities:
            raise StartError(
                f"{speakers.named(plugin)}: {what} names '{name}', which no loaded plugin declares. Write the name as it "
                "is declared, or load the plugin that declares it and name it in `requires`."
            )


def _manifests(plugins: Iterable[Loaded], speakers: Speakers) -> None:
    for manifest in (plugin.manifest for plugin in plugins):
        if twice := _twice(field.name for field in manifest.settings):
            raise speakers.taken(manifest.name, f"setting '{twice}'", manifest.name, False)


def _twice(names: Iterable[str]) -> str:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""


def _within(entity: EntityType) -> Iterator[tuple[str, list[str]]]:
    yield "field", [f.name for f in entity.fields]
    yield "state", [s.code for s in entity.states]
    yield "table", [c.name for c in entity.children]
    yield "column", [c if isinstance(c, str) else c.name for c in entity.columns]
    yield "filter", [f if isinstance(f, str) else f.name for f in entity.filters]
    for table in entity.children:
        yield f"field (table {table.name})", [f.name for f in table.fields]


def _wrong_tables(action: Action) -> Iterator[str]:
    """What an action takes is told apart by name."""
    if twice := _twice([*(f.name for f in action.all_fields()), *(t.name for t in action.tables)]):
        yield f"takes '{twice}' twice. Take one of them away"
    for table in all_tables(action.tables):
        names = [*(f.name for f in table.fields), *(t.name for t in table.tables)]
        if twice := _twice(names):
            yield f"takes '{twice}' of its table '{table.name}' twice. Take one of them away"
        if table.key and table.key not in (f.name for f in table.fields):
            yield f"names '{table.key}' as the key of its table '{table.name}', which is no field of it"


def _wrong_document(document: DocumentKind, registry: Registry) -> str:
    """What a document asks for is there."""
    if document.right and document.right not in registry.permissions:
        return f"asks for the right '{document.right}', which nobody declares. Declare it, or write it as it is declared"
    if not document.languages or not set(document.languages) <= set(LOCALES):
        return f"names languages that are not ours. Take some of {', '.join(LOCALES)}"
    return ""


def _named(registry: Registry) -> Iterator[tuple[str, str, str]]:
    """(plugin, what it declared, the entity it names)."""
    for entity in registry.entities.values():
        yield from _refs(entity.plugin, f"field of '{entity.name}'", entity.fields)
        for table in entity.children:
            yield from _refs(entity.plugin, f"field of table '{entity.name}.{table.name}'", table.fields)
    for shelf in registry.actions.values():
        for action in shelf.everything():
            where = f"action '{action.entity}.{action.name}'"
            yield from _refs(action.plugin, f"field of {where}", action.fields)
            for inner in all_tables(action.tables):
                yield from _refs(action.plugin, f"field of table '{inner.name}' of {where}", inner.fields)
    for document in registry.documents.everything():
        yield document.plugin, f"document '{document.name}'", document.entity
    for event in registry.events.values():
        if event.entity:
            yield event.plugin, f"event '{event.code}'", event.entity
    for steps in registry.steps.values():
        for step in steps.everything():
            yield step.plugin, f"step '{step.name}'", step.entity
    for name, extensions in registry.extensions.items():
        for extension in extensions.everything():
            if name != EVERY:
                yield extension.plugin, "an extension", name
            yield from _refs(extension.plugin, f"field added to '{name}'", extension.declared)
    for name, columns in registry.columns.items():
        for column in columns.everything():
            yield column.plugin, f"column '{column.name}'", name


def _refs(plugin: str, where: str, fields: Iterable[Field]) -> Iterator[tuple[str, str, str]]:
    for field in fields:
        if field.kind == "ref":
            yield plugin, f"{where} '{field.name}'", field.ref


def _of_manifests(plugins: Iterable[Loaded]) -> Iterator[tuple[str, str, str]]:
    for plugin in plugins:
        yield from _refs(plugin.manifest.name, "setting", plugin.manifest.settings)


def _constants(plugins: Iterable[Loaded]) -> Iterator[tuple[str, str, str]]:
    """Names of entities that modules of a plugin keep as values. One that a plugin which is not loaded would declare is left
    alone: nobody asks for it."""
    plugins = list(plugins)
    loaded = {plugin.manifest.name for plugin in plugins}
    for plugin in plugins:
        home = plugin.module.__name__.rpartition(".")[0] or plugin.module.__name__
        for module in [m for name, m in sys.modules.items() if name == home or name.startswith(f"{home}.")]:
            for constant, value in list(vars(module).items()):
                if isinstance(value, EntityName) and value.plugin in loaded:
                    yield plugin.manifest.name, f"{constant} in {module.__name__}", value
