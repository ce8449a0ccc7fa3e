"""How a plugin is laid out: the same rooms at the top of each, and a wiring file that is read at one glance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from core.kernel.contract_imports import package_of
from core.kernel.hub import Hub
from core.kernel.plugins import LoadedPlugin

ROOMS = (
    "plugin",
    "api",
    "hookspecs",
    "commands",
    "models",
    "words",
    "entities",
    "services",
    "screens",
    "shown",
    "documents",
    "demo",
    "testing",
)
"""Rooms for code: one module each, or a folder of modules."""
FOLDERS = ("templates", "static", "migrations", "translations", "tests", "__pycache__")
"""Folders beside them."""
WIRING_LINES = 100
"""The longest ``plugin.py``: manifest and hooks; what a hook does is a service's."""


def layout(hub: Hub, plugin: LoadedPlugin) -> Iterator[str]:
    """At its top are rooms only; ``plugin.py`` has at most 100 lines."""
    folder = package_of(plugin)[1]
    for place in sorted(folder.iterdir()):
        if place.is_dir():
            if place.name not in (*ROOMS, *FOLDERS) and _holds_files(place):
                yield f"{place.name}/ is no room of a plugin; rooms are {', '.join(ROOMS)}, folders {', '.join(FOLDERS[:4])}"
        elif place.suffix == ".py":
            if place.stem not in (*ROOMS, "__init__"):
                yield f"{place.name} lies at the top; put it into a room: {', '.join(ROOMS[4:])}"
            elif (folder / place.stem).is_dir():
                yield f"{place.name} and {place.stem}/ are both there; one room is a module or a folder"
        elif place.name != "README.md":
            yield f"{place.name} lies at the top; only README.md does"
    lines = len((folder / "plugin.py").read_text(encoding="utf-8").splitlines())
    if lines > WIRING_LINES:
        yield f"plugin.py has {lines} lines; at most {WIRING_LINES}, so that it is wiring and nothing else"


def _holds_files(folder: Path) -> bool:
    """Is anything in it but what Python has compiled?"""
    return any(file.is_file() and file.suffix != ".pyc" for file in folder.rglob("*"))
