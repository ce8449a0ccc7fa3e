"""Garments that factory orders are still to bring, for whoever plans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from core.api import Ctx, EntityName, EntityRef, hookimpl
from core.db import among
from plugins.catalog.api import ON_HAND, Garment, PlanSupply
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine, FactoryOrderSize
from plugins.outsourcing.services import rows

ENTITY, CUSTOMER_ORDER = EntityName("outsourcing.order"), EntityName("orders.order")
OPEN = ("draft", "issued", "in_production")
"""States in which pieces are still to come."""


@hookimpl
def plan_supply(ctx: Ctx, until: date | None, styles: Collection[int] | None) -> list[PlanSupply]:
    """Pieces of open factory orders that did not come in yet, without those that will not be made any more. They are meant for
    the customer order of their line, unless that was cancelled. One statement and those of who takes goods in."""
    if until == ON_HAND or (styles is not None and not styles):
        return []
    order, line, size = FactoryOrder, FactoryOrderLine, FactoryOrderSize
    due = func.coalesce(line.ship_date, order.ship_date)
    query = (
        select(order.id, order.number, order.state, line.id, line.position, line.flag, line.customer_order_id, due,
               line.style_id, size.color_id, size.size_id, size.qty - size.released,
               order.factory_id)
        .join(line, (line.order_id == order.id) & (line.tenant_id == order.tenant_id))
        .join(size, (size.line_id == line.id) & (size.tenant_id == line.tenant_id))
        .where(order.state.in_(OPEN))
        .order_by(due, order.id, line.position, size.id)
    )  # fmt: skip
    if until is not None:
        query = query.where((due <= until) | due.is_(None))
    if styles is not None:
        query = query.where(among(line.style_id, styles))
    found = ctx.session.execute(query).all()
    came = defaultdict(int, rows.accepted(ctx, {row[0] for row in found}) or {}) if found else {}
    result = []
    for (
        id,
        number,
        state,
        line_id,
        position,
        flag,
        wanted_by,
        day,
        style,
        color,
        size_id,
        pieces,
        factory,
    ) in found:
        there = min(pieces, came.get((line_id, color, size_id), 0))
        if there > 0:
            came[line_id, color, size_id] -= there
        if pieces > there:
            result.append(
                PlanSupply(EntityRef(ENTITY, id), number, position, Garment(style, color, size_id), Decimal(pieces - there),
                           day, firm=state != "draft", meant=None if flag else EntityRef(CUSTOMER_ORDER, wanted_by),
                           partner=factory)
            )  # fmt: skip
    return result
