"""The customer order as core knows it: fields, states, columns, actions."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Action, Column, Ctx, Declare, EntityType, Field, State, T, Text
from core.money import active_currencies
from kit.papers import cancel_action, copy_action
from plugins.catalog.api import CUSTOMER_PRICES
from plugins.orders.entities import lines
from plugins.orders.models import CustomerOrder
from plugins.orders.services import lifecycle
from plugins.orders.services.allocation import unallocated_pcs
from plugins.orders.services.milestones import ENTITY
from plugins.orders.shown.figures import figures

CUSTOMER = {"is_customer": True}
OFFICE = ("merch", "mgr")


def _currencies(ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
    return [(code, code) for code in active_currencies(ctx)]


def _has_free_line(ctx: Ctx, row: CustomerOrder) -> bool:
    return any(line.qty and line.price == 0 for line in row.lines)


def _has_no_free_line(ctx: Ctx, row: CustomerOrder) -> bool:
    return not _has_free_line(ctx, row)


ORDER = EntityType(
    name="orders.order", model=CustomerOrder, label=T("Customer order"), plural=T("Customer orders"),
    key="number", title="customer_po", series="order", pattern="SO-{YYYY}-{0000}",
    fields=(
        Field("number", T("Order no."), readonly=True),
        Field("customer", T("Customer"), "ref", ref="catalog.partner", where=CUSTOMER, required=True),
        Field("customer_po", T("Customer PO"), max_length=80),
        Field("order_date", T("Order date"), "date", required=True, default=lambda ctx: ctx.today()),
        Field("season", T("Season"), max_length=20),
        Field("currency", T("Currency"), "choice", choices=_currencies, help=T("Empty: the customer's.")),
        Field("incoterm", T("Incoterm"), max_length=40, help=T("Empty: the customer's.")),
        Field("terms", T("Payment terms"), "ref", ref="catalog.payment_term", help=T("Empty: the customer's.")),
        Field("tax_pct", T("Tax rate"), "pct", min=0, max=100, default=0, suffix="%"),
        Field("ship_date", T("First ship date"), "date", readonly=True),
        Field("qty", T("Pieces"), "int", readonly=True),
        Field("notes", T("Notes"), "long", max_length=4000, wide=True),
    ),
    states=(
        State("draft", T("Draft")),
        State("confirmed", T("Confirmed"), "info"),
        State("closed", T("Closed"), "done", closed=True),
        State("cancelled", T("Cancelled"), "bad", closed=True),
    ),
    columns=(
        Column("number", T("Order no."), "text", attr="number"),
        Column("state", T("State"), "state", attr="state"),
        "customer", "customer_po", "order_date", "ship_date", "qty",
        Column("unallocated", T("Unallocated pcs"), "int", load=unallocated_pcs, sort=False),
    ),
    filters=("customer", "season", "ship_date", "currency"),
    search=("number", "customer_po", "customer"), twins=(("customer_po", "customer"),), totals=("qty",),
    brief=("number", "customer", "customer_po", "state", "ship_date", "qty"), default_sort="-id",
    figures=figures, sees=dict.fromkeys(("price", "amount", "subtotal", "tax", "total", "prices_open"), CUSTOMER_PRICES),
    validate=lifecycle.check_header, before_save=lifecycle.fill_header,
    edit_states=("draft", "confirmed"), edit_roles=OFFICE, menu=("orders", 10), icon="order",
)  # fmt: skip

SHIFT = Field(
    "shift_days", T("Move ship dates by"), "int", min=-3650, max=3650, default=0, help=T("In days.")
)

ACTIONS = (
    Action("orders.order", "lines", T("Edit lines"), lines.save_payload, ("draft", "confirmed"), link="lines",
           permission="orders.order.edit", order=5, edits=True,
           tone="primary", due=lambda ctx, row: not row.qty, tables=(lines.TABLE,), held=lines.held,
           fields=(lines.REPLACE, Field("reason", T("Reason"), "long", max_length=2000))),
    Action("orders.order", "confirm", T("Confirm"), lifecycle.confirm, ("draft",), "confirmed", roles=OFFICE,
           visible=_has_no_free_line, tone="primary", batch="each", order=10),
    Action("orders.order", "confirm_free", T("Confirm with a price of 0"), lifecycle.confirm, ("draft",), "confirmed",
           permission="orders.order.confirm", visible=_has_free_line, reason=True, tone="primary", order=11),
    Action("orders.order", "to_draft", T("Back to draft"), lifecycle.to_draft, ("confirmed",), "draft",
           roles=OFFICE, order=20),
    Action("orders.order", "close", T("Close"), lifecycle.nothing_more, ("confirmed",), "closed", roles=OFFICE,
           confirm=T("Close this order? Nothing more is expected of it."), batch="each", order=30),
    copy_action(ENTITY, lifecycle.copy,
                fields=(Field("customer_po", T("New customer PO"), max_length=80, default=""), SHIFT)),
    Action("orders.order", "reopen", T("Reopen"), lifecycle.reopen, ("closed", "cancelled"), roles=("mgr",),
           reason=True, order=50),
    cancel_action(ENTITY, ("draft", "confirmed"), title=T("Cancel order"), roles=OFFICE, order=90),
)  # fmt: skip


def register(registry: Declare) -> None:
    """Declare the customer order and what can be done with it."""
    registry.entity(ORDER)
    for action in ACTIONS:
        registry.action(action)
