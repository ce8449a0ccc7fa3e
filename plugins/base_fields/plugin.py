"""Wiring of fields that administrators make: manifest and hook implementations, nothing else."""

from __future__ import annotations

from core.api import Declare, Manifest, T, hookimpl
from plugins.base_fields import entities
from plugins.base_fields.services.checks import before_save as before_save
from plugins.base_fields.services.files import attachments_shown_elsewhere as attachments_shown_elsewhere
from plugins.base_fields.services.files import attachments_unseen as attachments_unseen
from plugins.base_fields.services.papers import document_blocks as document_blocks
from plugins.base_fields.services.papers import label_lines as label_lines
from plugins.base_fields.shown import search as search

manifest = Manifest(
    name="base_fields",
    title=T("Custom fields"),
    version="0.1.0",
    summary=T("Fields that administrators add to documents and master data, without code."),
    category="platform",
    base=True,
    requires=("base_files",),
    extends=("base_company", "labels"),
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare the field, and that every kind of document may have some."""
    entities.declare(registry)
