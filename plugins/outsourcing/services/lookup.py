"""What other plugins and the search ask about factory orders."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select, union_all

from core.api import Ctx, SearchHit, hookimpl, pick
from core.db import among
from plugins.catalog.api import Partner, Style
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine
from plugins.outsourcing.words import FACTORY_ORDER

STYLES, LINES = 50, 20
"""Styles looked for at most, and lines read for each hit wanted."""


@hookimpl(specname="search")
def hits(ctx: Ctx, query: str, limit: int) -> list[SearchHit]:
    """The newest factory orders with a line whose customer PO or style begins with ``query``. Three queries at most, served
    by indexes."""
    text = query.strip()
    if len(text) < 2 or not ctx.can("outsourcing.order.view"):
        return []
    ends = [(low, low + "\uffff") for low in dict.fromkeys((text.upper(), text))]
    styles = dict(
        ctx.session.execute(
            select(Style.id, Style.code).where(or_(*(Style.code.between(*end) for end in ends))).limit(STYLES)
        ).all()
    )
    line = FactoryOrderLine
    fits = [line.customer_po.between(*end) for end in ends]
    # each by itself, so that each is served by its own index
    parts = [
        select(line.order_id.label("order_id"), line.customer_po.label("po"), line.style_id.label("style_id"))
        .where(line.tenant_id == ctx.session.tenant_id, fit)
        .order_by(line.id.desc())
        .limit(limit * LINES)
        .subquery()
        for fit in ([*fits, among(line.style_id, styles)] if styles else fits)
    ]
    found = ctx.session.execute(union_all(*(select(part) for part in parts))).all()
    told: dict[int, str] = {}
    for order_id, po, style_id in found:
        told.setdefault(order_id, " · ".join(word for word in (po, styles.get(style_id, "")) if word))
    if not told:
        return []
    newest = sorted(told, reverse=True)[:limit]
    numbers = dict(
        ctx.session.execute(
            select(FactoryOrder.id, FactoryOrder.number).where(among(FactoryOrder.id, newest))
        ).all()
    )
    return [
        SearchHit(
            FACTORY_ORDER, numbers[order_id], told[order_id], f"/outsourcing/order/{order_id}", order_id
        )
        for order_id in newest
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
