"""What every plugin promises, ours and anybody's: checks that need no knowledge of what the plugin does.

``problems(hub, "name")`` returns sentences; an empty list means that the promise is kept. ``core.testing`` and the test
suite run them; a plugin's own tests may call them one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields as dataclass_fields
from typing import Any

from sqlalchemy import Index, Table, UniqueConstraint

from core.data.db import Base
from core.data.migrate import belongs, differences, lineages, owner_of
from core.declare.declarations import EVERYONE, Column, EntityType, Filter
from core.declare.fields import all_tables
from core.kernel.contract_imports import files_of, imports
from core.kernel.contract_layout import layout
from core.kernel.contract_worth import worth
from core.kernel.dependencies import required_plugins
from core.kernel.hub import Hub
from core.kernel.permissions import ADMIN
from core.kernel.plugins import LoadedPlugin
from core.kernel.spoken import entity_texts
from core.kernel.states import assigned_states
from core.text.i18n import Text

NAME = re.compile(r"^[a-z][a-z0-9_]*$")


def problems(hub: Hub, name: str) -> list[str]:
    """Everything that is wrong with a loaded plugin."""
    plugin = next(p for p in hub.plugins if p.name == name)
    return [problem for check in CHECKS.values() for problem in check(hub, plugin)]


def tables_of(hub: Hub, name: str) -> list[Table]:
    """The plugin's tables, by their prefix."""
    return [t for t in Base.metadata.sorted_tables if belongs(t.name, name, hub.plugin_names)]


# --- the promises ----------------------------------------------------------------------------------------------------


def manifest(hub: Hub, plugin: LoadedPlugin) -> Iterator[str]:
    """It says who it is, in words that can be translated."""
    card = plugin.manifest
    if not NAME.match(card.name):
        yield f"the name {card.name!r} is not lower case letters, digits and underscores"
    for what in ("title", "summary"):
        if not isinstance(getattr(card, what), Text) or not str(getattr(card, what)):
            yield f"manifest.{what} is not a T(...) sentence"
    if not card.version:
        yield "manifest.version is empty"
    if set(card.requires) & set(card.extends):
        yield f"requires and extends both name {set(card.requires) & set(card.extends)}"


def keys(hub: Hub, plugin: LoadedPlugin) -> Iterator[str]:
    """References stay within what it requires; every key, reference and index of a tenant's row begins with the tenant."""
    allowed = {"core", *required_plugins(hub, plugin.name)}
    for table in tables_of(hub, plugin.name):
        for key in table.foreign_key_constraints:
            target = key.referred_table
            owner = owner_of(target.name, ("core", *hub.plugin_names))
            if owner not in allowed:
                yield f"{table.name} refers to {target.name} of '{owner}', which it does not require"
            if target.info.get("tenant") and [c.name for c in key.columns][:1] != ["tenant_id"]:
                yield f"{table.name}: the reference to {target.name} does not carry tenant_id"
            if key.ondelete not in ("RESTRICT", "CASCADE", None):
                yield f"{table.name}: on delete {key.ondelete}"
        if not table.info.get("tenant"):
            if not table.info.get("global"):
                yield f"{table.name} is neither a TenantRow nor a GlobalRow"
            continue
        bound: list[UniqueConstraint | Index] = [
            c for c in table.constraints if isinstance(c, UniqueConstraint)
        ]
        for constraint in (*bound, *table.indexes):
            columns = [c.name for c in constraint.columns]
            if columns[:1] != ["tenant_id"]:
                yield f"{table.name}: {constraint.name} on {columns} does not begin with tenant_id"


def migrations(hub: Hub, plugin: LoadedPlugin) -> Iterator[str]:
    """Its migrations make exactly what its models say."""
    if tables_of(hub, plugin.name) and not any(lineages(hub)[plugin.name].glob("*.py")):
        yield "it has tables and no migrations"
    with hub.engine.connect() as connection:
        for difference in differences(hub, plugin.name, connection):
            yield f"models and migrations differ: {difference}"


def states(hub: Hub, plugin: LoadedPlugin) -> Iterator[str]:
    """Documents come into another state by an action (``Action.to_state``, ``enter_state``) or by ``follow``, never by hand."""
    for file, place in files_of(plugin):
        for line in assigned_states(file):
            yield f"{place}:{line} sets a state by hand; use Action.to_state, enter_state or follow"


def names(hub: Hub, plugin: LoadedPlugin) -> Iterator[str]:
    """Names of entities are values: a constant that names none stops the start, a text is equal to nothing."""
    for file, place in files_of(plugin):
        for line, name in entity_texts(file, hub.registry.entities):
            yield f"{place}:{line} writes {name} as text; keep it as EntityName({name!r})"


