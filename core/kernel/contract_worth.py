"""Part of the contract: whatever tells what something costs says who may see it."""

from __future__ import annotations

from collections.abc import Iterator

from core.declare.extension import Extension
from core.declare.fields import ANYBODY, WORTH, all_tables
from core.kernel.hub import Hub
from core.kernel.plugins import LoadedPlugin


def worth(hub: Hub, plugin: LoadedPlugin) -> Iterator[str]:
    """Whatever tells what something costs says who may see it (``sees``, ``right``), with a right that is declared; what not
    everybody sees is not searched."""
    own = [e for e in hub.registry.entities.values() if e.plugin == plugin.name]
    declared = {*hub.registry.permissions, ANYBODY}
    for extension in hub.registry.extended_by(plugin.name):
        yield from _of_extension(extension, declared)
    for entity in own:
        fields = [*entity.fields, *(f for t in entity.children for f in t.fields)]
        for action in hub.registry.actions[entity.name].values():
            fields += [*action.fields, *(f for t in all_tables(action.tables) for f in t.fields)]
        for spec in fields:
            if spec.kind in WORTH and not spec.sees:
                yield f"{entity.name}: field {spec.name} is a {spec.kind} and does not say who sees it (sees=)"
            elif spec.sees and spec.sees not in declared:
                yield f"{entity.name}: field {spec.name} asks for {spec.sees}, which is not declared"
            elif spec.sees and spec.name in entity.search:
                yield f"{entity.name}: field {spec.name} is searched, and not everybody sees it"
        shown = {f.attr for f in entity.fields}
        columns = [*entity.columns, *hub.registry.columns[entity.name].values()]
        for column in columns:
            if (
                not isinstance(column, str)
                and column.kind in WORTH
                and not column.right
                and column.attr not in shown
            ):
                yield f"{entity.name}: column {column.name} is a {column.kind} and does not say who sees it (right=)"
        for right in {*entity.sees.values(), *entity.needs} - declared:
            yield f"{entity.name} asks for {right}, which is not declared"


def _of_extension(extension: Extension, declared: set[str]) -> Iterator[str]:
    for spec in extension.declared:
        where = f"{extension.entity}: added field {spec.name}"
        if spec.kind in WORTH and not spec.sees:
            yield f"{where} is a {spec.kind} and does not say who sees it (sees=)"
        elif spec.sees and spec.sees not in declared:
            yield f"{where} asks for {spec.sees}, which is not declared"
