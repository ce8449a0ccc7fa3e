"""The signatures of everything that plugins may import. ``python -m tests.surface`` writes tests/surface.txt anew, and lists
in CHANGELOG.md what is new, other or gone since the last version."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

SURFACES = (
    "core.api", "core.db", "core.money", "core.values", "core.ledger", "core.remote", "core.web.api", "core.cli.api",
)  # fmt: skip
STORED = Path(__file__).parent / "surface.txt"
RELEASED = Path(__file__).parent / "surface-0.1.0.txt"
"""What the last version promised."""
CHANGELOG = Path(__file__).parent.parent / "CHANGELOG.md"
BEGIN, END = "<!-- surface -->", "<!-- /surface -->"


def promised(surface: str) -> list[str]:
    """What a surface promises, in order of names."""
    return sorted(importlib.import_module(surface).__all__)


def names() -> dict[str, list[str]]:
    """What each surface that anybody's plugin may import promises."""
    return {surface: promised(surface) for surface in SURFACES}


def lines() -> Iterator[str]:
    """One line for each name and each public method of a class that is promised."""
    for surface, known in names().items():
        module = importlib.import_module(surface)
        for name in known:
            yield from _described(f"{surface}.{name}", getattr(module, name))


def _by_name(found: Iterable[str]) -> dict[str, str]:
    return {line.partition("(")[0]: line for line in found}


def changes(now: Iterable[str]) -> dict[str, list[str]]:
    """Names that are new, have another signature, or are gone since the last version."""
    before, after = _by_name(RELEASED.read_text(encoding="utf-8").splitlines()), _by_name(now)
    return {
        "new": sorted(after.keys() - before.keys()),
        "other": sorted(n for n in after.keys() & before.keys() if after[n] != before[n]),
        "gone": sorted(before.keys() - after.keys()),
    }


def changelog(text: str, now: Iterable[str]) -> str:
    """The changelog with those names between its marks."""
    said = [
        f"- {what}: {', '.join(f'`{n}`' for n in found)}" for what, found in changes(now).items() if found
    ]
    head, _, rest = text.partition(BEGIN)
    return "\n".join([head + BEGIN, "", *(said or ["- nothing"]), "", END + rest.partition(END)[2]])


def _described(path: str, value: Any) -> Iterator[str]:
    if inspect.isclass(value):
        yield f"{path}{_signature(value)}"
        for name, member in sorted(_members(value).items()):
            value = isinstance(member, property | cached_property)
            if not name.startswith("_") and (value or inspect.isfunction(member)):
                yield f"{path}.{name}" + ("" if value else _signature(member))
    elif callable(value):
        yield f"{path}{_signature(value)}"
    else:
        yield path


def _members(value: type) -> dict[str, Any]:
    """What a class has of its own, and from classes of core that no surface promises by themselves."""
    told = {id(getattr(importlib.import_module(s), name)) for s, known in names().items() for name in known}
    found: dict[str, Any] = {}
    for base in reversed(value.__mro__):
        if base is value or (base.__module__.startswith("core.") and id(base) not in told):
            found |= vars(base)
    return found


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
    found = list(lines())
    STORED.write_text("\n".join(found) + "\n", encoding="utf-8")
    CHANGELOG.write_text(changelog(CHANGELOG.read_text(encoding="utf-8"), found), encoding="utf-8")
