"""Words of fields that administrators make: kinds, names of entities."""

from __future__ import annotations

from core.api import EntityName, T

FIELD = EntityName("base_fields.field")
KINDS = (
    ("text", T("Text")),
    ("long", T("Long text")),
    ("number", T("Number")),
    ("date", T("Date")),
    ("bool", T("Yes or no")),
    ("choice", T("Choice")),
    ("ref", T("Reference")),
    ("file", T("File")),
)
