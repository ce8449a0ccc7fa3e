"""The heart: everything the loaded plugins declared, seen by every edge.

From a declaration core makes the list, the form, the document page, the buttons, the permission, the audit entry, the
command-line call and the documentation. Nobody writes those by hand. Plugins fill it through their handles
(:class:`core.declare.handle.Declare`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.declare import sight
from core.declare.action import Action
from core.declare.declarations import Column, EntityType
from core.declare.extension import Extension
from core.declare.kinds import (
    DemoPart,
    DocumentKind,
    Event,
    JobKind,
    ListSpec,
    MenuGroup,
    Permission,
    ProcessStep,
    RoleSpec,
    SeriesSpec,
)
from core.declare.page_parts import FramePart
from core.declare.sheet import ListExport
from core.declare.shelf import Shelf, Shelves
from core.declare.stock_words import ItemKind, MovementKind, PlaceKind
from core.errors import NotFound
from core.text.i18n import T


class Registry:
    """Everything the loaded plugins declared. Filled once at start; closed, and so read-only, afterwards.

    What a mapping holds is what was declared under a name first, by the plugin whose name it is. What it means for a tenant,
    where a plugin that is on may have put something else in its place, is ``standing``.
    """

    def __init__(self) -> None:
        self.entities: Shelf[EntityType] = Shelf()
        self.actions: Shelves[Action] = Shelves()
        self.roles: Shelf[RoleSpec] = Shelf()
        self.permissions: Shelf[Permission] = Shelf()
        self.lists: Shelf[ListSpec] = Shelf()
        self.number_series: Shelf[SeriesSpec] = Shelf()
        self.documents: Shelf[DocumentKind] = Shelf()
        self.jobs: Shelf[JobKind] = Shelf()
        self.exports: Shelf[ListExport] = Shelf()
        self.menu_groups: Shelf[MenuGroup] = Shelf()
        self.demo_parts: Shelf[DemoPart] = Shelf()
        self.events: Shelf[Event] = Shelf()
        self.place_kinds: Shelf[PlaceKind] = Shelf()
        self.movement_kinds: Shelf[MovementKind] = Shelf()
        self.item_kinds: Shelf[ItemKind] = Shelf()
        self.steps: Shelves[ProcessStep] = Shelves()
        self.columns: Shelves[Column] = Shelves()
        self.extensions: Shelves[Extension] = Shelves()
        self._models: dict[type, EntityType] = {}
        self._needs: Mapping[str, frozenset[str]] | None = None

    @property
    def needs(self) -> Mapping[str, frozenset[str]]:
        """Rights that a right is worth nothing without, by right (:func:`core.declare.sight.needs`)."""
        if self._needs is None:
            self._needs = sight.needs(self)
        return self._needs

    def keep_entity(self, entity: EntityType) -> None:
        """Keep an entity, by its name and by its model."""
        self.entities.put(entity.name, entity)
        self._models[entity.model] = entity

    def close(self) -> None:
        """Nothing is declared from now on."""
        for each in vars(self).values():
            if isinstance(each, Shelf | Shelves):
                each.close()
        self._needs = None

    def entity_of_model(self, model: type) -> EntityType | None:
        """The entity whose rows these are; None for a model that is no entity by itself."""
        return self._models.get(model)

    def entity_for(self, row: Any) -> EntityType:
        """The entity a row belongs to."""
        return self._models[type(row)]

    def extended_by(self, plugin: str) -> list[Extension]:
        """What ``plugin`` adds to entities of others."""
        every = (e for shelf in self.extensions.values() for e in shelf.everything())
        return [extension for extension in every if extension.plugin == plugin]

    def makers(self, entity: str, enabled: frozenset[str]) -> list[Action]:
        """Actions of other documents that make documents of this kind, of the plugins that are on."""
        every = (a for shelf in self.actions.values() for a in shelf.all_standing(enabled))
        return [action for action in every if action.makes == entity]

    def get(self, name: str) -> EntityType:
        """The entity ``name``; NotFound for an unknown one."""
        try:
            return self.entities[name]
        except KeyError:
            raise NotFound(T("There is nothing called {name}.", name=name)) from None


@dataclass(frozen=True)
class Screen:
    """The class that draws an entity's pages (a subclass of core.web.api.EntityView)."""

    view_class: Any
    plugin: str


@dataclass(frozen=True)
class OwnPage:
    """A page beside those of entities (a core.web.api.Page)."""

    view: Any
    plugin: str


class Screens:
    """What plugins declare for one web application: made with it, closed once it stands."""

    def __init__(self) -> None:
        self.classes: Shelf[Screen] = Shelf()
        self.pages: Shelf[OwnPage] = Shelf()
        self.frame_parts: Shelf[FramePart] = Shelf()

    def close(self) -> None:
        """Nothing is declared from now on."""
        self.classes.close()
        self.pages.close()
        self.frame_parts.close()
