"""Factory orders as the material gate is told of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from core.api import Ctx, EntityName, EntityRef, Figure, T, Text, pick
from core.db import among
from plugins.catalog.api import Partner
from plugins.material_gate.api import GateKind, worst
from plugins.outsourcing.api import FactoryOrder

ENTITY = EntityName("outsourcing.order")
ISSUE = EntityName("factory_stock.issue")
KIND = GateKind(ENTITY, "start", ("issued",), ("in_production", "completed"), "outsourcing")


def worst_of_sales(ctx: Ctx, ids: Sequence[int]) -> Mapping[int, Figure]:
    """The worst gate of the factory orders that make each customer order."""
    made: dict[int, list[EntityRef]] = {}
    for answer in ctx.hooks.makers(order_ids=ids):
        for sale, refs in (answer or {}).items():
            made.setdefault(sale, []).extend(ref for ref in refs if ref.entity == ENTITY)
    return worst(ctx, made)


def four_eyes(ctx: Ctx, order_id: int) -> Text | None:
    """Under the tenant's four-eyes rule whoever made the factory order does not override its gate."""
    if not ctx.setting("outsourcing.four_eyes", False) or ctx.user is None:
        return None
    order = FactoryOrder
    made_by, number = ctx.session.execute(
        select(order.created_by_id, order.number).where(order.id == order_id)
    ).one()
    if made_by != ctx.user.id:
        return None
    return T("The four-eyes rule is on: you made {number}, so somebody else must do this.", number=number)


def factories(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, str]:
    """Code and name of the factory of each factory order. One query."""
    order, partner = FactoryOrder, Partner
    rows = ctx.session.execute(
        select(order.id, partner.code, partner.name, partner.names)
        .join(partner, (partner.id == order.factory_id) & (partner.tenant_id == order.tenant_id))
        .where(among(order.id, order_ids))
    )
    return {id: f"{code} {pick(names, name)}" for id, code, name, names in rows}
