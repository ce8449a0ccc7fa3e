"""Who is to blame: an error of a plugin as one sentence that names the plugin, where in it, and the remedy."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Protocol

from core.errors import StartError


class Blamable(Protocol):
    """A loaded plugin."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def module(self) -> ModuleType:
        """Its wiring module."""


def home_of(module: str) -> str:
    """The package that a plugin's wiring module lives in: its models, services and screens are below it."""
    return module.rpartition(".")[0] or module


def describe(error: BaseException) -> str:
    """An error in one line: what it is, and in which file and line."""
    words = " ".join(str(error).split()) or "no more is known"
    kind = "" if isinstance(error, ImportError) else f"{type(error).__name__}: "
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, SyntaxError) or not frames:
        return f"{kind}{words}"
    last = frames[-1]
    return f"{kind}{words} ({Path(last.filename).name}, line {last.lineno})"


def culprit(error: BaseException, plugins: Iterable[Blamable]) -> str:
    """The loaded plugin whose code an error comes from: the last one it went through; "" where there is none."""
    homes = [(home_of(plugin.module.__name__), plugin.name) for plugin in plugins]
    for frame, _line in reversed(list(traceback.walk_tb(error.__traceback__))):
        module = frame.f_globals.get("__name__", "")
        for home, name in homes:
            if module == home or module.startswith(f"{home}."):
                return name
    return ""


@contextmanager
def blaming(who: str, doing: str) -> Iterator[None]:
    """Whatever goes wrong inside, before the hub runs, is a StartError that begins with ``who`` and ``doing``."""
    try:
        yield
    except StartError:
        raise
    except (Exception, SystemExit) as error:
        raise StartError(
            f"{who} {doing}: {describe(error)}. Mend it, or remove it from [plugins] load."
        ) from error
