"""Wiring of imports: manifest and hook implementations, nothing else."""

from __future__ import annotations

from typing import Any

from core.api import Declare, JobKind, Manifest, T, hookimpl
from core.base_api import FramePart
from plugins.imports import models as models  # its table is migrated
from plugins.imports.services import work
from plugins.imports.words import JOB, RIGHT

manifest = Manifest(
    name="imports",
    title=T("Imports"),
    version="0.1.0",
    summary=T(
        "Bring CSV and Excel sheets in: columns understood, checked row by row, taken back if need be."
    ),
    category="platform",
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare the right and the background work."""
    registry.permission(RIGHT, T("Bring sheets in"), ("merch", "purch", "wh", "mgr"))
    registry.job(JobKind(JOB, work.run, T("Bring a sheet in")))


@hookimpl
def register_screens(registry: Declare) -> None:
    """The pages, and their link on every list."""
    from plugins.imports.screens import ImportsPage

    registry.view(ImportsPage(name="Imports", endpoint="imports", url="/import"))
    registry.frame_part(FramePart("imports", "list", "imports/link.html"))


@hookimpl
def register_commands(group: Any) -> None:
    """``hub import``."""
    from plugins.imports.commands import import_

    group.add_command(import_)
