"""What shipping tells the full-process table of customer orders: pieces shipped, each line and size capped at its order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from urllib.parse import urlencode

from sqlalchemy import select

from core.api import Ctx, Declare, EntityName, Figure, ProcessStep, T
from core.db import among
from core.money import percent_of
from plugins.orders.api import Cells, CustomerOrder, cells, shares
from plugins.shipping.services import shipping_lines

CUSTOMER = EntityName("orders.order")


def shipped(ctx: Ctx, ids: Sequence[int]) -> Mapping[int, Figure]:
    """Shipped pieces of each customer order, without those that came back to be replaced, ÷ ordered. A handful of queries."""
    bought: Cells = {
        order: {(line, size): qty for (line, size, *_cell), qty in mine.items()}
        for order, mine in cells(ctx, ids).items()
    }
    of_line = {line: order for order, mine in bought.items() for line, _size in mine}
    gone: dict[int, dict[tuple[int, ...], int]] = defaultdict(dict)
    for cell, qty in shipping_lines.supplied(ctx, ids).items():
        if cell[0] in of_line:
            gone[of_line[cell[0]]][cell] = qty
    order = CustomerOrder
    numbers = dict(ctx.session.execute(select(order.id, order.number).where(among(order.id, ids))).all())
    return {
        customer_order: Figure(
            percent_of(Decimal(done), Decimal(wanted)),
            "pct",
            f"/shipping/shipment/?{urlencode({'customer_order': numbers[customer_order]})}",
        )
        for customer_order, (done, wanted) in shares(bought, gone, ids).items()
    }


def register(registry: Declare) -> None:
    """The column."""
    registry.step(
        ProcessStep(
            "shipped", CUSTOMER, T("Shipped"), shipped, 80, "shipping.shipment.view",
            help=T("Shipped pieces of this customer order without those that came back to be replaced, each line and size "
                   "capped at what was ordered, of the pieces ordered."),
        )
    )  # fmt: skip
