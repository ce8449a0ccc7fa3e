"""What a plugin's code may import: the hub's surfaces, and the plugins that its manifest requires."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from core.kernel.dependencies import required_plugins
from core.kernel.hub import Hub
from core.kernel.plugins import LoadedPlugin

WEB = re.compile(r"^(screen|view|page)s?(_.*)?$")
"""Files (or folders) of a plugin that may know the web."""
COMMANDS = re.compile(r"^commands?(_.*)?$")
"""Files (or folders) of a plugin that may know the command line."""
SURFACES = ("core.api", "core.db", "core.money", "core.values", "core.ledger", "core.remote")
"""What every file of a plugin may import of the hub."""


def package_of(plugin: LoadedPlugin) -> tuple[str, Path]:
    """Import name and folder of the package that holds the plugin."""
    return plugin.module.__name__.rpartition(".")[0], Path(str(plugin.module.__file__)).parent


def files_of(plugin: LoadedPlugin) -> Iterator[tuple[Path, Path]]:
    """Its code, and where that is within it; migrations, tests and what it builds for tests are not looked at."""
    folder = package_of(plugin)[1]
    for file in sorted(folder.rglob("*.py")):
        place = file.relative_to(folder)
        if not {"migrations", "tests", "testing", "testing.py"}.intersection(place.parts):
            yield file, place


def imports(hub: Hub, plugin: LoadedPlugin) -> Iterator[str]:
    """It imports the hub's surfaces and the ``api`` of plugins that it requires; the web only in its screens."""
    homes = {package_of(p)[0]: p.name for p in hub.plugins}
    allowed = {plugin.name, *required_plugins(hub, plugin.name), *plugin.manifest.extends}
    close = plugin.manifest.base or plugin.manifest.category == "platform"
    services = (*SURFACES, "core.base_api") if close else SURFACES
    screens = ("core.web.api", "core.web.base_api") if close else ("core.web.api",)
    for file, place in files_of(plugin):
        web = any(WEB.match(part.removesuffix(".py")) for part in place.parts)
        command = any(COMMANDS.match(part.removesuffix(".py")) for part in place.parts)
        edges = (*(screens if web else ()), *(("core.cli.api",) if command else ()))
        for module, line in _imported(file):
            if (
                module.split(".")[0] in ("flask", "flask_admin", "flask_security", "flask_login", "flask_wtf")
                and not web
            ):
                yield f"{place}:{line} imports {module}; only screens may"
            inside = module == "core" or module.startswith("core.")
            if inside and module not in (*services, *edges):
                surfaces = f"{', '.join(services)} and, in screens, {' and '.join(screens)}"
                yield f"{place}:{line} imports {module}; plugins import {surfaces}"
            home, owner = next(
                ((home, n) for home, n in homes.items() if module == home or module.startswith(f"{home}.")),
                ("", plugin.name),
            )
            if owner not in allowed:
                yield f"{place}:{line} imports {module}, and '{owner}' is not required"
            elif owner != plugin.name and module != f"{home}.api" and not module.startswith(f"{home}.api."):
                yield f"{place}:{line} imports {module}; what others may use of '{owner}' is in {home}.api"


def _imported(file: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module == "core" or [alias.name for alias in node.names] == ["api"]:
                yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield node.module, node.lineno
