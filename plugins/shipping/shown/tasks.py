"""What waits for a person: shipments to pack and to send."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from core.api import Ctx, T, Task, Text, hookimpl
from plugins.orders.api import CustomerOrder
from plugins.shipping.models import Shipment

MOST = 5
STEPS: tuple[tuple[str, str, Text], ...] = (
    ("draft", "confirm", T("Confirm the shipment")),
    ("confirmed", "ship", T("Send the shipment")),
)
"""State of a shipment, the action that brings it on, in words."""


@hookimpl
def tasks(ctx: Ctx) -> list[Task]:
    """What this person may bring on."""
    return list(_waiting(ctx))


def _waiting(ctx: Ctx) -> Iterable[Task]:
    """At most five of a state, of those that this person may bring on. A query for each."""
    row = Shipment
    for state, verb, label in STEPS:
        if not ctx.can(f"shipping.shipment.{verb}"):
            continue
        for row_id, number, order, day in ctx.session.execute(
            select(row.id, row.number, CustomerOrder.number, row.day)
            .join(
                CustomerOrder,
                (CustomerOrder.id == row.customer_order_id) & (CustomerOrder.tenant_id == row.tenant_id),
            )
            .where(row.state == state)
            .order_by(row.day, row.id)
            .limit(MOST)
        ):
            yield Task(label, f"{number} {order}", f"/shipping/shipment/{row_id}", day, source="shipping")
