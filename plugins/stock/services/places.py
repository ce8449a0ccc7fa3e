"""Places of the ledger that belong to stores and to what is kept there."""

from __future__ import annotations

from core import ledger
from core.api import EntityRef


def reserved(store_id: int, entity: str, document_id: int) -> ledger.Place:
    """The part of a store that is kept for a document."""
    return ledger.Place("reserved", store_id, EntityRef(entity, document_id))
