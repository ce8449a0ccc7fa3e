"""Wiring of acme_relaxation: manifest and hook implementations, nothing else."""

from __future__ import annotations

from acme_relaxation import entities
from core.api import Declare, Manifest, T, hookimpl

manifest = Manifest(
    name="acme_relaxation",
    title=T("Fabric relaxation"),
    version="1.0.0",
    summary=T("Fabric rests before it is cut, and what it shrinks by is on the books."),
    category="custom",
    default_on=False,
    requires=("catalog", "stock"),
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare what there is."""
    entities.register(registry)
