"""What confirmed customer orders still want of garments, for whoever plans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from core.api import Ctx, EntityName, EntityRef, hookimpl
from core.db import among
from plugins.catalog.api import AskedLine, Garment, PlanDemand, plan_priority
from plugins.orders.models import CustomerOrder, OrderLine, OrderSize, OrderStyle
from plugins.orders.services.allocation import LIVE, Cell

ENTITY = EntityName("orders.order")


def supplied(ctx: Ctx, order_ids: Iterable[int]) -> dict[Cell, int]:
    """Pieces that are with the customers and settled, by order line and size, over all plugins that ship. Once a page."""
    ids = tuple(sorted(set(order_ids)))
    return ctx.memo.once(("orders.supplied", ids), lambda: _supplied(ctx, ids)) if ids else {}


def _supplied(ctx: Ctx, ids: Sequence[int]) -> dict[Cell, int]:
    total = defaultdict[Cell, int](int)
    for answer in ctx.hooks.supplied_cells(order_ids=ids):
        for cell, pieces in (answer or {}).items():
            total[cell] += pieces
    return total


@hookimpl
def plan_demand(ctx: Ctx, until: date | None, styles: Collection[int] | None) -> list[PlanDemand]:
    """Lines of confirmed orders by size: ordered, less what was shipped. What factory orders make of it is a supply that is
    meant for the order, told by whoever has them made. Two statements and those of who ships."""
    if styles is not None and not styles:
        return []
    order, line, style, size = CustomerOrder, OrderLine, OrderStyle, OrderSize
    query = (
        select(order.id, order.number, order.customer_id, order.order_date, line.id, line.position, line.ship_date,
               line.destination_id, style.style_id, line.color_id, size.size_id, size.qty)
        .join(line, (line.order_id == order.id) & (line.tenant_id == order.tenant_id))
        .join(style, (style.id == line.order_style_id) & (style.tenant_id == line.tenant_id))
        .join(size, (size.line_id == line.id) & (size.tenant_id == line.tenant_id))
        .where(order.state == "confirmed", size.qty > 0)
        .order_by(line.ship_date, order.order_date, order.id, line.position, size.position)
    )  # fmt: skip
    if until is not None:
        query = query.where(line.ship_date <= until)
    if styles is not None:
        query = query.where(among(style.style_id, styles))
    rows = ctx.session.execute(query).all()
    gone = supplied(ctx, {row[0] for row in rows})
    found = []
    for id, number, customer, made, line_id, position, due, place, style_id, color, size_id, qty in rows:
        left = qty - gone.get((line_id, size_id), 0)
        if left > 0:
            found.append(
                PlanDemand(EntityRef(ENTITY, id), number, position + 1, Garment(style_id, color, size_id), Decimal(left), due,
                           plan_priority(due, made, id), "order", place, customer)
            )  # fmt: skip
    return found


@hookimpl
def promised_pieces(
    ctx: Ctx, since: date, until: date, styles: Collection[int] | None
) -> dict[tuple[Garment, date], int]:
    """Pieces of orders that are confirmed or done, by item and ship date."""
    order, line, style, size = CustomerOrder, OrderLine, OrderStyle, OrderSize
    query = (
        select(style.style_id, line.color_id, size.size_id, line.ship_date, func.sum(size.qty))
        .join(line, (line.order_style_id == style.id) & (line.tenant_id == style.tenant_id))
        .join(order, (order.id == line.order_id) & (order.tenant_id == line.tenant_id))
        .join(size, (size.line_id == line.id) & (size.tenant_id == line.tenant_id))
        .where(order.state.in_(("confirmed", "closed")), line.ship_date.between(since, until), size.qty > 0)
        .group_by(style.style_id, line.color_id, size.size_id, line.ship_date)
    )
    if styles is not None:
        query = query.where(among(style.style_id, styles))
    return {(Garment(s, c, z), day): int(qty) for s, c, z, day, qty in ctx.session.execute(query)}


@hookimpl
def asked_pieces(ctx: Ctx, entity: str, row: Any) -> list[AskedLine] | None:
    """Lines of an order that is a draft or confirmed, less what the customer has by now."""
    if entity != ENTITY or row.state not in LIVE:
        return None
    gone = supplied(ctx, [row.id]) if row.state == "confirmed" else {}
    asked = []
    for line in row.lines:
        style, color = line.order_style.style_id, line.color_id
        left = {
            Garment(style, color, s.size_id): s.qty - gone.get((line.id, s.size_id), 0) for s in line.sizes
        }
        if pieces := {item: qty for item, qty in left.items() if qty > 0}:
            asked.append(AskedLine(line.position + 1, line.ship_date, line.destination_id, pieces))
    return asked
