"""What the search asks of purchasing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from core.api import Ctx, SearchHit
from core.db import among
from plugins.catalog.api import Material, Style
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.words import PURCHASE_ORDER

ARTICLES = 50
"""Materials, and styles, looked for at most."""


def hits(ctx: Ctx, query: str, limit: int) -> list[SearchHit]:
    """The newest purchase orders with a line of a material or style whose code begins with ``query``. Four queries, all served
    by indexes."""
    text = query.strip()
    if len(text) < 2 or not ctx.can("purchasing.order.view"):
        return []
    low = text.upper()
    found = _lines_with(ctx, Material, PurchaseLine.material_id, low, limit)
    return (found + _lines_with(ctx, Style, PurchaseLine.style_id, low, limit))[:limit]


def _lines_with(
    ctx: Ctx, model: type[Material] | type[Style], column: Any, low: str, limit: int
) -> list[SearchHit]:
    line, po = PurchaseLine, PurchaseOrder
    wanted = select(model.id, model.code).where(model.code.between(low, low + "\uffff")).limit(ARTICLES)
    codes: dict[int, str] = dict(ctx.session.execute(wanted).all())
    if not codes:
        return []
    found = ctx.session.execute(
        select(po.id, po.number, func.min(column))
        .join(line, (line.order_id == po.id) & (line.tenant_id == po.tenant_id))
        .where(among(column, codes))
        .group_by(po.id, po.number)
        .order_by(po.id.desc())
        .limit(limit)
    )
    return [
        SearchHit(PURCHASE_ORDER, number, codes[article], f"/purchasing/order/{order_id}", order_id)
        for order_id, number, article in found
    ]
