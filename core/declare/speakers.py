"""Who declares: the loaded plugins as messages name them, and what is said where two of them use one name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from core.errors import StartError


@dataclass(frozen=True)
class Speaker:
    """A loaded plugin: its name, the distribution it came with, and the plugins it says that it adds to."""

    name: str
    origin: str = ""
    beside: frozenset[str] = field(default_factory=frozenset)


class Speakers:
    """All loaded plugins. Names of core have no owner that could be asked to change them."""

    def __init__(self, loaded: Iterable[Speaker] = ()) -> None:
        self._by_name = {speaker.name: speaker for speaker in loaded}

    def loaded(self, name: str) -> bool:
        """Does this plugin take part?"""
        return name == "core" or name in self._by_name

    def adds_to(self, name: str, other: str) -> bool:
        """May ``name`` declare something about what ``other`` declared: its own, core's, or of a plugin that its manifest
        names in ``requires`` or ``extends``?"""
        return other in ("core", name) or other in self._by_name[name].beside

    def named(self, name: str) -> str:
        """A plugin with its distribution, as it is named in messages."""
        speaker = self._by_name.get(name)
        return (
            f"plugin '{name}' ({speaker.origin})"
            if speaker
            else "the hub itself"
            if name == "core"
            else f"'{name}'"
        )

    def taken(self, name: str, what: str, owner: str, replaceable: bool) -> StartError:
        """``name`` declares ``what``, which ``owner`` has declared: both of them, and what to do."""
        if owner == name:
            return StartError(
                f"plugin '{name}' declares {what} a second time. Take one of them away. It is {self.named(name)}."
            )
        remedy = (
            f", or say replaces='{owner}' to put yours in its place where '{name}' is on"
            if replaceable
            else ""
        )
        return StartError(
            f"{self.named(name)} declares {what}, which {self.named(owner)} has declared already. "
            f"Give yours another name, one that begins with '{name}'{remedy}."
        )

    def unnamed(self, name: str, what: str, owner: str) -> StartError:
        """``name`` adds to what ``owner`` declared, and its manifest does not say so."""
        return StartError(
            f"{self.named(name)} declares {what}, which belongs to {self.named(owner)}. "
            f"Add '{owner}' to `requires` or `extends` of the manifest of '{name}'."
        )
