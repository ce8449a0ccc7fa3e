"""Fulfilment sheets as core knows them: fields, columns, states, and what is done with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Action, Column, Ctx, Declare, EntityType, Field, Problem, T
from kit.papers import cancel_action, reverse_action
from plugins.fulfilment.models import Sheet, SheetLine, SheetSize
from plugins.fulfilment.services import posting, sheet_payload, starting
from plugins.fulfilment.words import CUSTOMER_ORDER, PLACES, PURCHASE_ORDER, SHEET, SHEET_STATES
from plugins.stock.api import (
    DAY,
    NOTES,
    STORE,
    has_lines,
    lines_action,
    pieces_by_paper,
    stamps,
    validate_paper,
)

STAFF = ("wh", "merch", "mgr")
Data = Mapping[str, Any]


def _check(ctx: Ctx, row: Sheet | None, data: Data, children: Any) -> list[Problem]:
    """An order stands alone, and is one that pieces may come for; what lines depend on stays while there are lines."""
    problems = validate_paper(ctx, row, data, children)
    order, customer = data.get("customer_order"), data.get("customer")
    if order is not None and order.state not in posting.ALIVE:
        problems.append(Problem(T("{number} is not confirmed.", number=order.number), "customer_order"))
    if order is not None and customer is not None and order.customer_id != customer.id:
        problems.append(Problem(T("{number} is another customer's order.", number=order.number), "customer"))
    if row is not None and row.lines and data.get("place", row.place) != row.place:
        problems.append(Problem(T("There are lines: make a new document instead."), "place"))
    return problems


def _before(ctx: Ctx, row: Sheet, is_new: bool) -> None:
    """Maker, day, store."""
    if is_new:
        stamps.created(ctx, row)
    if row.customer_order is not None:
        row.customer, row.customer_id = row.customer_order.customer, row.customer_order.customer_id


def _asks(ctx: Ctx, row: Sheet, data: Data) -> None:
    posting.post(ctx, row, data.get("over_reason") or "")


SHEETS = EntityType(
    name=SHEET, model=Sheet, label=T("Fulfilment sheet"), plural=T("Fulfilment sheets"), key="number", title="",
    series="fulfilment_sheet", pattern="FS-{YYYY}-{0000}", states=SHEET_STATES,
    fields=(
        Field("customer_order", T("Customer order"), "ref", ref=CUSTOMER_ORDER, help=T("Empty: all orders of the customer.")),
        Field("customer", T("Customer"), "ref", ref="catalog.partner", where={"is_customer": True},
              help=T("Both empty: everything that is open, of all vendors.")),
        Field("place", T("Where"), "choice", choices=PLACES, required=True, default="ours",
              help=T("Only in our store it is stock.")),
        STORE, DAY,
        Field("delivery_note", T("Delivery note"), max_length=80),
        NOTES,
        Field("over_reason", T("Reason for more than allowed"), readonly=True),
        Field("over_by", T("Allowed by"), readonly=True),
        Field("posted_by", T("Posted by"), readonly=True),
        Field("finalised_by", T("Finalised by"), readonly=True),
    ),
    columns=(
        Column("number", T("Number"), "text", attr="number"), "customer_order", "customer", "place", "day",
        Column("state", T("State"), "state", attr="state"),
        Column("pieces", T("Received"), "int", sort=False,
               load=pieces_by_paper(SheetLine, SheetSize, SheetSize.received, "sheet_id")),
        Column("damaged", T("Damaged"), "int", sort=False,
               load=pieces_by_paper(SheetLine, SheetSize, SheetSize.damaged, "sheet_id")),
        "delivery_note",
    ),
    filters=("customer_order", "customer", "place", "day"), search=("number", "delivery_note", "customer"), default_sort="-id",
    validate=_check, before_save=_before, edit_states=("draft",), edit_roles=STAFF, menu=("orders", 30), icon="receipt",
)  # fmt: skip

ACTIONS: Sequence[Action] = (
    lines_action(SHEET, T("Pieces"), sheet_payload.save_payload, sheet_payload.TABLE, sheet_payload.check, sheet_payload.held),
    Action(SHEET, "post", T("Post"), _asks, ("draft",), "posted", roles=STAFF, visible=has_lines, tone="primary", order=5,
           fields=(
               Field("over_reason", T("Reason for more than allowed"), max_length=400,
                     help=T("Only where more came than ordered plus the tolerance; a manager may allow it.")),
           )),
    Action(SHEET, "finalise", T("Finalise"), lambda ctx, row, data: posting.finalise(ctx, row), ("posted",), roles=STAFF,
           tone="primary", batch="each", order=6, confirm=T("Lock it? What it accepted can only be returned afterwards.")),
    reverse_action(SHEET, lambda ctx, row, data: posting.reverse(ctx, row, data["reason"]), roles=STAFF),
    cancel_action(SHEET, ("draft",), roles=STAFF),
    Action(CUSTOMER_ORDER, "fulfil", T("Receive goods"), lambda ctx, row, data: starting.sheet(ctx, row), ("confirmed",),
           permission=f"{SHEET}.create", visible=starting.traded, tone="primary", due=starting.expected, order=26),
    Action(PURCHASE_ORDER, "fulfil", T("Receive goods"), lambda ctx, row, data: starting.sheet_of_purchase(ctx, row),
           ("issued",), permission=f"{SHEET}.create", visible=starting.awaited, tone="primary", order=8),
    Action(CUSTOMER_ORDER, "finalise", T("Finalise all sheets"), lambda ctx, row, data: starting.finalise_all(ctx, row),
           ("confirmed", "closed"), permission=f"{SHEET}.finalise", visible=starting.has_posted, tone="primary", order=27),
)  # fmt: skip


def register(registry: Declare) -> None:
    """Declare them, what they move, and the right to accept more."""
    registry.movement_kind(posting.GOODS_IN)
    registry.entity(SHEETS)
    for action in ACTIONS:
        registry.action(action)
    registry.permission(posting.OVER, T("Accept more pieces than ordered plus the tolerance"), ("mgr",))
