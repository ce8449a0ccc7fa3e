"""Actions on shipments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Action, Ctx, Declare, Field, T
from kit.papers import cancel_action, reverse_action
from plugins.orders.api import CustomerOrder
from plugins.shipping.models import Shipment
from plugins.shipping.services import shipment_payload, shipping, shipping_lines, starting
from plugins.stock.api import STAFF, has_lines, lines_action

Data = Mapping[str, Any]
SHIPMENT = shipping.ENTITY


def _fill_shipment(ctx: Ctx, row: Shipment, data: Data) -> Any:
    """Everything that is open and there."""
    shipping_lines.save(ctx, row, shipping_lines.default_cells(ctx, row))
    return T("{n} pieces are ready.", n=shipping_lines.pieces(row))


def _empty(ctx: Ctx, row: Any) -> bool:
    return not row.lines


def register(registry: Declare) -> None:
    """Declare them."""
    for action in (SHIP, *_shipment()):
        registry.action(action)


def _ship(ctx: Ctx, order: CustomerOrder, data: Data) -> Any:
    return starting.shipment(ctx, order, data["destination"])


def _first(ctx: Ctx, order: CustomerOrder) -> Data:
    return {"destination": next(iter(starting.ready(ctx, order)), None)}


def _ready(ctx: Ctx, order: CustomerOrder) -> bool:
    return bool(starting.ready(ctx, order))


SHIP = Action(
    shipping_lines.ORDER, "ship", T("Ship"), _ship, ("confirmed",), permission=f"{SHIPMENT}.create", tone="primary",
    due=_ready, at_once=True, start=_first, order=25,
    fields=(Field("destination", T("Destination"), "ref", ref="catalog.destination", required=True),),
)  # fmt: skip


def _shipment() -> tuple[Action, ...]:
    return (
        lines_action(SHIPMENT, T("Pieces"), shipment_payload.save_payload, shipment_payload.TABLE, held=shipment_payload.held),
        Action(SHIPMENT, "fill", T("Everything that is ready"), _fill_shipment, ("draft",),
               permission=f"{SHIPMENT}.edit", visible=_empty, order=12),
        Action(SHIPMENT, "confirm", T("Confirm (packed)"), lambda ctx, row, data: shipping.confirm(ctx, row),
               ("draft",), "confirmed", roles=STAFF, visible=has_lines, tone="primary", order=5),
        Action(SHIPMENT, "unpack", T("Back to draft"), lambda ctx, row, data: None, ("confirmed",), "draft",
               roles=STAFF, order=70),
        Action(SHIPMENT, "ship", T("Ship"), lambda ctx, row, data: shipping.ship(ctx, row), ("confirmed",),
               "shipped", roles=STAFF, tone="primary", order=5, confirm=T("Have the goods left?")),
        Action(SHIPMENT, "invoice", T("Invoice number"),
               lambda ctx, row, data: shipping.invoice(ctx, row, data["invoice_no"]), ("shipped",),
               roles=("fin", "merch", "mgr"), order=20, tone="primary", due=lambda ctx, row: not row.invoice_no,
               fields=(Field("invoice_no", T("Invoice number"), required=True, max_length=80),)),
        Action(SHIPMENT, "close", T("Close"), lambda ctx, row, data: shipping.close(ctx, row), ("shipped",),
               "closed", roles=("fin", "merch", "mgr"), tone="primary", order=30),
        reverse_action(SHIPMENT, lambda ctx, row, data: shipping.reverse(ctx, row, data["reason"]),
                       states=("shipped",), roles=("mgr", "wh")),
        cancel_action(SHIPMENT, ("draft", "confirmed"), roles=STAFF),
    )  # fmt: skip
