"""Shipments as core knows them: fields, columns, states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core import ledger
from core.api import Column, Ctx, Declare, EntityType, Field, Problem, T
from plugins.shipping import words
from plugins.shipping.models import Shipment, ShipmentLine, ShipmentSize
from plugins.shipping.services import shipping_lines
from plugins.stock.api import NOTES, STORE, pieces_by_paper, stamps, validate_paper


def _modes(ctx: Ctx) -> Sequence[tuple[str, Any]]:
    return list(words.MODES.items())


def _before_shipment(ctx: Ctx, row: Shipment, is_new: bool) -> None:
    if is_new:
        row.mode = row.mode or "sea"
        stamps.created(ctx, row)


def _destination(ctx: Ctx, row: Shipment | None, data: Mapping[str, Any], children: Any) -> list[Problem]:
    """A shipment needs a line of the order to its destination."""
    problems = validate_paper(ctx, row, data, children)
    order, place = data.get("customer_order"), data.get("destination")
    if order is not None and place is not None and not shipping_lines.order_lines(ctx, order.id, place.id):
        problems.append(
            Problem(
                T("{number} has no line to {place}.", number=order.number, place=place.code), "destination"
            )
        )
    return problems


SHIPMENT = EntityType(
    name="shipping.shipment", model=Shipment, label=T("Shipment"), plural=T("Shipments"),
    key="number", title="", series="shipment", pattern="SH-{YYYY}-{0000}", states=words.SHIPMENT_STATES,
    fields=(
        Field("customer_order", T("Customer order"), "ref", required=True, ref="orders.order"),
        Field("destination", T("Destination"), "ref", required=True, ref="catalog.destination"),
        STORE, Field("day", T("Date"), "date", default=lambda ctx: ctx.today()),
        Field("mode", T("Shipped by"), "choice", choices=_modes, default="sea"),
        Field("vessel", T("Vessel / AWB"), max_length=120),
        Field("container", T("Container"), max_length=120),
        Field("invoice_no", T("Invoice number"), max_length=80),
        Field("net_kg", T("Net weight"), "qty", min=0, places=3, suffix="kg"),
        Field("gross_kg", T("Gross weight"), "qty", min=0, places=3, suffix="kg"),
        Field("cbm", T("Volume"), "qty", min=0, places=3, suffix="m³"),
        Field("marks", T("Shipping marks"), "long", max_length=2000), NOTES,
        Field("posted_by", T("Posted by"), readonly=True),
    ),
    columns=(
        Column("number", T("Number"), "text", attr="number"), "customer_order", "destination", "day", "mode",
        "invoice_no", Column("state", T("State"), "state", attr="state"),
        Column("pieces", T("Pieces"), "int", sort=False,
               load=pieces_by_paper(ShipmentLine, ShipmentSize, ShipmentSize.qty, "shipment_id")),
    ),
    filters=("customer_order", "destination", "mode", "day"),
    search=("number", "invoice_no", "container", "vessel"), default_sort="-id", validate=_destination,
    before_save=_before_shipment, edit_states=("draft", "confirmed"), edit_roles=("wh", "merch", "mgr"),
    menu=("stock", 30), icon="store",
)  # fmt: skip


def register(registry: Declare) -> None:
    """Declare them, and what they post."""
    registry.movement_kind(ledger.MovementKind("goods_out", T("Shipment")))
    registry.entity(SHIPMENT)
