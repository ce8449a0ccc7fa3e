"""Small checks of what a document of settings holds."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from core.errors import Refused
from core.text.i18n import T


def kept_text(value: Any, most: int) -> str:
    """A text of at most so many characters; Refused for anything else."""
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise Refused(T("This is not as it was taken out."))
    if len(value) > most:
        raise Refused(T("At most {n} characters.", n=most))
    return value


def known_name(value: Any, known: Collection[str]) -> str:
    """One of the known names; Refused for anything else."""
    if not isinstance(value, str) or value not in known:
        raise Refused(T("Nothing here is called {name}.", name=str(value)[:60]))
    return value


def values_of(value: Any, *names: str) -> list[Any]:
    """What an object holds under these names; Refused for anything else than an object."""
    if not isinstance(value, dict):
        raise Refused(T("This is not as it was taken out."))
    return [value.get(name) for name in names]
