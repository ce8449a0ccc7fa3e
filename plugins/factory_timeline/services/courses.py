"""What timelines of factory orders are counted from, and whose events count for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from core.api import Ctx, EntityName, EntityRef
from core.db import among
from plugins.outsourcing.api import FactoryOrder, FactoryOrderLine, amounts
from plugins.tna.api import Course, TimelineKind

ENTITY = EntityName("outsourcing.order")
SALE, STYLE = EntityName("orders.order"), EntityName("catalog.style")
KIND = TimelineKind(ENTITY, "issue", ("draft", "issued", "in_production"), "outsourcing.started")


def of_orders(ctx: Ctx, order_ids: Iterable[int]) -> dict[int, Course]:
    """The earliest ship date over the live lines of each of these factory orders, its factory and day of issue. One query."""
    order, line = FactoryOrder, FactoryOrderLine
    found = ctx.session.execute(
        select(order.id, order.number, order.factory_id, order.issue_date, func.min(line.ship_date))
        .outerjoin(
            line, (line.order_id == order.id) & (line.tenant_id == order.tenant_id) & amounts.live_line()
        )
        .where(among(order.id, order_ids))
        .group_by(order.id, order.number, order.factory_id, order.issue_date)
    )
    return {id: Course(number, due, factory, begun) for id, number, factory, begun, due in found}


def parts(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[int, Sequence[EntityRef]]:
    """Customer orders and styles that these factory orders make. One query."""
    line = FactoryOrderLine
    found: dict[int, set[EntityRef]] = defaultdict(set)
    for order_id, sale, style in ctx.session.execute(
        select(line.order_id, line.customer_order_id, line.style_id)
        .where(among(line.order_id, order_ids), line.flag != "cancelled")
        .distinct()
    ):
        found[order_id] |= {EntityRef(SALE, sale), EntityRef(STYLE, style)}
    return {order_id: list(refs) for order_id, refs in found.items()}


def owners(ctx: Ctx, entity: str, ids: Collection[int]) -> list[EntityRef]:
    """Factory orders that these customer orders or styles are on."""
    line = FactoryOrderLine
    columns: dict[str, Any] = {SALE: line.customer_order_id, STYLE: line.style_id}
    column = columns.get(entity)
    if column is None or not ids:
        return []
    found = ctx.session.scalars(select(line.order_id).where(among(column, ids)).distinct())
    return [EntityRef(ENTITY, order_id) for order_id in sorted(found)]
