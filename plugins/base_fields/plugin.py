"""Wiring of fields that administrators make: manifest and hook implementations, nothing else."""

from __future__ import annotations

from core.api import Declare, Manifest, T, hookimpl
from plugins.base_fields import entities
from plugins.base_fields.services.checks import before_save as before_save
from plugins.base_fields.services.papers import document_blocks as document_blocks
from plugins.base_fields.shown import search as search

manifest = Manifest(
    name="base_fields",
    title=T("Custom fields"),
    version="0.1.0",
    summary=T("Fields that administrators add to documents and master data, without code."),
    category="platform",
    base=True,
    extends=("base_company",),
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare the field, and that every kind of document may have some."""
    entities.declare(registry)
