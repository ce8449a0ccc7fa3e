"""What the search asks of purchasing."""

from __future__ import annotations

from sqlalchemy import func, select

from core.api import Ctx, SearchHit
from core.db import among
from plugins.catalog.models import Material
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.words import PURCHASE_ORDER

MATERIALS = 50
"""Materials looked for at most."""


def hits(ctx: Ctx, query: str, limit: int) -> list[SearchHit]:
    """The newest purchase orders with a line of a material whose code begins with ``query``. Two queries, both served by
    indexes."""
    text = query.strip()
    if len(text) < 2 or not ctx.can("purchasing.order.view"):
        return []
    low, line, po = text.upper(), PurchaseLine, PurchaseOrder
    materials = dict(
        ctx.session.execute(
            select(Material.id, Material.code).where(Material.code.between(low, low + "\uffff")).limit(MATERIALS)
        ).all()
    )  # fmt: skip
    if not materials:
        return []
    found = ctx.session.execute(
        select(po.id, po.number, func.min(line.material_id))
        .join(line, (line.order_id == po.id) & (line.tenant_id == po.tenant_id))
        .where(among(line.material_id, materials))
        .group_by(po.id, po.number)
        .order_by(po.id.desc())
        .limit(limit)
    )
    return [
        SearchHit(PURCHASE_ORDER, number, materials[material], f"/purchasing/order/{order_id}", order_id)
        for order_id, number, material in found
    ]
