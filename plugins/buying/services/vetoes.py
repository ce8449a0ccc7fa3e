"""What purchase orders say against actions on the documents they buy for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.api import Block, Ctx, T
from plugins.buying.services.allocation import SUPPLY
from plugins.purchasing.api import PurchaseOrder
from plugins.stock.api import Demand, SupplyClaim


def withdrawing(ctx: Ctx, entity: str, row: Any) -> list[Block]:
    """A document that wants material goes back to draft only while no issued purchase order buys for it."""
    claim, po = SupplyClaim, PurchaseOrder
    numbers = ctx.session.scalars(
        select(po.number)
        .join(claim, (claim.supply_id == po.id) & (claim.tenant_id == po.tenant_id))
        .join(Demand, (Demand.id == claim.demand_id) & (Demand.tenant_id == claim.tenant_id))
        .where(
            claim.supply == SUPPLY,
            Demand.entity == entity,
            Demand.owner_id == row.id,
            po.state.in_(("issued", "closed")),
        )
        .distinct()
    ).all()
    if not numbers:
        return []
    return [Block(T("Material was ordered for it: {numbers}.", numbers=", ".join(sorted(numbers))), "buying")]
