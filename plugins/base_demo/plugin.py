"""Wiring of the demo: the command ``hub demo``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import Manifest, T, hookimpl
from core.base_api import Hub

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


@hookimpl
def deployment_faults(hub: Hub) -> Sequence[str]:
    """Nobody signs in with the password that everybody knows."""
    from plugins.base_demo.demo import loader

    return [
        f"{email} signs in with the demo's password, which everybody knows. Give them another, or switch them off."
        for email in loader.open_doors(hub)
    ]
