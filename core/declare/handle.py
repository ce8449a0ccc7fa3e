"""What a plugin declares through: a handle that knows whose it is, so that nothing is declared in another's name and
nothing of another's is replaced without a word."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.declare.action import Action
from core.declare.declarations import EntityType
from core.declare.extending import Extending
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
from core.declare.registry import OwnPage, Screen
from core.declare.sheet import ListExport
from core.declare.stock_words import ItemKind, MovementKind, PlaceKind
from core.errors import StartError
from core.text.i18n import T, Text

if TYPE_CHECKING:
    from core.kernel.context import Ctx


class Declare(Extending):
    """Given to ``register`` and ``register_screens`` of one plugin; whatever is declared through it is that plugin's.

    A name that is taken stops the start. ``replaces="<plugin>"`` puts something in the place of what that plugin declared;
    it holds for the tenants where the replacing plugin is on, and the original elsewhere. What is declared about an entity of
    a plugin that ``extends`` names, and which is not loaded, is left out.
    """

    # --- what a tenant works with -----------------------------------------------------------------------------------

    def entity(self, entity: EntityType) -> EntityType:
        """Declare an entity; gives the permissions ``.view``, ``.create``, ``.edit`` (and ``.delete``)."""
        self._place(self._registry.entities, entity.name, f"entity '{entity.name}'")
        other = self._registry.entity_of_model(entity.model)
        if other is not None:
            what = f"entity '{entity.name}' over {entity.model.__name__} (as '{other.name}' is)"
            raise self._speakers.taken(self.plugin, what, other.plugin, False)
        declared = replace(entity, plugin=self.plugin)
        self._registry.keep_entity(declared)
        if entity.series and entity.pattern:
            self.series(entity.series, entity.pattern)
        self.permission(f"{entity.name}.view", T("See {what}", what=entity.plural), entity.view_roles)
        if entity.creatable:
            self.permission(
                f"{entity.name}.create", T("Create {what}", what=entity.plural), entity.edit_roles
            )
        self.permission(f"{entity.name}.edit", T("Edit {what}", what=entity.plural), entity.edit_roles)
        if entity.deletable:
            self.permission(
                f"{entity.name}.delete", T("Delete {what}", what=entity.plural), entity.delete_roles
            )
        return declared

    def action(self, action: Action, *, replaces: str = "") -> Action:
        """Declare an action on an entity that is already declared (of this plugin or of one it names in its manifest).

        One that replaces another's asks for the right that the original asks for.
        """
        what = f"action '{action.entity}.{action.name}'"
        if not self._about(action.entity, what):
            return action
        entity = self._registry.entities.get(action.entity)
        if entity is None:
            raise StartError(
                f"plugin '{self.plugin}': action on unknown entity '{action.entity}'. Declare the entity first, or "
                f"write its name as it is declared. It is {self._speakers.named(self.plugin)}."
            )
        shelf = self._registry.actions[action.entity]
        instead = self._place(shelf, action.name, what, replaces, True)
        declared = replace(action, plugin=self.plugin)
        if instead:
            declared = replace(declared, permission=shelf[action.name].right)
        elif not action.permission:
            label = T("{what}: {action}", what=entity.label, action=action.label)
            self.permission(action.right, label, action.roles)
        self._registry.actions.put(action.entity, action.name, declared, instead=instead)
        return declared

    def permission(
        self,
        name: str,
        label: Text,
        roles: Sequence[str] = (),
        *,
        before: Sequence[str] = (),
        needs: Sequence[str] = (),
        operator: bool = False,
    ) -> None:
        """Declare a right and the roles that start with it; ``before``: rights that went as far until now; ``needs``: rights
        without which it is worth nothing; ``operator``: no role has it, those do who look after the installation."""
        self._place(self._registry.permissions, name, f"right '{name}'")
        self._registry.permissions.put(
            name, Permission(name, label, tuple(roles), self.plugin, tuple(before), tuple(needs), operator)
        )

    def role(self, code: str, name: str, names: Mapping[str, str]) -> None:
        """Declare a role that a tenant starts with; ``names`` is what it is called in other languages."""
        self._place(self._registry.roles, code, f"role '{code}'")
        self._registry.roles.put(code, RoleSpec(code, name, names, self.plugin))

    def list(self, spec: ListSpec) -> None:
        """Declare a list kept by the administrator."""
        self._place(self._registry.lists, spec.code, f"list '{spec.code}'")
        self._registry.lists.put(spec.code, replace(spec, plugin=self.plugin))

    def series(self, code: str, pattern: str) -> None:
        """Declare a number series beside those that entities name; ``pattern`` is what a new tenant starts with."""
        self._place(self._registry.number_series, code, f"number series '{code}'")
        self._registry.number_series.put(code, SeriesSpec(code, pattern, self.plugin))

    def menu_group(self, code: str, label: Text, order: int) -> None:
        """Declare a heading of the menu that does not belong to one plugin alone; ``order`` is counted like a manifest's."""
        self._place(self._registry.menu_groups, code, f"menu group '{code}'")
        self._registry.menu_groups.put(code, MenuGroup(code, label, order, self.plugin))

    def document(self, kind: DocumentKind, *, replaces: str = "") -> None:
        """Declare a printable document. One that replaces another's asks for the right that the original asks for."""
        what = f"document '{kind.name}'"
        if self._about(kind.entity, what):
            instead = self._place(self._registry.documents, kind.name, what, replaces, True)
            right = self._registry.documents[kind.name].right if instead else kind.right
            declared = replace(kind, plugin=self.plugin, right=right)
            self._registry.documents.put(kind.name, declared, instead=instead)

    def job(self, kind: JobKind, *, replaces: str = "") -> None:
        """Declare background work."""
        if replaces and not self._speakers.loaded(replaces) and self._speakers.adds_to(self.plugin, replaces):
            return
        instead = self._place(self._registry.jobs, kind.name, f"job '{kind.name}'", replaces, True)
        self._registry.jobs.put(kind.name, replace(kind, plugin=self.plugin), instead=instead)

    def export(self, kind: ListExport, *, replaces: str = "") -> None:
        """Declare a kind of file that every list can be taken away as."""
        instead = self._place(self._registry.exports, kind.name, f"export '{kind.name}'", replaces, True)
        self._registry.exports.put(kind.name, replace(kind, plugin=self.plugin), instead=instead)

    def demo(self, load: Callable[[Ctx, int], None], *, after: Sequence[str] = ()) -> None:
        """Declare this plugin's part of the demo company; ``after``: plugins whose parts come first, beside required ones."""
        self._place(self._registry.demo_parts, self.plugin, f"part of the demo company of '{self.plugin}'")
        self._registry.demo_parts.put(self.plugin, DemoPart(load, tuple(after), self.plugin))

    def event(self, event: Event) -> None:
        """Declare an event whose day the hook ``milestones`` tells."""
        what = f"event '{event.code}'"
        if not event.entity or self._about(event.entity, what):
            self._place(self._registry.events, event.code, what)
            self._registry.events.put(event.code, replace(event, plugin=self.plugin))

    def place_kind(self, kind: PlaceKind) -> None:
        """Declare a kind of place of the ledger."""
        self._place(self._registry.place_kinds, kind.code, f"kind of place '{kind.code}'")
        self._registry.place_kinds.put(kind.code, replace(kind, plugin=self.plugin))

    def movement_kind(self, kind: MovementKind) -> None:
        """Declare a kind of movement of the ledger."""
        self._place(self._registry.movement_kinds, kind.code, f"kind of movement '{kind.code}'")
        self._registry.movement_kinds.put(kind.code, replace(kind, plugin=self.plugin))

    def item_kind(self, kind: ItemKind) -> None:
        """Declare a kind of thing that the ledger counts."""
        self._place(self._registry.item_kinds, kind.code, f"kind of item '{kind.code}'")
        self._registry.item_kinds.put(kind.code, replace(kind, plugin=self.plugin))

    def step(self, step: ProcessStep, *, replaces: str = "") -> None:
        """Declare a column of an entity's full-process table; it is there while the plugin is on."""
        what = f"step '{step.name}' of '{step.entity}'"
        if self._about(step.entity, what):
            instead = self._place(self._registry.steps[step.entity], step.name, what, replaces, True)
            self._registry.steps.put(
                step.entity, step.name, replace(step, plugin=self.plugin), instead=instead
            )

    # --- screens: only while a web application is made ------------------------------------------------------------------

    def screen(self, entity: str, view_class: Any, *, replaces: str = "") -> None:
        """Use ``view_class`` (a subclass of core.web.api.EntityView) for an entity instead of the generic screen."""
        what = f"screen of '{entity}'"
        if not self._about(entity, what):
            return
        classes = self._being_made(what).classes
        kind = self._registry.entities.get(entity)
        if kind is None:
            raise StartError(
                f"{self._speakers.named(self.plugin)} declares a {what}, which is no entity. "
                "Write its name as it is declared."
            )
        instead = kind.plugin != self.plugin and self._instead(kind.plugin, what, replaces, True)
        if not instead:
            self._place(classes, entity, what)
        classes.put(entity, Screen(view_class, self.plugin), instead=instead)

    def view(self, view: Any) -> None:
        """Add a page of its own (an instance of core.web.api.Page) beside those of entities."""
        what = f"page '{view.endpoint}'"
        pages = self._being_made(what).pages
        self._place(pages, view.endpoint, what)
        view.plugin = self.plugin
        pages.put(view.endpoint, OwnPage(view, self.plugin))

    def frame_part(self, part: FramePart, *, replaces: str = "") -> None:
        """Add a part to the frame around every page."""
        what = f"frame part '{part.name}'"
        parts = self._being_made(what).frame_parts
        instead = self._place(parts, part.name, what, replaces, True)
        parts.put(part.name, replace(part, plugin=self.plugin), instead=instead)
