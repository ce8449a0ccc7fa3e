"""Shipments on the page of a customer order."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.api import Ctx, Panel, T
from plugins.shipping.models import Shipment
from plugins.shipping.services import shipping_lines
from plugins.shipping.words import SHIPMENT

SHOWN = 12


def of_order(ctx: Ctx, order: Any) -> list[Panel]:
    """Shipped pieces of a customer order by line, once it is no draft."""
    if order.state == "draft" or not ctx.can("shipping.shipment.view"):
        return []
    gone = shipping_lines.shipped(ctx, [order.id])
    lines = shipping_lines.order_lines(ctx, order.id)
    rows = [
        (line, sum(qty for (line_id, _s), qty in gone.items() if line_id == line.id), line.qty)
        for line in lines
    ]
    papers = list(
        ctx.session.scalars(
            select(Shipment)
            .where(Shipment.customer_order_id == order.id)
            .order_by(Shipment.id.desc())
            .limit(SHOWN)
        )
    )
    return [Panel(
        T("Shipments"), "shipping/panel_shipments.html",
        {
            "rows": rows, "papers": papers, "entity": ctx.registry.get(SHIPMENT), "order": order,
            "may_ship": ctx.can("shipping.shipment.create") and order.state == "confirmed",
        },
        order=60,
    )]  # fmt: skip
