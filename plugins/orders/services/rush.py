"""Orders that were assumed in a plan and are taken: drafts, one for each customer, prices to be typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from core.api import Ctx, EntityName, EntityRef, get_row, hookimpl, save_row
from plugins.orders.services import lines
from plugins.orders.services.inputs import LineInput

ENTITY, PARTNER = EntityName("orders.order"), EntityName("catalog.partner")


@hookimpl(optionalhook=True)
def plan_rush(ctx: Ctx, rush: Sequence[Any]) -> list[EntityRef]:
    """Make them. Raises Denied without the right to make orders, Refused for what lines refuse."""
    ctx.require(f"{ENTITY}.create")
    by_customer: dict[int, list[Any]] = defaultdict(list)
    for each in rush:
        by_customer[each.customer_id].append(each)
    made = []
    for customer, found in by_customer.items():
        partner = get_row(ctx, ctx.registry.get(PARTNER), customer)
        order = save_row(
            ctx,
            ctx.registry.get(ENTITY),
            None,
            {"customer": partner, "order_date": ctx.today(), "customer_po": ""},
        )
        typed = [
            LineInput(each.style, each.color, each.destination, each.day, None, each.sizes, name=f"lines-{n}")
            for n, each in enumerate(found)
        ]
        lines.save_lines(ctx, order, typed)
        made.append(ENTITY.ref(order.id))
    return made
