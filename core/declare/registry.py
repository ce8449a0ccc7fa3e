"""The heart: everything the loaded plugins declared, seen by every edge.

From a declaration core makes the list, the form, the document page, the buttons, the permission, the audit entry, the
command-line call and the documentation. Nobody writes those by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.declare.declarations import (
    Action,
    Column,
    DocumentKind,
    EntityType,
    Event,
    JobKind,
    ListSpec,
    MenuGroup,
    Permission,
    ProcessStep,
    SeriesSpec,
)
from core.declare.page_parts import FramePart
from core.declare.sheet import ListExport
from core.errors import NotFound, StartError
from core.text.i18n import T, Text


class Registry:
    """Everything the loaded plugins declared. Filled once at start; read-only afterwards."""

    def __init__(self) -> None:
        self.entities: dict[str, EntityType] = {}
        self.actions: dict[str, dict[str, Action]] = {}
        self.permissions: dict[str, Permission] = {}
        self.lists: dict[str, ListSpec] = {}
        self.number_series: dict[str, SeriesSpec] = {}
        self.documents: dict[str, DocumentKind] = {}
        self.jobs: dict[str, JobKind] = {}
        self.exports: dict[str, ListExport] = {}
        self.menu_groups: dict[str, MenuGroup] = {}
        self.events: dict[str, Event] = {}
        self.steps: dict[str, list[ProcessStep]] = {}
        self.columns: dict[str, list[Column]] = {}
        self.screens: dict[str, Any] = {}
        self.views: list[Any] = []
        self.frame_parts: list[FramePart] = []
        self.current = "core"
        self._models: dict[type, EntityType] = {}

    def entity(self, entity: EntityType) -> EntityType:
        """Declare an entity; gives the permissions ``.view``, ``.create``, ``.edit`` (and ``.delete``)."""
        if entity.name in self.entities:
            raise StartError(f"plugin '{self.current}' declares entity '{entity.name}' a second time")
        entity = replace(entity, plugin=self.current)
        self.entities[entity.name] = entity
        self.actions.setdefault(entity.name, {})
        if entity.series and entity.pattern:
            self.series(entity.series, entity.pattern)
        self._models[entity.model] = entity
        self.permission(f"{entity.name}.view", T("See {what}", what=entity.plural), entity.view_roles)
        if entity.creatable:
            self.permission(
                f"{entity.name}.create", T("Create {what}", what=entity.plural), entity.edit_roles
            )
        self.permission(f"{entity.name}.edit", T("Edit {what}", what=entity.plural), entity.edit_roles)
        if entity.deletable:
            self.permission(f"{entity.name}.delete", T("Delete {what}", what=entity.plural), ("mgr",))
        return entity

    def action(self, action: Action) -> Action:
        """Declare an action on an entity that is already declared (of this plugin or of one it requires)."""
        if action.entity not in self.entities:
            raise StartError(f"plugin '{self.current}': action on unknown entity '{action.entity}'")
        self.actions[action.entity][action.name] = action
        if not action.permission:
            label = T("{what}: {action}", what=self.entities[action.entity].label, action=action.label)
            self.permission(action.right, label, action.roles)
        return action

    def permission(self, name: str, label: Text, roles: Sequence[str] = ()) -> None:
        """Declare a right and the roles that start with it."""
        self.permissions[name] = Permission(name, label, tuple(roles), self.current)

    def list(self, spec: ListSpec) -> None:
        """Declare a list kept by the administrator."""
        self.lists[spec.code] = replace(spec, plugin=self.current)

    def series(self, code: str, pattern: str) -> None:
        """Declare a number series beside those that entities name; ``pattern`` is what a new tenant starts with."""
        self.number_series[code] = SeriesSpec(code, pattern, self.current)

    def document(self, kind: DocumentKind) -> None:
        """Declare a printable document."""
        self.documents[kind.name] = replace(kind, plugin=self.current)

    def job(self, kind: JobKind) -> None:
        """Declare background work."""
        self.jobs[kind.name] = replace(kind, plugin=self.current)

    def export(self, kind: ListExport) -> None:
        """Declare a kind of file that every list can be taken away as."""
        self.exports[kind.name] = replace(kind, plugin=self.current)

    def menu_group(self, group: MenuGroup) -> None:
        """Declare a heading of the menu that does not belong to one plugin alone."""
        if known := self.menu_groups.get(group.code):
            raise StartError(
                f"plugin '{self.current}' declares the menu group '{group.code}', which '{known.plugin}' declares already"
            )
        self.menu_groups[group.code] = replace(group, plugin=self.current)

    def event(self, event: Event) -> None:
        """Declare an event whose day the hook ``milestones`` tells."""
        if event.code in self.events:
            raise StartError(f"plugin '{self.current}' declares event '{event.code}' a second time")
        self.events[event.code] = replace(event, plugin=self.current)

    def step(self, step: ProcessStep) -> None:
        """Declare a column of an entity's full-process table; it is there while the plugin is on."""
        self.steps.setdefault(step.entity, []).append(replace(step, plugin=self.current))

    def extend_columns(self, entity: str, *columns: Column) -> None:
        """Add columns to another plugin's list; each is loaded once a page."""
        self.columns.setdefault(entity, []).extend(replace(c, plugin=self.current) for c in columns)

    def screen(self, entity: str, view_class: Any) -> None:
        """Use ``view_class`` (a subclass of core.web.api.EntityView) for an entity instead of the generic screen."""
        self.screens[entity] = view_class

    def view(self, view: Any) -> None:
        """Add a page of its own (an instance of core.web.screens.screen.Page) beside those of entities."""
        self.views.append(view)

    def frame_part(self, part: FramePart) -> None:
        """Add a part to the frame around every page (in ``register_screens``)."""
        self.frame_parts.append(replace(part, plugin=self.current))

    def of(self, row: Any) -> EntityType:
        """The entity a row belongs to."""
        return self._models[type(row)]

    def get(self, name: str) -> EntityType:
        """The entity ``name``; NotFound for an unknown one."""
        try:
            return self.entities[name]
        except KeyError:
            raise NotFound(T("There is nothing called {name}.", name=name)) from None
