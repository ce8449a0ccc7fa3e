"""Starting without plugins that config.toml names: ``hub --without NAME``, and ``hub --safe`` without all but the default ones.

What is left out is not imported, so that it cannot stop the start; and neither is what requires it, for that would import it.
So requirements are taken from the manifest as it is written. Tables, rows of enablement and jobs of it stay as they are.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from pathlib import Path

from core.errors import StartError
from core.kernel.config import Config
from core.kernel.plugins import BASE_GROUP, discover


def leave_out(config: Config) -> dict[str, str]:
    """Plugins that are not loaded although they would be, each with the one that it requires and that is not; "" for those
    that were named. StartError for a name that nobody would load."""
    wanted: dict[str, EntryPoint | None] = dict(discover(BASE_GROUP))
    installed = discover()
    wanted |= {name: installed.get(name) for name in config.plugins}
    for name in config.without:
        if name not in wanted:
            raise StartError(
                f"--without names '{name}', which would not be loaded anyway. Loaded would be: {', '.join(sorted(wanted))}."
            )
    found = dict.fromkeys(config.without, "")
    found |= {name: "" for name in config.plugins if config.safe}
    before = -1
    while found and before != len(found):
        before = len(found)
        for name, point in wanted.items():
            needed = next((n for n in required_by(point) if n in found), "") if name not in found else ""
            if needed:
                found[name] = needed
    return found


def required_by(point: EntryPoint | None) -> tuple[str, ...]:
    """What the plugin behind an entry point says it requires, without running any of it; nothing where that is not written
    out."""
    try:
        spec = find_spec(point.module) if point else None
        tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8")) if spec and spec.origin else None
    except Exception:  # noqa: BLE001 - a plugin that cannot be read is said when it is loaded
        return ()
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Manifest":
            given = [k.value for k in node.keywords if k.arg == "requires"]
            names = given[0].elts if given and isinstance(given[0], ast.Tuple | ast.List) else []
            return tuple(n.value for n in names if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return ()


def told(left_out: Mapping[str, str]) -> str:
    """What is left out, and why, in one line."""
    return ", ".join(f"{name} (it needs {needed})" if needed else name for name, needed in left_out.items())
