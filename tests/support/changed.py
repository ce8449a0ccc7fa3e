"""Which tests a change can reach: ``python -m tests.support.changed [BASE]`` prints paths for pytest, nothing where none can.

A file belongs to a plugin, to a kit, to the core or to tests. A plugin reaches the plugins that require or extend it, as
their manifests say; a kit reaches the plugins that import it; the core reaches everything. Beside the tests of what is
reached run those that look at the whole: the contract of every plugin, the journeys, the default plugins that show what
others declare.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from core.kernel.plugins import BASE_GROUP, discover

ALL = "tests"
OWN = ("core", "plugins", "kit", "thirdparty")
"""Folders of tests that belong to one part; the others look at the whole."""
SILENT = (".md", ".png", ".svg", ".txt")


def changed_files(base: str = "") -> list[str]:
    """Files that differ from where this branch left ``base`` (main), committed or not."""
    found = _git("merge-base", "HEAD", base or _main()) or "HEAD"
    tracked = _git("diff", "--name-only", found).splitlines()
    return sorted({*tracked, *_git("ls-files", "--others", "--exclude-standard").splitlines()})


def reached(files: Iterable[str], root: Path) -> list[str]:
    """Paths of tests that these files can reach; ``["tests"]`` for all of them."""
    plugins: set[str] = set()
    paths: set[str] = set()
    for file in files:
        parts = Path(file).parts
        if file.endswith(SILENT) or parts[0] in ("docs", ".ci"):
            continue
        if parts[0] == "plugins" and len(parts) > 2:
            plugins.add(parts[1])
        elif parts[0] == "kit" and len(parts) > 2:
            plugins |= _importers(root, f"kit.{parts[1]}")
            paths.add("tests/kit")
        elif parts[0] == "tests" and parts[-1].startswith("test_"):
            paths |= {file} if (root / file).exists() else set()
        elif parts[0] == "tests" and parts[1:2] == ("plugins",) and len(parts) > 3:
            paths |= {f"tests/plugins/{parts[2]}"} | _test_files(root, rf"tests\.plugins\.{parts[2]}\b")
        elif parts[0] == "bench":
            paths |= _test_files(root, r"\bbench\b")
        else:
            return [ALL]
    if not plugins and not paths:
        return []
    for name in _with_dependants(plugins):
        paths |= {f"tests/plugins/{name}"} | _test_files(root, rf"\bplugins\.{name}\b")
    if plugins:
        # default plugins show what all the others declare: the Hub page, the search
        paths |= {f"tests/plugins/{name}" for name in discover(BASE_GROUP)}
        paths |= {f"tests/{f.name}" for f in (root / "tests").iterdir() if f.is_dir() and f.name not in OWN}
    return _outermost(p for p in paths if (root / p).exists() and not p.endswith("__pycache__"))


def _with_dependants(names: set[str]) -> set[str]:
    before = {}
    for name, point in discover().items():
        manifest = point.load().manifest
        before[name] = {*manifest.requires, *manifest.extends}
    found, grown = set(names), True
    while grown:
        more = {name for name, needs in before.items() if needs & found} - found
        found |= more
        grown = bool(more)
    return found


def _importers(root: Path, module: str) -> set[str]:
    said = re.compile(
        rf"\b{re.escape(module)}\b|from {module.rpartition('.')[0]} import .*\b{module.rpartition('.')[2]}\b"
    )
    return {
        p.name for p in (root / "plugins").iterdir() if any(said.search(_text(f)) for f in p.rglob("*.py"))
    }


def _test_files(root: Path, said: str) -> set[str]:
    """Files with tests, and folders whose conftest, say so."""
    found = {f for f in (root / "tests").rglob("*.py") if re.search(said, _text(f))}
    folders = {
        str(f.parent.relative_to(root)) for f in found if f.name == "conftest.py" and f.parent.name != "tests"
    }
    return folders | {str(f.relative_to(root)) for f in found if f.name.startswith("test_")}


def _outermost(paths: Iterable[str]) -> list[str]:
    kept = sorted(set(paths))
    return [p for p in kept if not any(p.startswith(f"{o}/") for o in kept)]


@cache
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _main() -> str:
    return next(
        (name for name in ("origin/main", "main") if _git("rev-parse", "--verify", "-q", name)), "HEAD"
    )


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], capture_output=True, text=True, check=False)
    return done.stdout.strip()


if __name__ == "__main__":
    print(" ".join(reached(changed_files(*sys.argv[1:2]), Path.cwd())))
