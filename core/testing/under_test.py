"""Which plugin a run tests: the one that the project's pyproject.toml brings, with whatever it requires."""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from core.kernel.hub import CORE_FOLDER
from core.kernel.plugins import GROUP, discover


def own_plugins(root: Path) -> dict[str, str]:
    """The plugins of the project in ``root``, name → module; none for the hub itself, which tests all that is installed."""
    project = root / "pyproject.toml"
    if not project.is_file() or root.resolve() == CORE_FOLDER.parent:
        return {}
    said = tomllib.loads(project.read_text(encoding="utf-8")).get("project", {})
    found: dict[str, str] = said.get("entry-points", {}).get(GROUP, {})
    return dict(found)


def not_installed(root: Path) -> tuple[ModuleType, ...]:
    """Modules of the project's plugins that Python can import and that no distribution brings yet."""
    installed = discover()
    return tuple(
        importlib.import_module(module) for name, module in own_plugins(root).items() if name not in installed
    )


def names_to_load(root: Path, extra: Iterable[ModuleType]) -> tuple[str, ...]:
    """Installed plugins that a run loads: the project's and what they, and those given directly, require. Every installed one
    where the project brings no plugin."""
    own, installed = own_plugins(root), discover()
    if not own:
        return tuple(sorted(installed))
    waiting = [n for n in own if n in installed]
    waiting += [n for module in extra for n in module.manifest.requires]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in installed and name not in found:
            found.add(name)
            waiting += installed[name].load().manifest.requires
    return tuple(sorted(found))
