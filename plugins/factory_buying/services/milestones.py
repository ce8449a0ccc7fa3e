"""Events of buying in the life of factory orders, and whom a moved ship date concerns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from core.api import Ctx, EntityName, EntityRef, Event, T
from core.db import among
from plugins.buying.services.allocation import SUPPLY
from plugins.purchasing.models import PurchaseOrder
from plugins.stock.models import Demand, SupplyClaim
from plugins.stock.services import claims, demands

ENTITY = EntityName("outsourcing.order")
ISSUED = {"main": "factory_buying.main_issued", "trim": "factory_buying.trim_issued"}
EVENTS = (
    Event(ISSUED["main"], T("Main material ordered"), ENTITY),
    Event(ISSUED["trim"], T("Trims ordered"), ENTITY),
)
SHIPPING = ("add_work", "remove_line", "revise", "decide_line")
"""Actions on factory orders that may move their ship date."""


def of(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, dict[str, date]]:
    """The day each class of material was wholly ordered for these factory orders: the last issue day of their purchase
    orders, as long as no draft has a line for them. Cancelled ones do not count. One query."""
    po, claim = PurchaseOrder, SupplyClaim
    bought = (
        select(Demand.owner_id, po.material_class, po.state, po.issue_date)
        .join(claim, (claim.demand_id == Demand.id) & (claim.tenant_id == Demand.tenant_id))
        .join(po, (po.id == claim.supply_id) & (po.tenant_id == claim.tenant_id))
        .where(
            Demand.entity == str(ENTITY), among(Demand.owner_id, list(order_ids)), claim.supply == SUPPLY,
            po.state != "cancelled",
        )
        .distinct()
    )  # fmt: skip
    days: dict[tuple[int, str], list[date | None]] = defaultdict(list)
    for order_id, material_class, state, issued in ctx.session.execute(bought):
        days[order_id, material_class].append(None if state == "draft" else issued)
    found: dict[int, dict[str, date]] = defaultdict(dict)
    for (order_id, material_class), each in days.items():
        known = [day for day in each if day is not None]
        if len(known) == len(each):
            found[order_id][ISSUED[material_class]] = max(known)
    return dict(found)


def shipping(ctx: Ctx, order_id: int, action: str) -> None:
    """A factory order's ship date decides who is served first: those that share its purchase lines are told of."""
    if action in SHIPPING:
        demands.tell(ctx, sharing(ctx, order_id))


def sharing(ctx: Ctx, order_id: int) -> list[EntityRef]:
    """Other documents that share purchase lines with a factory order. One query."""
    mine = (
        select(SupplyClaim.supply_line)
        .join(Demand, (Demand.id == SupplyClaim.demand_id) & (Demand.tenant_id == SupplyClaim.tenant_id))
        .where(SupplyClaim.supply == SUPPLY, Demand.entity == str(ENTITY), Demand.owner_id == order_id)
    )
    return [ref for ref in claims.owners(ctx, SUPPLY, lines=mine).values() if ref != ENTITY.ref(order_id)]
