"""What the gate adds to lists of others: a badge on factory orders, a step in the process table of customer orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from core.api import Column, Ctx, Declare, Figure, ProcessStep, T, Text
from plugins.material_gate import words
from plugins.material_gate.services import summary
from plugins.material_gate.services.gate import Gate
from plugins.material_gate.services.summary import Seen

OVERVIEW = "/material_gate/kit/"
Badge = tuple[Text, Literal["good", "info", "warn", "bad"]]


def badge(found: Gate | Seen) -> Badge | None:
    """The gate in a word with its tone; None where it has nothing to say."""
    if found.state == "none":
        return None
    n = found.holding
    if found.state == "open":
        return T("OPEN"), "good"
    if found.started:
        return T("{n} short, in production", n=n), "warn"
    if found.overridden:
        return T("OVERRIDDEN ({n} short)", n=n), "info"
    return T("HOLD ({n} short)", n=n), "bad"


def _badges(ctx: Ctx, rows: Sequence[Any]) -> Mapping[int, Badge]:
    found = summary.of_orders(ctx, [row.id for row in rows])
    return {order_id: shown for order_id, each in found.items() if (shown := badge(each)) is not None}


def steps(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, Figure]:
    """Of each customer order the worst gate of the factory orders that make it. A fixed number of queries."""
    made_by: dict[int, list[int]] = {}
    for answer in ctx.hooks.makers(order_ids=order_ids):
        for customer_order, refs in answer.items():
            made_by.setdefault(customer_order, []).extend(r.id for r in refs if r.entity == words.ORDER)
    found = summary.of_orders(ctx, {order_id for ids in made_by.values() for order_id in ids})
    figures = {}
    for customer_order, ids in made_by.items():
        worst = max((found[order_id] for order_id in ids), key=severity, default=None)
        shown = badge(worst) if worst is not None else None
        if worst is not None and shown is not None:
            figures[customer_order] = Figure(
                shown[0], "badge", f"/outsourcing/order/{worst.order_id}", shown[1]
            )
    return figures


def severity(found: Seen) -> tuple[int, int]:
    """How bad it is: held, overridden, short although started, open; then by what is missing."""
    if found.state != "hold":
        return (0 if found.state == "none" else 1, 0)
    rank = 4 if found.held else 3 if not found.started else 2
    return rank, found.holding


def register(registry: Declare) -> None:
    """Add the column and the step."""
    registry.extend_columns(
        words.ORDER, Column("gate", T("Material"), "badge", load=_badges, sort=False, right=words.VIEW)
    )
    registry.step(ProcessStep("gate", "orders.order", T("Material gate"), steps, 50, words.VIEW))
