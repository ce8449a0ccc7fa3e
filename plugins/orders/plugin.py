"""Wiring of the orders plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from core.api import Manifest, Registry, T, hookimpl
from plugins.orders import models  # noqa: F401  (maps the tables)

manifest = Manifest(
    name="orders",
    title=T("orders"),
    version="0.1.0",
    summary=T("orders"),
    requires=("catalog",),
)


@hookimpl
def register(registry: Registry) -> None:
    """Declare entities and actions."""
