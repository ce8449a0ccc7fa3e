"""From a customer order straight to a draft shipment with everything that is ready."""

from __future__ import annotations

from sqlalchemy import select

from core.api import Ctx, Refused, T, run_action, save_row
from plugins.catalog.api import Destination
from plugins.orders.api import CustomerOrder
from plugins.shipping.models import Shipment
from plugins.shipping.services import shipping, shipping_lines
from plugins.stock.api import stores


def ready(ctx: Ctx, order: CustomerOrder) -> list[Destination]:
    """Destinations of an order to which something could go now from the default store, in the order of its lines."""
    places = {line.destination_id: line.destination for line in order.lines}
    store = stores.default(ctx)
    return [
        place
        for place_id, place in places.items()
        if shipping_lines.default_cells(
            ctx, Shipment(customer_order_id=order.id, destination_id=place_id, store_id=store.id, lines=[])
        )
    ]


def shipment(ctx: Ctx, order: CustomerOrder, place: Destination) -> Shipment | str:
    """A draft with everything that is ready; the address of the draft that is there already goes before.

    Raises Refused where nothing is ready.
    """
    entity = ctx.registry.get(shipping.ENTITY)
    there = ctx.session.scalars(
        select(Shipment)
        .where(
            Shipment.customer_order_id == order.id,
            Shipment.destination_id == place.id,
            Shipment.state == "draft",
        )
        .order_by(Shipment.id.desc())
        .limit(1)
    ).one_or_none()
    if there is not None:
        return f"/shipping/shipment/{there.id}"
    if place not in ready(ctx, order):
        raise Refused(
            T("Nothing of {number} is ready for {place}.", number=order.number, place=place.code),
            "destination",
        )
    head = {"customer_order": order, "destination": place, "store": stores.default(ctx), "day": ctx.today()}
    made: Shipment = save_row(ctx, entity, None, head)
    run_action(ctx, entity, made, "fill")
    return made