def rights(hub: Hub, plugin: LoadedPlugin) -> Iterator[str]:
    """Every entity and action asks for a right that is declared, under its own name, for roles that exist."""
    declared = hub.registry.permissions
    roles = {ADMIN, *EVERYONE, *hub.registry.roles}
    for entity in _entities(hub, plugin):
        if not entity.name.startswith(f"{plugin.name}."):
            yield f"entity {entity.name} does not begin with '{plugin.name}.'"
        for verb in (
            "view",
            "edit",
            *(["create"] if entity.creatable else []),
            *(["delete"] if entity.deletable else []),
        ):
            if f"{entity.name}.{verb}" not in declared:
                yield f"{entity.name}.{verb} is not declared"
    for entity_name, actions in hub.registry.actions.items():
        for action in actions.values():
            if action.right not in declared:
                yield f"action {entity_name}.{action.name} asks for {action.right}, which is not declared"
    for permission in declared.values():
        if permission.plugin == plugin.name and not set(permission.roles) <= roles:
            yield f"{permission.name} names roles that do not exist: {set(permission.roles) - roles}"


def words(hub: Hub, plugin: LoadedPlugin) -> Iterator[str]:
    """Whatever people read is a sentence that can be translated."""
    registry = hub.registry
    declared: list[Any] = [*_entities(hub, plugin)]
    for entity in _entities(hub, plugin):
        declared += [
            *entity.fields,
            *entity.states,
            *entity.children,
            *(f for t in entity.children for f in t.fields),
        ]
        declared += [c for c in (*entity.columns, *entity.filters) if isinstance(c, Column | Filter)]
        for action in registry.actions[entity.name].values():
            declared += [action, *action.fields, *all_tables(action.tables)]
            declared += [f for t in all_tables(action.tables) for f in t.fields]
    for group in (registry.permissions, registry.lists, registry.documents, registry.jobs):
        declared += [item for item in group.values() if item.plugin == plugin.name]
    declared += [f for e in registry.extended_by(plugin.name) for f in e.declared]
    declared += plugin.manifest.settings
    for item in declared:
        for spec in dataclass_fields(item):
            value = getattr(item, spec.name)
            if (
                spec.name in ("label", "plural", "help", "confirm")
                and value is not None
                and not isinstance(value, Text)
            ):
                yield f"{type(item).__name__} {getattr(item, 'name', getattr(item, 'code', '?'))}: {spec.name} is not T(...)"


def declarations(hub: Hub, plugin: LoadedPlugin) -> Iterator[str]:
    """What an entity declares is there: attributes, states, references, number series."""
    for entity in _entities(hub, plugin):
        model = entity.model
        names = [
            entity.key,
            entity.title,
            entity.default_sort.lstrip("-"),
            *entity.search,
            *(f.attr for f in entity.fields if f.kind not in ("password", "file")),
        ]
        names += [t.attr or t.name for t in entity.children]
        names += [c.attr for c in entity.columns if isinstance(c, Column) and c.attr]
        yield from (
            f"{entity.name}: {model.__name__} has no {n}" for n in names if n and not hasattr(model, n)
        )
        for table in entity.children:
            yield from (
                f"{entity.name}.{table.name}: {table.model.__name__} has no {f.attr}"
                for f in table.fields
                if f.kind not in ("password", "file") and not hasattr(table.model, f.attr)
            )
        known = {f.name for f in entity.fields}
        yield from (
            f"{entity.name}: no field {c}"
            for c in (*entity.columns, *entity.filters)
            if isinstance(c, str) and c not in known
        )
        states = {s.code for s in entity.states}
        used = {*entity.edit_states}
        for action in hub.registry.actions[entity.name].values():
            used |= {*action.from_states, *([action.to_state] if action.to_state else [])}
            if action.run is None and not action.link:
                yield f"{entity.name}.{action.name} does nothing: neither run nor link"
            if any(t.tables for t in action.tables) and action.button and not action.link:
                yield f"{entity.name}.{action.name} takes rows within rows: that needs a page (link), or button=False"
        if used - states:
            yield f"{entity.name} uses states that it does not declare: {used - states}"
        if bool(entity.series) != bool(entity.pattern):
            yield f"{entity.name} has a series without a pattern, or a pattern without a series"


def hooks(hub: Hub, plugin: LoadedPlugin) -> Iterator[str]:
    """Every hook it offers is documented, and takes ``ctx`` first."""
    callers = hub.manager.get_hookcallers(plugin.module) or []
    if not any(c.name == "register_hookspecs" for c in callers):
        return
    others = [p.module for p in hub.plugins if p is not plugin]
    for specs in hub.manager.subset_hook_caller("register_hookspecs", others)(
        registry=hub.handle(plugin.name)
    ):
        offered = [n for n in dir(specs) if hub.manager.parse_hookspec_opts(specs, n) is not None]
        for name in offered:
            function = getattr(specs, name)
            if not (function.__doc__ or "").strip():
                yield f"hook {name} is not documented"
            caller = getattr(hub.manager.hook, name)
            if not caller.spec.argnames or caller.spec.argnames[0] != "ctx":
                yield f"hook {name} does not take ctx first"


def _entities(hub: Hub, plugin: LoadedPlugin) -> list[EntityType]:
    return [e for e in hub.registry.entities.values() if e.plugin == plugin.name]


CHECKS: dict[str, Callable[[Hub, LoadedPlugin], Iterator[str]]] = {
    check.__name__: check
    for check in (
        manifest,
        layout,
        keys,
        migrations,
        imports,
        states,
        names,
        rights,
        worth,
        words,
        declarations,
        hooks,
    )
}
"""Every check by name."""
