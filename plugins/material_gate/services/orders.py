"""Factory orders as the gate needs them: through the registry, by name, without their plugin's code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from core.api import Ctx, among
from plugins.material_gate.words import ORDER


def model(ctx: Ctx) -> Any:
    """The model of factory orders."""
    return ctx.registry.get(ORDER).model


def states(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, str]:
    """The state of each factory order. One query."""
    row = model(ctx)
    found = ctx.session.execute(select(row.id, row.state).where(among(row.id, order_ids)))
    return dict(found.all())


def in_states(ctx: Ctx, wanted: Sequence[str], limit: int) -> list[Any]:
    """Factory orders in these states, the next to ship first; at most ``limit``, with no more than number, state, ship date
    and factory. One query."""
    row = model(ctx)
    return list(
        ctx.session.execute(
            select(row.id, row.number, row.state, row.ship_date, row.factory_id)
            .where(row.state.in_(wanted))
            .order_by(row.ship_date, row.id)
            .limit(limit)
        )
    )
