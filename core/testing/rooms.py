"""The testing rooms of plugins: what a plugin offers to the tests of others lies in its ``testing.py``.

Its functions ``make_…(ctx, …)`` are fixtures of every test that loads :mod:`core.testing.plugin`, with the test's ``ctx`` given
already; in a ``@stage`` they are imported and called with the stage's own. ``load_demo(hub)`` makes the demo company.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from core.kernel.context import Ctx
from core.kernel.hub import Hub
from core.kernel.plugins import BASE_GROUP, LoadedPlugin, discover

ROOM = "testing"
BUILDER = "make_"


def builders() -> ModuleType:
    """A module with a fixture for each builder of the installed plugins. They are found without importing anything: a model
    of a plugin that a test does not load must not be there."""
    found = ModuleType("hub-builders")
    for name, point in {**discover(BASE_GROUP), **discover()}.items():
        package = point.value.rpartition(".")[0]
        for function in _functions(package):
            if function.startswith(BUILDER):
                setattr(found, function, _fixture(name, package, function))
    return found


def builders_of(plugin: LoadedPlugin) -> list[Callable[..., Any]]:
    """The builders that a loaded plugin offers."""
    package = plugin.module.__name__.rpartition(".")[0]
    return [_function(package, name) for name in _functions(package) if name.startswith(BUILDER)]


def room_of(hub: Hub, function: str) -> Callable[..., Any] | None:
    """The function of that name in the testing room of a loaded plugin; None where there is none."""
    for plugin in hub.plugins:
        package = plugin.module.__name__.rpartition(".")[0]
        if function in _functions(package):
            return _function(package, function)
    return None


def _functions(package: str) -> Iterator[str]:
    home = find_spec(package.partition(".")[0])
    folders = [Path(p) for p in (home.submodule_search_locations or ())] if home else []
    for folder in folders:
        room = folder.joinpath(*package.split(".")[1:], f"{ROOM}.py")
        if room.is_file():
            tree = ast.parse(room.read_text(encoding="utf-8"))
            yield from (node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def _function(package: str, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(importlib.import_module(f"{package}.{ROOM}"), name)
    return found


def _fixture(plugin: str, package: str, function: str) -> Any:
    def build(hub: Hub, ctx: Ctx) -> Callable[..., Any]:
        if plugin not in hub.plugin_names:
            pytest.fail(
                f"{function} is of the plugin '{plugin}', which these tests do not load: name it in `requires` of the "
                "manifest, or override the fixture hub_plugin_names.",
                pytrace=False,
            )
        return partial(_function(package, function), ctx)

    build.__doc__ = f"``{package}.{ROOM}.{function}``, working in ``ctx``."
    return pytest.fixture(name=function)(build)
