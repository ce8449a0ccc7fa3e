"""The signatures of everything that plugins may import. ``python -m tests.surface`` writes tests/surface.txt anew."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

SURFACES = ("core.api", "core.values", "core.web.api", "core.cli.api")
STORED = Path(__file__).parent / "surface.txt"


def names() -> dict[str, list[str]]:
    """What each surface promises, in order of names."""
    return {surface: sorted(importlib.import_module(surface).__all__) for surface in SURFACES}


def lines() -> Iterator[str]:
    """One line for each name, each public method and each public function of a module that is promised."""
    for surface, promised in names().items():
        module = importlib.import_module(surface)
        for name in promised:
            yield from _described(f"{surface}.{name}", getattr(module, name))


def _described(path: str, value: Any) -> Iterator[str]:
    if isinstance(value, ModuleType):
        yield f"{path} module"
        for name in sorted(getattr(value, "__all__", ())):
            yield from _described(f"{path}.{name}", getattr(value, name))
    elif inspect.isclass(value):
        yield f"{path}{_signature(value)}"
        for name, member in sorted(vars(value).items()):
            if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
                yield f"{path}.{name}" + ("" if isinstance(member, property) else _signature(member))
    elif callable(value):
        yield f"{path}{_signature(value)}"
    else:
        yield path


def _signature(value: Any) -> str:
    try:
        found = inspect.signature(value)
    except (TypeError, ValueError):
        return ""
    # defaults that are objects would print an address
    parts = [
        p
        if p.default is p.empty or isinstance(p.default, str | int | tuple | type(None))
        else p.replace(default=...)
        for p in found.parameters.values()
    ]
    return str(found.replace(parameters=parts))


if __name__ == "__main__":
    STORED.write_text("\n".join(lines()) + "\n", encoding="utf-8")
