"""What other plugins and the search ask of purchasing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from core.api import Block, Ctx, EntityRef, Panel, SearchHit, T, among, ledger
from plugins.catalog.models import Material
from plugins.catalog.services import Key
from plugins.purchasing.models import Allocation, PurchaseLine, PurchaseOrder
from plugins.purchasing.services import allocation, dates, demanded, needs, positions
from plugins.purchasing.services.positions import NOTHING
from plugins.stock.hookspecs import Expected
from plugins.stock.services import demands

MATERIALS = 50
"""Materials looked for at most."""


def expected(
    ctx: Ctx, material_ids: Sequence[int] | None, demand_ids: Sequence[int] | None = None
) -> list[Expected]:
    """Open balances of issued orders in stock units, line by line: all, or those for demands. Six queries."""
    line, po = PurchaseLine, PurchaseOrder
    statement = (
        select(line, po)
        .join(po, (po.id == line.order_id) & (po.tenant_id == line.tenant_id))
        .where(po.state == "issued", line.short_closed.is_(False))
        .order_by(line.id)
    )
    if material_ids is not None:
        statement = statement.where(among(line.material_id, material_ids))
    if demand_ids is not None:
        order_ids = demanded.orders(ctx, demand_ids)
        meant_for = select(Allocation.line_id).where(
            Allocation.tenant_id == ctx.session.tenant_id, among(Allocation.factory_order_id, order_ids)
        )
        statement = statement.where(line.id.in_(meant_for))
    rows = ctx.session.execute(statement).all()
    came = positions.of_lines(ctx, [found.id for found, _order in rows])
    meant = allocation.orders_of(ctx, [found.id for found, _order in rows])
    ids = demands.ids_of(ctx, demanded.ORDER, {order for orders in meant.values() for order in orders})
    result = []
    for found, order in rows:
        left = positions.balance(found, came.get(found.id, NOTHING))
        if left:
            item = ledger.Item("material", found.material_id, found.color_id or 0, found.size_id or 0,
                               found.destination_id or 0)  # fmt: skip
            result.append(
                Expected(item, left * found.factor, dates.eta(found, order), EntityRef("purchasing.order", order.id),
                         order.number, tuple(ids[o] for o in meant.get(found.id, ()) if o in ids))
            )  # fmt: skip
    return result


def ordered(ctx: Ctx, demand_ids: Sequence[int]) -> dict[tuple[int, Key], Decimal]:
    """Stock units on issued orders for demands, by group."""
    ids = demanded.orders(ctx, demand_ids)
    total: dict[tuple[int, Key], Decimal] = defaultdict(Decimal)
    for share in allocation.shares(ctx, ids):
        if share.ordered:
            total[ids[share.order_id], share.key] += share.ordered
    return dict(total)


def veto(ctx: Ctx, order: Any, action: str) -> list[Block]:
    """A factory order goes back to draft only while no issued purchase order buys for it."""
    if action != "withdraw":
        return []
    numbers = ctx.session.scalars(
        select(PurchaseOrder.number)
        .join(
            PurchaseLine,
            (PurchaseLine.order_id == PurchaseOrder.id) & (PurchaseLine.tenant_id == PurchaseOrder.tenant_id),
        )
        .join(
            Allocation,
            (Allocation.line_id == PurchaseLine.id) & (Allocation.tenant_id == PurchaseLine.tenant_id),
        )
        .where(Allocation.factory_order_id == order.id, PurchaseOrder.state.in_(("issued", "closed")))
        .distinct()
    ).all()
    if not numbers:
        return []
    return [
        Block(T("Material was ordered for it: {numbers}.", numbers=", ".join(sorted(numbers))), "purchasing")
    ]


def hits(ctx: Ctx, query: str, limit: int) -> list[SearchHit]:
    """The newest purchase orders with a line of a material whose code begins with ``query``. Two queries, both served by
    indexes."""
    text = query.strip()
    if len(text) < 2 or not ctx.can("purchasing.order.view"):
        return []
    low, line, po = text.upper(), PurchaseLine, PurchaseOrder
    materials = dict(
        ctx.session.execute(
            select(Material.id, Material.code).where(Material.code.between(low, low + "\uffff")).limit(MATERIALS)
        ).all()
    )  # fmt: skip
    if not materials:
        return []
    found = ctx.session.execute(
        select(po.id, po.number, func.min(line.material_id))
        .join(line, (line.order_id == po.id) & (line.tenant_id == po.tenant_id))
        .where(among(line.material_id, materials))
        .group_by(po.id, po.number)
        .order_by(po.id.desc())
        .limit(limit)
    )
    return [
        SearchHit("purchasing.order", number, materials[material], f"/purchasing/order/{order_id}", order_id)
        for order_id, number, material in found
    ]


def need_panel(ctx: Ctx, row: Any) -> list[Panel]:
    """On a factory order: its need, and what is ordered and there."""
    if not ctx.can("purchasing.order.view"):
        return []
    rows = needs.panel(ctx, [row.id])
    if not rows:
        return []
    short = sum(1 for r in rows if r.short)
    values = {"rows": rows, "short": short, "order": row, "by_order": False}
    return [Panel(T("Material"), "purchasing/need_panel.html", values, order=40)]
