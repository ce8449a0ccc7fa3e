"""What other plugins and the search ask about factory orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select

from core.api import Ctx, EntityRef, SearchHit, pick
from plugins.catalog.models import Partner, Style
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine


def hits(ctx: Ctx, query: str, limit: int) -> list[SearchHit]:
    """Factory orders with a line whose customer PO or style contains ``query``; newest first."""
    text = query.strip()
    if len(text) < 2 or not ctx.can("outsourcing.order.view"):
        return []
    found = ctx.session.execute(
        select(FactoryOrder.id, FactoryOrder.number, Partner.name, func.min(FactoryOrderLine.customer_po))
        .join(
            FactoryOrderLine,
            (FactoryOrderLine.order_id == FactoryOrder.id)
            & (FactoryOrderLine.tenant_id == FactoryOrder.tenant_id),
        )
        .join(
            Style, (Style.id == FactoryOrderLine.style_id) & (Style.tenant_id == FactoryOrderLine.tenant_id)
        )
        .join(
            Partner, (Partner.id == FactoryOrder.factory_id) & (Partner.tenant_id == FactoryOrder.tenant_id)
        )
        .where(
            or_(
                FactoryOrderLine.customer_po.icontains(text, autoescape=True),
                Style.code.icontains(text, autoescape=True),
            )
        )
        .group_by(FactoryOrder.id, FactoryOrder.number, Partner.name)
        .order_by(FactoryOrder.id.desc())
        .limit(limit)
    )
    return [
        SearchHit("outsourcing.order", number, f"{factory} {po}", f"/outsourcing/order/{order_id}")
        for order_id, number, factory, po in found
    ]


def of_customer_order(ctx: Ctx, customer_order_id: int) -> list[dict[str, Any]]:
    """Factory orders that make a customer order: number, factory, state, contract, pieces of it, ship date. One query."""
    line = FactoryOrderLine
    part = (  # summed first: names are JSON, which PostgreSQL does not group by
        select(
            line.order_id,
            line.tenant_id,
            func.sum(line.qty).label("qty"),
            func.min(line.ship_date).label("ship"),
        )
        .where(line.customer_order_id == customer_order_id, line.tenant_id == ctx.session.tenant_id)
        .group_by(line.order_id, line.tenant_id)
        .subquery()
    )
    found = ctx.session.execute(
        select(
            FactoryOrder.id, FactoryOrder.number, FactoryOrder.state, FactoryOrder.contract_status, Partner.code,
            Partner.name, Partner.names, part.c.qty, part.c.ship,
        )
        .join(part, (part.c.order_id == FactoryOrder.id) & (part.c.tenant_id == FactoryOrder.tenant_id))
        .join(Partner, (Partner.id == FactoryOrder.factory_id) & (Partner.tenant_id == FactoryOrder.tenant_id))
        .order_by(FactoryOrder.id)
    )  # fmt: skip
    return [
        {"id": oid, "number": number, "state": state, "contract": contract, "factory": code, "factory_name": pick(names, name),
         "qty": int(qty), "ship_date": ship}
        for oid, number, state, contract, code, name, names, qty, ship in found
    ]  # fmt: skip


def makers(ctx: Ctx, customer_order_ids: Sequence[int]) -> dict[int, list[EntityRef]]:
    """Factory orders, not cancelled, that make each of these customer orders. One query."""
    line = FactoryOrderLine
    found = ctx.session.execute(
        select(line.customer_order_id, line.order_id)
        .join(FactoryOrder, (FactoryOrder.id == line.order_id) & (FactoryOrder.tenant_id == line.tenant_id))
        .where(line.customer_order_id.in_(list(customer_order_ids)), FactoryOrder.state != "cancelled")
        .distinct()
        .order_by(line.customer_order_id, line.order_id)
    )
    result: dict[int, list[EntityRef]] = defaultdict(list)
    for customer_order_id, order_id in found:
        result[customer_order_id].append(EntityRef("outsourcing.order", order_id))
    return dict(result)
