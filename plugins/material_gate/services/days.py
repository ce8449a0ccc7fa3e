"""Since when the material of factory orders is complete: the events main material, sewing trims, packing material."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from core.api import Ctx, Declare, Event, T
from plugins.material_gate import words
from plugins.material_gate.services import arrivals, gate, orders
from plugins.material_gate.services.gate import Wanted

MAIN, TRIM, PACKING = (f"material_gate.{what}_complete" for what in ("main", "trim", "packing"))


def register(registry: Declare) -> None:
    """Declare the events."""
    for code, label in (
        (MAIN, T("Main material complete")),
        (TRIM, T("Sewing trims complete")),
        (PACKING, T("Packing material complete")),
    ):
        registry.event(Event(code, label, words.ORDER))


def kind(wanted: Wanted) -> str:
    """The event a group counts for."""
    if wanted.main:
        return MAIN
    return PACKING if wanted.stage == "packing" else TRIM


def of_orders(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, dict[str, date]]:
    """Factory order → event → the day since which every group of that kind is complete; what is not complete now, or is not
    needed at all, is left out. A fixed number of queries."""
    states = orders.states(ctx, order_ids)
    live = [order_id for order_id in states if states[order_id] in (*words.LIVE, "closed")]
    if not live:
        return {}
    changes = arrivals.changes(ctx, live)
    found: dict[int, dict[str, date]] = {}
    for order_id, wanted in gate.needs(ctx, live).items():
        days: dict[str, list[date | None]] = defaultdict(list)
        done = states[order_id] in ("completed", "closed")
        for w in wanted:
            if w.enough > 0:
                days[kind(w)].append(
                    arrivals.complete_on(changes.get((order_id, w.key), ()), w.enough, done=done)
                )
        found[order_id] = {code: max(d for d in all_ if d) for code, all_ in days.items() if None not in all_}
    return found
