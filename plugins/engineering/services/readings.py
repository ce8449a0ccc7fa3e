"""The queries of BOMs for programs."""

from __future__ import annotations

from core.api import Ctx
from plugins.engineering.services.asked import QUERIES, VIEW
from plugins.rest.api import Reading


def readings(ctx: Ctx) -> list[Reading]:
    """Those that this person may ask."""
    return [
        Reading(f"engineering.{query.name}", query.label, VIEW, query.run, query.fields)
        for query in QUERIES
        if query.there(ctx)
    ]
