"""Choose the tests that the second engine runs every time: ``python -m core.testing.sample tests``, after a run on SQLite."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

from core.testing.shapes import cover, read_notes

HEAD = """# The tests that run on the second engine every time; the others run there in the whole run (make test-all).
# "always" is kept by hand: all about tenants, locks, migrations, ledger, numbers, jobs, and the contract of the plugins.
# "tests" is chosen by `make test-sample`: together they send every statement shape that any test sends, as cheaply as can be.
"""


def choose(folder: Path, cache: Path) -> str:
    """The text of a new sample.toml for the tests in ``folder``, from what the last whole run left in ``cache``."""
    file = folder / "sample.toml"
    old = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    always = old.get("always", [])
    tests, _texts = read_notes(cache / "d" / "hub-shapes")
    costs = json.loads((cache / "v" / "hub" / "costs").read_text())
    shown = set().union(*(shapes for test, shapes in tests.items() if test.startswith(tuple(always))))
    chosen = cover(tests, costs, shown)
    spent = sum(costs.get(t, 0.0) for t in tests if t in set(chosen) or t.startswith(tuple(always)))
    print(
        f"{len(chosen)} tests beside {len(always)} folders and files, of {len(tests)} tests; {spent:.0f} s on SQLite"
    )
    return f"{HEAD}\nrecorded = {len(tests)}\nalways = {_lines(always)}\ntests = {_lines(chosen)}\n"


def _lines(names: Iterable[str]) -> str:
    inside = "".join(f"  {json.dumps(name, ensure_ascii=False)},\n" for name in names)
    return f"[\n{inside}]"


if __name__ == "__main__":
    where = Path(sys.argv[1])
    (where / "sample.toml").write_text(choose(where, Path(".pytest_cache")), encoding="utf-8")
