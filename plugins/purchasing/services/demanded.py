"""Factory orders and their demands: what stock says of demands, told by factory orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from core.api import Ctx
from plugins.catalog.services import Key
from plugins.stock.services import demands, set_aside

ORDER = "outsourcing.order"


def orders(ctx: Ctx, demand_ids: Iterable[int]) -> dict[int, int]:
    """Demand ids by the factory orders they belong to; other documents are bought for by nobody yet."""
    return {o.ref.id: o.id for o in demands.owners(ctx, demand_ids).values() if o.ref.entity == ORDER}


def reserved(ctx: Ctx, order_ids: Iterable[int]) -> dict[tuple[int, Key], Decimal]:
    """Stock units set aside for factory orders by (factory order, group)."""
    ids = {demand: order for order, demand in demands.ids_of(ctx, ORDER, order_ids).items()}
    return {(ids[demand], key): qty for (demand, key), qty in set_aside.reserved(ctx, ids).items()}


def issued(ctx: Ctx, order_ids: Iterable[int]) -> dict[tuple[int, Key], Decimal]:
    """Stock units issued for factory orders, less what came back, by (factory order, group)."""
    ids = {demand: order for order, demand in demands.ids_of(ctx, ORDER, order_ids).items()}
    gone: dict[tuple[int, Key], Decimal] = defaultdict(Decimal)
    for answer in ctx.hooks.issued_supply(demand_ids=sorted(ids)) if ids else ():
        for (demand, key), qty in answer.items():
            gone[ids[demand], key] += qty
    return gone
