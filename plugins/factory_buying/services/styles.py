"""Styles that factory orders make."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from core.api import Ctx
from core.db import among
from plugins.factory_buying.services.milestones import ENTITY
from plugins.outsourcing.api import FactoryOrderLine
from plugins.stock.api import demands


def of_demands(ctx: Ctx, demand_ids: Sequence[int]) -> list[int]:
    """Ids of the styles on the factory orders behind these demands. Two queries."""
    orders = {o.ref.id for o in demands.owners(ctx, demand_ids).values() if o.ref.entity == ENTITY}
    line = FactoryOrderLine
    return list(ctx.session.scalars(select(line.style_id).where(among(line.order_id, orders)).distinct()))
