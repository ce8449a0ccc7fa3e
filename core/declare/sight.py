"""Who may see what something costs: which rights are worth nothing without another one, as it follows from declarations.

A field says who sees it (``Field.sees``). What asks for such a field and cannot go without it (a required input, a column of
a table of lines) is for those who see it: its right needs that one too, so that every button, address and command follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from core.declare.fields import ANYBODY, Field, all_tables

if TYPE_CHECKING:
    from core.declare.action import Action
    from core.declare.declarations import EntityType
    from core.declare.registry import Registry


def needs(registry: Registry) -> Mapping[str, frozenset[str]]:
    """Rights that a right is worth nothing without, by right."""
    found = defaultdict[str, set[str]](set, {p.name: set(p.needs) for p in registry.permissions.values()})
    for entity in registry.entities.values():
        verbs = [
            v for v in ("view", "create", "edit", "delete") if f"{entity.name}.{v}" in registry.permissions
        ]
        for verb in verbs:
            found[f"{entity.name}.{verb}"].update(entity.needs)
        for verb in {"create", "edit"} & set(verbs):
            found[f"{entity.name}.{verb}"].update(_of_form(entity))
    for actions in registry.actions.values():
        for action in actions.values():
            found[action.right].update(_of_action(action))
    return {name: frozenset(others - {name}) for name, others in found.items() if others - {name}}


def hidden_names(registry: Registry, entity: EntityType) -> Mapping[str, frozenset[str]]:
    """Names of fields, lines and figures of an entity that not everybody sees, with the rights, each of which is enough to
    hide them: those of its own fields and lines, of what its actions take, and its ``sees``."""
    found: dict[str, set[str]] = defaultdict(set)
    for spec in _every_field(registry, entity):
        found[spec.name].update(_rights([spec]))
    for name, right in entity.sees.items():
        found[name].add(right)
    return {name: frozenset(rights) for name, rights in found.items() if rights}


def _every_field(registry: Registry, entity: EntityType) -> Iterator[Field]:
    yield from entity.fields
    for table in entity.children:
        yield from table.fields
    for action in registry.actions[entity.name].values():
        yield from action.fields
        for each in all_tables(action.tables):
            yield from each.fields


def _of_form(entity: EntityType) -> set[str]:
    asked = [f for f in entity.fields if f.required and not f.readonly]
    return _rights([*asked, *(f for table in entity.children for f in table.fields)])


def _of_action(action: Action) -> set[str]:
    asked = [f for f in action.fields if f.required]
    return _rights([*asked, *(f for table in all_tables(action.tables) for f in table.fields)])


def _rights(fields: Iterable[Field]) -> set[str]:
    return {f.sees for f in fields if f.sees and f.sees != ANYBODY}
