"""Customer orders for tests, of this plugin's and others'."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from core.api import Ctx, run_action, save_row
from plugins.catalog.testing import make_destination, make_partner, make_style
from plugins.orders.models import CustomerOrder
from plugins.orders.services import lines
from plugins.orders.services.inputs import LineInput

SHIP = date(2026, 12, 18)
Wanted = tuple[str, str, str, dict[str, int]]
USUAL: Wanted = ("ST-1", "NVY", "US-LAX", {"S": 100, "M": 100, "L": 100})
"""Style, colour, destination, pieces by size."""


def make_order(
    ctx: Ctx,
    *wanted: Wanted,
    customer: str = "C1",
    customer_po: str = "PO-1",
    price: str = "5",
    confirm: bool = True,
) -> CustomerOrder:
    """A confirmed customer order (``confirm=False``: a draft) with a line for each of ``wanted``; master data it names and that
    are not there are made."""
    entity = ctx.registry.get("orders.order")
    buyer = make_partner(ctx, customer, customer=True)
    order: CustomerOrder = save_row(
        ctx,
        entity,
        None,
        {"customer": buyer, "customer_po": customer_po, "order_date": ctx.today(), "tax_pct": Decimal(0)},
    )
    typed = []
    for i, (style, color, destination, pieces) in enumerate(wanted or (USUAL,)):
        make_style(ctx, style, (color,))
        make_destination(ctx, destination)
        typed.append(
            LineInput(style=style, color=color, destination=destination, ship_date=SHIP, price=price,
                      sizes=tuple(pieces.items()), name=f"lines-{i}")
        )  # fmt: skip
    lines.save_lines(ctx, order, typed)
    if confirm:
        run_action(ctx, entity, order, "confirm")
    return order
