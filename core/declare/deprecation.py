"""How a name of a surface is given up: for a version at least it goes on to work, and says whose code still uses it."""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class HubDeprecation(DeprecationWarning):
    """Something that a plugin uses will be gone; shown in tests, and by ``python -W default``."""


def deprecated(*, since: str, gone: str, instead: str) -> Callable[[F], F]:
    """Mark a function of a surface that will be gone in version ``gone``; ``instead`` is what to write in its place.

    Each place that calls it is named once, by the package that it is in: a plugin's, mostly.
    """

    def mark(function: F) -> F:
        @functools.wraps(function)
        def still(*args: Any, **kw: Any) -> Any:
            warn_deprecated(function.__name__, since=since, gone=gone, instead=instead)
            return function(*args, **kw)

        return still  # type: ignore[return-value]

    return mark


def renamed(module: str, names: dict[str, tuple[str, str, str]]) -> Callable[[str], Any]:
    """A ``__getattr__`` for a surface whose names have become others: old name → (new name, since, gone)."""

    def find(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        new, since, gone = names[name]
        warn_deprecated(f"{module}.{name}", since=since, gone=gone, instead=f"{module}.{new}")
        return getattr(sys.modules[module], new)

    return find


def warn_deprecated(what: str, *, since: str, gone: str, instead: str) -> None:
    """Say it, naming the caller outside this module and the import system."""
    depth = 1
    frame = sys._getframe(1)
    while frame.f_back is not None and (
        frame.f_globals.get("__name__") == __name__ or "importlib" in frame.f_code.co_filename
    ):
        frame, depth = frame.f_back, depth + 1
    user = str(frame.f_globals.get("__name__", "?"))
    package = user.split(".")[1] if user.startswith("plugins.") else user.split(".")[0]
    warnings.warn(
        f"plugin '{package}': {what} is deprecated since {since} and will be gone in {gone}. Use {instead}.",
        HubDeprecation,
        stacklevel=depth,
    )
