"""Factory orders as the gate needs them: through the registry, by name, without their plugin's code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from core.api import Ctx
from core.db import among
from plugins.material_gate.words import ORDER
from plugins.stock.services import demands


def model(ctx: Ctx) -> Any:
    """The model of factory orders."""
    return ctx.registry.get(ORDER).model


def states(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, str]:
    """The state of each factory order. One query."""
    row = model(ctx)
    found = ctx.session.execute(select(row.id, row.state).where(among(row.id, order_ids)))
    return dict(found.all())


def of_demands(ctx: Ctx, order_ids: Iterable[int]) -> dict[int, int]:
    """Factory order ids by the ids of their demands. One query, once a page."""
    return {demand: order for order, demand in demands.ids_of(ctx, ORDER, order_ids).items()}


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
