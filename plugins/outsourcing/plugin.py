"""Wiring of the outsourcing plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from core.api import Manifest, Registry, T, hookimpl
from plugins.outsourcing import models  # noqa: F401  (maps the tables)

manifest = Manifest(
    name="outsourcing",
    title=T("outsourcing"),
    version="0.1.0",
    summary=T("outsourcing"),
    requires=("catalog", "orders"),
)


@hookimpl
def register(registry: Registry) -> None:
    """Declare entities and actions."""
