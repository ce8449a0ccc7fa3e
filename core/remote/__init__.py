"""Documents and actions by their names, with plain JSON: what everything that is no screen does the hub's work through.

The command line stands on this, and so does every plugin that other systems talk to. Values are as the payloads of actions
take them: decimals exact texts, days ISO texts, references the code or number of the row. Rights, vetoes, versions and the
audit trail are those of the screens, because the same functions of the kernel are called.
"""

from __future__ import annotations

from core.declare.payload_schema import DRAFT, field_schema, payload_schema
from core.entities.additions import every_field
from core.entities.filtering import filter_names
from core.entities.inputs import resolve_refs
from core.entities.payload import clean_values
from core.entities.printing import print_row, printable
from core.entities.rows import find_rows
from core.entities.seen import hidden_names, seen_history
from core.remote.documents import (
    BY_ID,
    HIDDEN,
    describe_row,
    entity_of,
    is_unique,
    key_in_address,
    list_cells,
    row_of,
)
from core.remote.lists import MOST, Listed, list_rows
from core.remote.once import claim_key, keep_answer
from core.remote.performing import FORM, Performed, payload_of_verb, perform
from core.remote.values import parse_json, to_json

__all__ = [
    "BY_ID",
    "DRAFT",
    "FORM",
    "HIDDEN",
    "MOST",
    "Listed",
    "Performed",
    "claim_key",
    "clean_values",
    "describe_row",
    "entity_of",
    "every_field",
    "field_schema",
    "filter_names",
    "find_rows",
    "hidden_names",
    "is_unique",
    "keep_answer",
    "key_in_address",
    "list_cells",
    "list_rows",
    "parse_json",
    "payload_of_verb",
    "payload_schema",
    "perform",
    "print_row",
    "printable",
    "resolve_refs",
    "row_of",
    "seen_history",
    "to_json",
]
