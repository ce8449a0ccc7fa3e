"""Where declarations are kept: by name, each with what other plugins put in its place, and closed after the start."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from core.errors import StartError


class Declared(Protocol):
    """Whatever a plugin declares knows whose it is."""

    @property
    def plugin(self) -> str:
        """The plugin it belongs to."""


D = TypeVar("D", bound=Declared)


def is_there(plugin: str, on: Container[str]) -> bool:
    """Is what belongs to ``plugin`` there where the plugins ``on`` are on? What is core's always is."""
    return plugin == "core" or plugin in on


class Shelf(Mapping[str, D]):
    """Declarations of one kind by name. As a mapping it holds what was declared first, by whoever owns the name."""

    def __init__(self) -> None:
        self._own: dict[str, D] = {}
        self._instead: dict[str, list[D]] = {}
        self._closed = False

    def __getitem__(self, name: str) -> D:
        return self._own[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)

    def everything(self) -> Iterator[D]:
        """What was declared first and all that stands in its place, on or off."""
        yield from self._own.values()
        for others in self._instead.values():
            yield from others

    def put(self, name: str, declared: D, *, instead: bool = False) -> None:
        """Keep a declaration, or one that stands in place of another's while its plugin is on. StartError after the start."""
        if self._closed:
            raise StartError(f"plugin '{declared.plugin}' declares '{name}' after the start")
        if instead:
            self._instead.setdefault(name, []).append(declared)
        else:
            self._own[name] = declared

    def close(self) -> None:
        """Nothing is declared from now on."""
        self._closed = True

    def replacements(self, name: str) -> Sequence[D]:
        """Everything that plugins put in the place of ``name``, in the order they were loaded."""
        return tuple(self._instead.get(name, ()))

    def replacement(self, name: str, on: Container[str]) -> D | None:
        """What a plugin that is on put in the place of ``name``; the one that was loaded last has the word."""
        return next((d for d in reversed(self._instead.get(name, ())) if d.plugin in on), None)

    def standing(self, name: str, on: Container[str]) -> D | None:
        """What ``name`` means where these plugins are on; None where it means nothing."""
        found = self.replacement(name, on) or self._own.get(name)
        return found if found is not None and is_there(found.plugin, on) else None

    def all_standing(self, on: Container[str]) -> list[D]:
        """Everything that is there where these plugins are on, in the order it was declared."""
        return [d for name in self._own if (d := self.standing(name, on)) is not None]


class Shelves(Mapping[str, Shelf[D]]):
    """A shelf for each entity. An entity of which nothing is declared has an empty one."""

    def __init__(self) -> None:
        self._shelves: dict[str, Shelf[D]] = {}
        self._empty: Shelf[D] = Shelf()
        self._closed = False

    def __getitem__(self, entity: str) -> Shelf[D]:
        return self._shelves.get(entity, self._empty)

    def __contains__(self, entity: Any) -> bool:
        return entity in self._shelves

    def __iter__(self) -> Iterator[str]:
        return iter(self._shelves)

    def __len__(self) -> int:
        return len(self._shelves)

    def put(self, entity: str, name: str, declared: D, *, instead: bool = False) -> None:
        """Keep a declaration about an entity; see :meth:`Shelf.put`."""
        if entity not in self and not self._closed:
            self._shelves[entity] = Shelf()
        self[entity].put(name, declared, instead=instead)

    def close(self) -> None:
        """Nothing is declared from now on."""
        self._closed = True
        self._empty.close()
        for shelf in self._shelves.values():
            shelf.close()
