"""What is on order for demands: the answers to the hooks of stock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from core import ledger
from core.api import Ctx, EntityRef, hookimpl
from core.db import among
from plugins.buying.services import allocation
from plugins.buying.services.allocation import SUPPLY
from plugins.catalog.api import Key
from plugins.purchasing.api import NOTHING, PurchaseLine, PurchaseOrder, dates, positions
from plugins.stock.api import Expected, claims


@hookimpl(specname="expected_supply")
def expected(
    ctx: Ctx, material_ids: Sequence[int] | None, demand_ids: Sequence[int] | None = None
) -> list[Expected]:
    """Open balances of issued orders in stock units, line by line: all, or those for demands. A fixed number of queries."""
    line, po = PurchaseLine, PurchaseOrder
    statement = (
        select(line, po)
        .join(po, (po.id == line.order_id) & (po.tenant_id == line.tenant_id))
        .where(po.state == "issued", line.short_closed.is_(False), line.material_id.is_not(None))
        .order_by(line.id)
    )
    if material_ids is not None:
        statement = statement.where(among(line.material_id, material_ids))
    if demand_ids is not None:
        statement = statement.where(line.id.in_(claims.lines_of(SUPPLY, demand_ids)))
    rows = ctx.session.execute(statement).all()
    came = positions.of_lines(ctx, [found.id for found, _order in rows])
    claimed = claims.of_lines(ctx, SUPPLY, [found.id for found, _order in rows])
    result = []
    for found, order in rows:
        left = positions.balance(found, came.get(found.id, NOTHING))
        if left:
            item = ledger.Item("material", found.material_id or 0, found.color_id or 0, found.size_id or 0,
                               found.destination_id or 0)  # fmt: skip
            meant = tuple(claim.demand_id for claim in claimed.get(found.id, ()) if claim.lacks)
            result.append(
                Expected(item, left * found.factor, dates.eta(found, order), EntityRef(SUPPLY, order.id), order.number,
                         meant)
            )  # fmt: skip
    return result


@hookimpl(specname="ordered_supply")
def ordered(ctx: Ctx, demand_ids: Sequence[int]) -> dict[tuple[int, Key], Decimal]:
    """Stock units on issued orders for demands, by group."""
    total: dict[tuple[int, Key], Decimal] = defaultdict(Decimal)
    for share in allocation.shares(ctx, demand_ids):
        if share.ordered:
            total[share.demand_id, share.key] += share.ordered
    return dict(total)
