"""Rows of the kit overview, of alerts and tasks: documents with how their gate stands and what is promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.api import Ctx
from plugins.material_gate.services import gated_documents, summary
from plugins.material_gate.services.gated_documents import Document
from plugins.material_gate.services.summary import Seen

MOST = 200
"""Documents looked at, the next due first."""


@dataclass(frozen=True)
class Kit:
    """One document, how its gate stands, and when its work is planned to start."""

    document: Document
    gate: Seen
    start: date | None


def kits(ctx: Ctx, limit: int = MOST) -> list[Kit]:
    """Documents whose work waits, or has just started, the earliest planned start (else due day) first. A fixed number of
    queries."""
    wanted = {kind.entity: (*kind.waits, *kind.started[:1]) for kind in gated_documents.kinds(ctx).values()}
    rows = gated_documents.next_due(ctx, wanted, limit)
    seen = summary.of_demands(ctx, [row.demand_id for row in rows])
    starts = _starts(ctx, (row for row in rows if row.phase == "waits"))
    found = [Kit(row, seen[row.demand_id], starts.get(row.demand_id)) for row in rows]
    return sorted(found, key=lambda k: (k.start or k.document.due or date.max, k.document.demand_id))


def _starts(ctx: Ctx, rows: Iterable[Document]) -> dict[int, date]:
    by_entity: dict[str, dict[int, int]] = defaultdict(dict)
    for row in rows:
        by_entity[row.ref.entity][row.ref.id] = row.demand_id
    found: dict[int, date] = {}
    for entity, ids in by_entity.items():
        for answer in ctx.hooks.planned_start(entity=entity, ids=list(ids)):
            found |= {ids[id]: day for id, day in (answer or {}).items()}
    return found
