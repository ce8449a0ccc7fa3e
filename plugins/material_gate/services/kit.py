"""Rows of the kit overview, of alerts and tasks: factory orders with their gate and what is promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.api import Ctx
from plugins.material_gate.services import orders, promised
from plugins.material_gate.services.gate import Gate, gate_check

MOST = 200
"""Factory orders looked at, the next to ship first."""


@dataclass(frozen=True)
class Kit:
    """One factory order: its gate, the next promised day, and the day on which all that holds is promised to be there.

    ``unpromised`` counts groups that hold and that nothing is on order for, or only without a day.
    """

    order: Any
    gate: Gate
    next: date | None
    opens: date | None
    unpromised: int
    start: date | None


def kits(
    ctx: Ctx, states: Sequence[str] = ("issued", "in_production"), limit: int = MOST, *, promises: bool = True
) -> list[Kit]:
    """Open factory orders, the earliest planned start (else ship date) first. A fixed number of queries.

    Without ``promises`` nothing is said of what is on order.
    """
    rows = orders.in_states(ctx, states, limit)
    ids = [row.id for row in rows]
    gates = gate_check(ctx, ids)
    coming = promised.of_gates(ctx, gates.values()) if promises else {}
    starts: dict[int, date] = {}
    for answer in ctx.hooks.planned_start(order_ids=ids):
        starts |= answer
    found = []
    for row in rows:
        gate = gates[row.id]
        days = [coming.get((row.id, g.key)) for g in gate.short]
        firsts = [p.first for p in days if p is not None and p.first is not None]
        lasts = [p.last for p in days if p is not None and p.last is not None]
        found.append(
            Kit(row, gate, min(firsts, default=None), max(lasts, default=None), len(days) - len(lasts), starts.get(row.id))
        )  # fmt: skip
    return sorted(found, key=lambda k: (k.start or k.order.ship_date or date.max, k.order.id))
