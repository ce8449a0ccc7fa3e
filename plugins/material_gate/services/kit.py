"""Rows of the kit overview, of alerts and tasks: factory orders with how their gate stands and what is promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.api import Ctx
from plugins.material_gate import words
from plugins.material_gate.services import orders, summary
from plugins.material_gate.services.summary import Seen

MOST = 200
"""Factory orders looked at, the next to ship first."""


@dataclass(frozen=True)
class Kit:
    """One factory order, how its gate stands, and when its production is planned to start."""

    order: Any
    gate: Seen
    start: date | None


def kits(ctx: Ctx, states: Sequence[str] = ("issued", "in_production"), limit: int = MOST) -> list[Kit]:
    """Open factory orders, the earliest planned start (else ship date) first. A fixed number of queries."""
    rows = orders.in_states(ctx, states, limit)
    ids = [row.id for row in rows]
    seen = summary.of_orders(ctx, ids)
    starts: dict[int, date] = {}
    waiting = [row.id for row in rows if row.state == "issued"]
    for answer in ctx.hooks.planned_start(entity=words.ORDER, ids=waiting) if waiting else ():
        starts |= answer
    found = [Kit(row, seen[row.id], starts.get(row.id)) for row in rows]
    return sorted(found, key=lambda k: (k.start or k.order.ship_date or date.max, k.order.id))
