"""Everything that is open: orders that wait for goods, and what was bought for stock."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from core.api import Ctx, pick
from core.db import among
from plugins.catalog.api import Color, Destination, Style
from plugins.fulfilment.models import Allocation
from plugins.fulfilment.services import sums
from plugins.fulfilment.services.explaining import Cell
from plugins.fulfilment.services.rows import Row, buy, purchases
from plugins.orders.api import CustomerOrder, OrderLine
from plugins.purchasing.api import GOODS, PurchaseLine, PurchaseOrder


def open_orders(ctx: Ctx, customer_id: int | None, limit: int) -> list[int]:
    """Confirmed customer orders, of one customer or all, for which issued purchase orders are out, the oldest first."""
    head, line, a, bought, po = CustomerOrder, OrderLine, Allocation, PurchaseLine, PurchaseOrder
    found = (
        select(head.id)
        .join(line, (line.order_id == head.id) & (line.tenant_id == head.tenant_id))
        .join(a, (a.order_line_id == line.id) & (a.tenant_id == line.tenant_id))
        .join(bought, (bought.id == a.purchase_line_id) & (bought.tenant_id == a.tenant_id))
        .join(po, (po.id == bought.order_id) & (po.tenant_id == bought.tenant_id))
        .where(head.state == "confirmed", po.state == "issued")
        .group_by(head.id)
        .order_by(head.id)
        .limit(limit)
    )
    if customer_id is not None:
        found = found.where(head.customer_id == customer_id)
    return list(ctx.session.scalars(found))


def bought_for_stock(ctx: Ctx) -> list[Row]:
    """Rows of issued purchase orders of finished goods, as far as they are for no customer order. Four queries."""
    line, po, a = PurchaseLine, PurchaseOrder, Allocation
    lines = ctx.session.execute(
        select(
            line.id, line.order_id, line.qty, line.size_id, Style.id, Style.code, Style.name, Style.names, Color.id, Color.code,
            Color.name, Color.names, Destination.id, Destination.code,
        )
        .join(po, (po.id == line.order_id) & (po.tenant_id == line.tenant_id))
        .join(Style, (Style.id == line.style_id) & (Style.tenant_id == line.tenant_id))
        .join(Color, (Color.id == line.color_id) & (Color.tenant_id == line.tenant_id))
        .outerjoin(Destination, (Destination.id == line.destination_id) & (Destination.tenant_id == line.tenant_id))
        .where(po.material_class == GOODS, po.state == "issued", line.short_closed.is_(False), line.size_id.is_not(None))
        .order_by(line.order_id, line.position)
    ).all()  # fmt: skip
    taken: Mapping[int, int] = {
        line_id: int(qty)
        for line_id, qty in ctx.session.execute(
            select(a.purchase_line_id, func.sum(a.qty))
            .where(among(a.purchase_line_id, [r[0] for r in lines]))
            .group_by(a.purchase_line_id)
        )
    }
    pos = purchases(ctx, {r[1] for r in lines})
    got = sums.came_for_stock(ctx, pos)
    found: dict[tuple[int, int, int, int], Row] = {}
    for (
        line_id,
        po_id,
        qty,
        size_id,
        style_id,
        style,
        name,
        names,
        color_id,
        color,
        cname,
        cnames,
        place_id,
        place,
    ) in lines:
        assert size_id is not None  # asked for
        key = (po_id, style_id, color_id, place_id or 0)
        came = got.get((*key, size_id))
        ordered = int(qty) - taken.get(line_id, 0)
        if ordered <= 0 and came is None:
            continue
        if key not in found:
            found[key] = row = Row(
                style_id=style_id, style=style, style_name=pick(names, name), color_id=color_id, color=color,
                color_name=pick(cnames, cname), destination_id=place_id or 0, destination=place or "",
            )  # fmt: skip
            buy(row, po_id, pos[po_id])
        at = found[key].cells.setdefault(size_id, Cell())
        at.ordered, at.purchase_line_id = at.ordered + max(0, ordered), at.purchase_line_id or line_id
        if came is not None:
            at.received, at.damaged, at.goods = came.received, came.damaged, came.received - came.damaged
            at.final = came.final
        at.most = at.ordered  # what the purchase order allows decides
    return list(found.values())
