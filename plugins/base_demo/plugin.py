"""Wiring of the demo: the command ``hub demo``."""

from __future__ import annotations

from typing import Any

from core.api import Manifest, T, hookimpl

manifest = Manifest(
    name="base_demo",
    title=T("Demo"),
    version="0.1.0",
    summary=T("A company with made-up data, for trying out on one machine."),
    category="platform",
    base=True,
)


@hookimpl
def register_commands(group: Any) -> None:
    """``hub demo``."""
    from plugins.base_demo.commands import demo

    group.add_command(demo)
