"""The orders of which something came last: what a claim from a phone is most likely about."""

from __future__ import annotations

from sqlalchemy import func, select

from core.api import Ctx
from core.db import among
from plugins.claims.words import FACTORY_ORDER, PURCHASE_ORDER
from plugins.factory_stock.api import GoodsIn
from plugins.outsourcing.api import FactoryOrder
from plugins.purchasing.api import PurchaseLine, PurchaseOrder
from plugins.receiving.api import ReceiptLine

EACH = 4


def orders(ctx: Ctx) -> list[tuple[str, str]]:
    """(number, code of supplier or factory) of purchase orders received and factory orders that delivered last, as far as this
    person may see them. Four queries."""
    line = PurchaseLine
    bought = (
        select(line.order_id, func.max(ReceiptLine.id))
        .join(ReceiptLine, (ReceiptLine.line_id == line.id) & (ReceiptLine.tenant_id == line.tenant_id))
        .group_by(line.order_id)
        .order_by(func.max(ReceiptLine.id).desc())
    )
    made = (
        select(GoodsIn.factory_order_id, func.max(GoodsIn.id))
        .group_by(GoodsIn.factory_order_id)
        .order_by(func.max(GoodsIn.id).desc())
    )
    found: list[tuple[str, str]] = []
    for entity, model, partner, newest in (
        (PURCHASE_ORDER, PurchaseOrder, PurchaseOrder.supplier, bought),
        (FACTORY_ORDER, FactoryOrder, FactoryOrder.factory, made),
    ):
        if not ctx.can(f"{entity}.view"):
            continue
        ids = [id for id, _last in ctx.session.execute(newest.limit(EACH))]
        asked = select(model).where(among(model.id, ids))
        rows = {row.id: row for row in ctx.session.scalars(ctx.scope.narrow(ctx.registry.get(entity), asked))}
        found += [(rows[id].number, getattr(rows[id], partner.key).code) for id in ids if id in rows]
    return found
