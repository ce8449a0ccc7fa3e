"""Wiring of the catalog plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from core.api import Manifest, Registry, T, hookimpl
from plugins.catalog import models  # noqa: F401  (maps the tables)

manifest = Manifest(
    name="catalog",
    title=T("catalog"),
    version="0.1.0",
    summary=T("catalog"),
    requires=(),
)


@hookimpl
def register(registry: Registry) -> None:
    """Declare entities and actions."""
