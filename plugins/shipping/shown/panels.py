"""Shipments on the page of a customer order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from core.api import Ctx, Panel, T
from plugins.shipping.models import Shipment
from plugins.shipping.services import came_back, shipping_lines
from plugins.shipping.words import SHIPMENT

SHOWN = 12


def _of_line(pieces: Mapping[tuple[int, int], int], line_id: int) -> int:
    return sum(qty for (of_line, _size), qty in pieces.items() if of_line == line_id)


def of_order(ctx: Ctx, order: Any) -> list[Panel]:
    """Shipped pieces of a customer order by line, once it is no draft."""
    if order.state == "draft" or not ctx.can("shipping.shipment.view"):
        return []
    gone, back = shipping_lines.shipped(ctx, [order.id]), came_back.to_replace(ctx, [order.id])
    otherwise = shipping_lines.supplied_otherwise(ctx, [order.id])
    rows = [
        (line, _of_line(gone, line.id), _of_line(back, line.id), _of_line(otherwise, line.id))
        for line in shipping_lines.order_lines(ctx, order.id)
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
            "rows": rows, "returns": bool(back), "otherwise": any(otherwise.values()),
            "papers": papers, "entity": ctx.registry.get(SHIPMENT), "order": order,
            "may_ship": ctx.can("shipping.shipment.create") and order.state == "confirmed",
        },
        order=60,
    )]  # fmt: skip
