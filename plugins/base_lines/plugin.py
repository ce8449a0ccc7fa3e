"""Wiring of tables of lines: it brings the page and the script of kit.lines."""

from __future__ import annotations

from typing import Any

from core.api import Declare, Manifest, T, hookimpl

manifest = Manifest(
    name="base_lines",
    title=T("Tables of lines"),
    version="0.1.0",
    summary=T("Lines of documents typed and pasted in one table."),
    category="platform",
    base=True,
)


@hookimpl
def register_hookspecs(registry: Declare) -> Any:
    """Pages of actions that other plugins add."""
    from plugins.base_lines import hookspecs  # with it come screens, which no command needs

    return hookspecs
