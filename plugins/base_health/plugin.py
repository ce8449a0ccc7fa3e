"""Wiring of the health of an installation: manifest and hook implementations, nothing else."""

from __future__ import annotations

from typing import Any

from core.api import Declare, Manifest, T, hookimpl
from plugins.base_health.shown import alerts as alerts
from plugins.base_health.words import PAGE, RIGHT

manifest = Manifest(
    name="base_health",
    title=T("Health"),
    version="0.1.0",
    summary=T("What fails in which feature, how often and since when; plugins that are missing or left out."),
    category="platform",
    base=True,
    extends=("base_company",),
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare the right to see what fails."""
    registry.permission(RIGHT, T("See what fails, and mark it as seen"))


@hookimpl
def register_screens(registry: Declare) -> None:
    """The administrator's page."""
    from plugins.base_health.screens import HealthPage

    registry.view(HealthPage(name="Health", endpoint="admin_health", url=PAGE))


@hookimpl
def register_commands(group: Any) -> None:
    """``hub health``."""
    from plugins.base_health.commands import health_

    group.add_command(health_)
