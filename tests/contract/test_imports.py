"""What plugins import of each other follows from their manifests: itself, what it requires, and default plugins."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from core.api import Manifest, T

FOLDER = Path(__file__).parents[2] / "plugins"
NAMES = sorted(p.parent.name for p in FOLDER.glob("*/plugin.py"))
MANIFESTS: Mapping[str, Manifest] = {
    name: importlib.import_module(f"plugins.{name}.plugin").manifest for name in NAMES
}


def imported(source: str) -> Iterator[tuple[int, str]]:
    """(line, plugin) of every import of a plugin, wherever it stands."""
    for node in ast.walk(ast.parse(source)):
        found: list[str] = []
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            whole = node.module == "plugins"
            found = [f"plugins.{alias.name}" for alias in node.names] if whole else [node.module]
        for name in found:
            parts = name.split(".")
            if parts[0] == "plugins" and len(parts) > 1:
                yield node.lineno, parts[1]


def allowed(name: str, manifests: Mapping[str, Manifest]) -> set[str]:
    """What a plugin may import: itself, what it requires, directly or through others, and default plugins."""
    found, waiting = (
        {n for n, m in manifests.items() if m.base} if not manifests[name].base else set(),
        [name],
    )
    while waiting:
        each = waiting.pop()
        if each not in found or each == name:
            found.add(each)
            waiting += [n for n in manifests[each].requires if n not in found]
    return found


def faults(name: str, sources: Iterable[tuple[str, str]], manifests: Mapping[str, Manifest]) -> list[str]:
    """Imports of plugins that the manifest does not name, as sentences."""
    may = allowed(name, manifests)
    return [
        f"{path}:{line} imports {other}, which {name} does not require"
        for path, source in sources
        for line, other in imported(source)
        if other not in may
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_plugin_imports_only_what_it_requires(name):
    files = sorted((FOLDER / name).rglob("*.py"))
    assert files
    sources = ((str(p.relative_to(FOLDER)), p.read_text(encoding="utf-8")) for p in files)
    assert faults(name, sources, MANIFESTS) == []


@pytest.mark.parametrize("name", [n for n, m in MANIFESTS.items() if m.bridge])
def test_nobody_below_knows_a_bridge(name):
    """What a bridge joins stands without it: none of its sides may require it, directly or through others."""
    for side in MANIFESTS[name].requires:
        assert name not in allowed(side, MANIFESTS)


def plain(name: str, *requires: str, base: bool = False) -> Manifest:
    return Manifest(name, T("Plugin"), "1", T("Plugin"), requires=requires, base=base)


HOUSE = {
    m.name: m
    for m in (
        plain("ground", base=True),
        plain("low"),
        plain("side"),
        plain("mid", "low"),
        plain("top", "mid"),
    )
}


@pytest.mark.parametrize(
    ("name", "source", "found"),
    [
        ("top", "from plugins.low.models import A", False),
        ("top", "from plugins import mid, ground", False),
        ("top", "import plugins.top.models", False),
        ("top", "def f():\n    from plugins.side import api", True),
        ("top", "from plugins import low, side", True),
        ("low", "import plugins.mid.services.x as x", True),
        ("ground", "from plugins.low import a", True),
    ],
)
def test_the_rule_finds_what_it_should(name, source, found):
    assert bool(faults(name, [("x.py", source)], HOUSE)) is found
