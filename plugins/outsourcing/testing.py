"""Factory orders for tests, of this plugin's and others'."""

from __future__ import annotations

from core.api import Ctx, run_action, save_row
from plugins.catalog.testing import make_partner
from plugins.orders.api import CustomerOrder
from plugins.orders.testing import make_order
from plugins.outsourcing.models import FactoryOrder


def make_factory_order(
    ctx: Ctx,
    order: CustomerOrder | None = None,
    *,
    factory: str = "F1",
    price: str = "2.50",
    issue: bool = True,
) -> FactoryOrder:
    """A factory order for all of a confirmed customer order (its own where none is given), issued or, with ``issue=False``, a
    draft."""
    entity = ctx.registry.get("outsourcing.order")
    sold = order or make_order(ctx)
    partner = make_partner(ctx, factory, factory=True)
    made: FactoryOrder = save_row(ctx, entity, None, {"factory": partner})
    work = [{"order": sold.number, "style": "", "destination": ""}]
    run_action(ctx, entity, made, "add_work", {"work": work})
    for code in sorted({line.order_style.style.code for line in sold.lines}):
        run_action(ctx, entity, made, "set_price", {"style": code, "price": price})
    if issue:
        run_action(ctx, entity, made, "issue")
    return made
