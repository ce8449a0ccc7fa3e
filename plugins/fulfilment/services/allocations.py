"""Pieces of customer orders and the purchase lines they are bought on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select

from core.api import Ctx
from core.db import among
from plugins.fulfilment.models import Allocation
from plugins.orders.api import OrderLine
from plugins.purchasing.api import PurchaseLine, PurchaseOrder


class Allotted(NamedTuple):
    """Pieces of a size of an order line on a purchase line. ``state`` is the purchase order's, never ``cancelled``."""

    id: int
    order_id: int
    order_line_id: int
    size_id: int
    purchase_order_id: int
    purchase_line_id: int
    vendor_id: int
    state: str
    qty: int


def allocations(ctx: Ctx, order_ids: Iterable[int]) -> list[Allotted]:
    """What of these customer orders is bought on which purchase line, the oldest first. Cancelled purchase orders are left
    out. One query, once a page."""
    ids = tuple(sorted(set(order_ids)))
    return ctx.memo.once(("fulfilment.allotted", ids), lambda: _of_orders(ctx, ids))


def _of_orders(ctx: Ctx, ids: tuple[int, ...]) -> list[Allotted]:
    a, line, bought, po = Allocation, OrderLine, PurchaseLine, PurchaseOrder
    rows = ctx.session.execute(
        select(
            a.id, line.order_id, a.order_line_id, a.size_id, po.id, a.purchase_line_id, po.supplier_id, po.state, a.qty
        )
        .join(line, (line.id == a.order_line_id) & (line.tenant_id == a.tenant_id))
        .join(bought, (bought.id == a.purchase_line_id) & (bought.tenant_id == a.tenant_id))
        .join(po, (po.id == bought.order_id) & (po.tenant_id == bought.tenant_id))
        .where(among(line.order_id, ids), po.state != "cancelled")
        .order_by(a.id)
    )  # fmt: skip
    return [Allotted(*row) for row in rows]
