"""Which override holds for a demand: one good for a start that is still to come, or the one it started with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select

from core.api import Ctx
from core.db import among
from core.values import ZERO
from plugins.catalog.api import Key
from plugins.material_gate import words
from plugins.material_gate.models import Override


def of_demands(ctx: Ctx, demand_ids: Sequence[int]) -> dict[int, list[Override]]:
    """Overrides of these demands that were given and are not void, the newest first. One query."""
    found: dict[int, list[Override]] = defaultdict(list)
    for row in ctx.session.scalars(
        select(Override)
        .where(among(Override.demand_id, demand_ids), Override.state.not_in(("void", "asked")))
        .order_by(Override.id.desc())
    ):
        found[row.demand_id].append(row)
    return found


def valid(
    ctx: Ctx, rows: Sequence[Override], required: Mapping[Key, Decimal], *, started: bool
) -> Override | None:
    """Before the start: an unused one that the need has not outgrown. Afterwards: the one that was used last."""
    if started:
        return next((row for row in rows if row.state == "used"), None)
    return next((row for row in rows if row.state == "open" and not outgrown(ctx, row, required)), None)


def outgrown(ctx: Ctx, row: Override, required: Mapping[Key, Decimal]) -> bool:
    """Has the need of a group grown by more than the setting allows since the override was given?"""
    before, most = {Key(*g.key): g.required for g in row.groups}, 1 + words.growth(ctx) / 100
    return any(qty > before.get(key, ZERO) * most for key, qty in required.items())


def held_by(row: Override) -> frozenset[Key]:
    """The groups that were short when it was given."""
    return frozenset(Key(*kept.key) for kept in row.groups if kept.holds)
