"""Every hook is implemented, tried by a test that names it, and on a line of docs/plugins.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.declare import hookspecs
from core.kernel.hub import Hub

ROOT = Path(__file__).parent.parent.parent
DOCS = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
WAITING = {
    "restrict": "a factory's own people in the portal",
    "plugin_upgraded": "the first plugin whose rows change with a version",
    "hold_checks": "quality: the approved production sample",
}
"""Hooks whose first plugin is still to come, and which one. Until then the small plugins of the tests implement them."""


def hooks_of(hub: Hub) -> dict[str, Path]:
    """Every hook of core and of our plugins, with the file that documents it."""
    found: dict[str, Path] = {}
    ours = [Path(hookspecs.__file__), *sorted((ROOT / "plugins").rglob("hookspecs.py"))]
    for file in ours:
        names = re.findall(r"^@hookspec.*\ndef (\w+)", file.read_text(encoding="utf-8"), re.M)
        assert names, file
        found |= dict.fromkeys(names, file)
    assert set(found) <= set(vars(hub.manager.hook)), "a file called hookspecs.py that is not registered"
    return found


def implementers(hub: Hub, hook: str) -> set[str]:
    """Names of the plugins that implement it."""
    return {impl.plugin_name for impl in getattr(hub.manager.hook, hook).get_hookimpls()}


def test_every_hook_is_implemented(hub: Hub) -> None:
    ours = {p.name for p in hub.plugins if p.module.__name__.startswith("plugins.")}
    samples = {p.name for p in hub.plugins} - ours
    for hook, file in hooks_of(hub).items():
        found = implementers(hub, hook)
        if hook in WAITING:
            assert found & samples, (
                f"{hook} ({file}) waits for {WAITING[hook]}, and nobody tries it meanwhile"
            )
            assert not found & ours, f"{hook} waits no longer: take it out of WAITING"
        else:
            assert found & ours, f"{hook} ({file}) is implemented by no plugin of the product"


def test_every_hook_is_named_by_a_test(hub: Hub) -> None:
    here = Path(__file__)
    said = "\n".join(f.read_text(encoding="utf-8") for f in (ROOT / "tests").rglob("*.py") if f != here)
    words = set(re.findall(r"\w+", said))
    assert sorted(set(hooks_of(hub)) - words) == []


def test_every_hook_has_a_line_in_the_docs(hub: Hub) -> None:
    told = set(re.findall(r"^\| `(\w+)", DOCS, re.M))
    assert sorted(set(hooks_of(hub)) - told) == []
    assert sorted(told & set(WAITING)) == sorted(WAITING)


@pytest.mark.parametrize("folder", sorted(p.name for p in (ROOT / "plugins").iterdir() if p.is_dir()))
def test_hooks_are_in_the_file_of_that_name(folder: str) -> None:
    for file in (ROOT / "plugins" / folder).rglob("*.py"):
        if file.name != "hookspecs.py":
            assert "@hookspec" not in file.read_text(encoding="utf-8"), file
