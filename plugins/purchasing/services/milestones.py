"""Events of buying in the life of factory orders, and telling those who plan by them that material moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from core.api import Ctx, Event, T, among
from plugins.outsourcing.services import milestones as factory
from plugins.purchasing.models import Allocation, PurchaseLine, PurchaseOrder
from plugins.purchasing.services import lines

ENTITY = factory.ENTITY
ORDER = "purchasing.order"
ISSUED = {"main": "purchasing.main_issued", "trim": "purchasing.trim_issued"}
EVENTS = (
    Event(ISSUED["main"], T("Main material ordered"), ENTITY),
    Event(ISSUED["trim"], T("Trims ordered"), ENTITY),
)
BUYING = ("issue", "short_close", "reopen_line", "close", "reopen", "cancel")
"""Actions that change what is ordered; what changes lines tells by itself."""
SHIPPING = ("add_work", "remove_line", "revise", "decide_line")
"""Actions on factory orders that may move their ship date."""


def of(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, dict[str, date]]:
    """The day each class of material was wholly ordered for these factory orders: the last issue day of their purchase
    orders, as long as no draft has a line for them. Cancelled ones do not count. One query."""
    wanted = list(order_ids)
    po, line, share = PurchaseOrder, PurchaseLine, Allocation
    bought = (
        select(share.factory_order_id, po.material_class, po.state, po.issue_date)
        .join(line, (line.order_id == po.id) & (line.tenant_id == po.tenant_id))
        .join(share, (share.line_id == line.id) & (share.tenant_id == line.tenant_id))
        .where(among(share.factory_order_id, wanted), po.state != "cancelled")
        .distinct()
    )
    days: dict[tuple[int, str], list[date | None]] = defaultdict(list)
    for order_id, material_class, state, issued in ctx.session.execute(bought):
        days[order_id, material_class].append(None if state == "draft" else issued)
    found: dict[int, dict[str, date]] = defaultdict(dict)
    for (order_id, material_class), each in days.items():
        known = [day for day in each if day is not None]
        if len(known) == len(each):
            found[order_id][ISSUED[material_class]] = max(known)
    return dict(found)


def follow(ctx: Ctx, entity: str, row: Any, action: str) -> None:
    """After an action: tell of the factory orders whose material it moved, all at once."""
    if entity == ORDER and action in BUYING:
        factory.changed(ctx, lines.factory_orders(ctx, row.id))
    elif entity == ENTITY and action in SHIPPING:
        factory.changed(ctx, sharing(ctx, row.id))


def sharing(ctx: Ctx, factory_order_id: int) -> list[int]:
    """Other factory orders that share purchase lines with one: its ship date decides who is served first. One query."""
    lines = select(Allocation.line_id).where(Allocation.factory_order_id == factory_order_id)
    return list(
        ctx.session.scalars(
            select(Allocation.factory_order_id)
            .where(Allocation.line_id.in_(lines), Allocation.factory_order_id != factory_order_id)
            .distinct()
        )
    )
