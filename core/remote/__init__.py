"""Documents and actions by their names, with plain JSON: what everything that is no screen does the hub's work through.

The command line stands on this, and so does every plugin that other systems talk to. Values are as the payloads of actions
take them: decimals exact texts, days ISO texts, references the code or number of the row. Rights, vetoes, versions and the
audit trail are those of the screens, because the same functions of the kernel are called.
"""

from __future__ import annotations

from core.remote.documents import describe_row, entity_of, list_cells, row_of
from core.remote.performing import Performed, payload_of_verb, perform
from core.remote.values import to_json

__all__ = [
    "Performed",
    "describe_row",
    "entity_of",
    "list_cells",
    "payload_of_verb",
    "perform",
    "row_of",
    "to_json",
]
