"""Wiring of the programming interface: manifest and hook implementations, nothing else."""

from __future__ import annotations

from typing import Any

from core.api import Declare, Manifest, T, hookimpl
from plugins.rest import hookspecs
from plugins.rest import models as models  # its table is migrated
from plugins.rest.words import EVERYBODY, RIGHT

manifest = Manifest(
    name="rest",
    title=T("Programming interface"),
    version="0.1.0",
    summary=T("REST with tokens for other programs: all that the screens do, with the same rights."),
    category="platform",
    extends=("base_files",),
)


@hookimpl
def register_hookspecs(registry: Declare) -> Any:
    """What we ask other plugins."""
    return hookspecs


@hookimpl
def register(registry: Declare) -> None:
    """Declare the rights."""
    registry.permission(RIGHT, T("Use the programming interface with tokens of one's own"))
    registry.permission(EVERYBODY, T("See everybody's tokens and end them"))


@hookimpl
def register_screens(registry: Declare) -> None:
    """The addresses for programs, and pages for people."""
    from plugins.rest import screens

    screens.register(registry)


@hookimpl
def register_commands(group: Any) -> None:
    """``hub token``."""
    from plugins.rest.commands import token

    group.add_command(token)
