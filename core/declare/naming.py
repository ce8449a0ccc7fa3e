"""Whose a name is: what stands on a shelf already, what may be put in another's place, and about whose entity one may speak."""

from __future__ import annotations

from typing import Any

from core.declare.names import EntityName
from core.declare.registry import Registry, Screens
from core.declare.shelf import Shelf
from core.declare.speakers import Speakers
from core.errors import StartError


class Naming:
    """One plugin before the shelves: finds out whether it may declare under a name. Every refusal is a StartError that says
    who declares what, and the remedy."""

    def __init__(
        self, registry: Registry, plugin: str, speakers: Speakers, screens: Screens | None = None
    ) -> None:
        self.plugin = plugin
        self._registry = registry
        self._speakers = speakers
        self._screens = screens

    def _being_made(self, what: str) -> Screens:
        if self._screens is None:
            raise StartError(
                f"{self._speakers.named(self.plugin)} declares a {what} in `register`. "
                "Declare it in `register_screens`."
            )
        return self._screens

    def _about(self, entity: str, what: str) -> bool:
        """False: the entity belongs to a plugin that is not loaded, and which this one would add to if it were."""
        try:
            owner = EntityName(entity).plugin
        except ValueError as error:
            raise StartError(f"{self._speakers.named(self.plugin)} declares {what}: {error}.") from error
        declared = self._registry.entities.get(entity)
        owner = declared.plugin if declared is not None else owner
        if not self._speakers.loaded(owner):
            return not self._speakers.adds_to(self.plugin, owner)
        if not self._speakers.adds_to(self.plugin, owner):
            raise self._speakers.unnamed(self.plugin, what, owner)
        return True

    def _place(
        self, shelf: Shelf[Any], name: str, what: str, replaces: str = "", replaceable: bool = False
    ) -> bool:
        """Is this declared instead of another's? StartError for a name that is taken, or one that cannot be replaced."""
        if name in shelf:
            return self._instead(shelf[name].plugin, what, replaces, replaceable)
        if replaces and self._speakers.loaded(replaces):
            raise StartError(
                f"{self._speakers.named(self.plugin)} replaces {what} of '{replaces}', which declares no such thing. "
                "Take `replaces` away, or write the name as it is there."
            )
        return False

    def _instead(self, owner: str, what: str, replaces: str, replaceable: bool) -> bool:
        if not replaces or owner == self.plugin:
            raise self._speakers.taken(self.plugin, what, owner, replaceable)
        if replaces != owner:
            raise StartError(
                f"{self._speakers.named(self.plugin)} replaces {what} of '{replaces}', but it belongs to "
                f"{self._speakers.named(owner)}. Say replaces='{owner}'."
            )
        if not self._speakers.adds_to(self.plugin, owner):
            raise self._speakers.unnamed(self.plugin, what, owner)
        return True
