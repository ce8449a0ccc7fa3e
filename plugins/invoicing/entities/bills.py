"""Bills and debit notes of vendors as core knows them, and what is done with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Action, Column, Ctx, Declare, EntityType, Field, PayloadTable, T, enter_state
from core.db import flush_rows
from kit.papers import cancel_action
from plugins.catalog.api import SUPPLIER_PRICES
from plugins.invoicing.models import Bill
from plugins.invoicing.services import billing, crediting, matching, prepaid
from plugins.invoicing.services.sides import PURCHASES
from plugins.invoicing.shown import columns, figures
from plugins.invoicing.words import (
    BILL,
    BILL_KINDS,
    DEBIT_SERIES,
    DIFFERING,
    DOCUMENT_STATES,
    FINANCE,
    MAKE_BILLS,
    PURCHASE_ORDER,
)
from plugins.purchasing.api import PurchaseOrder

Data = Mapping[str, Any]
DATED = Field("dated", T("Date"), "date", required=True, fact=True, default=lambda ctx: ctx.today())
NUMBER = Field("vendor_number", T("Vendor's number"), max_length=80)
LINES = PayloadTable(
    "lines",
    T("Lines"),
    (
        Field("line", T("Line of the purchase order"), "int", required=True),
        Field("qty", T("Quantity billed"), "qty", required=True, min=0),
        Field("price", T("Price asked"), "price", min=0, sees=SUPPLIER_PRICES),
    ),
    help=T("Lines that are not named stay as they are."),
)
DEBITED = PayloadTable(
    "lines", T("Lines"),
    (
        Field("line", T("Line"), "int", required=True, min=1),
        Field("qty", T("Quantity debited"), "qty", min=0),
        Field("amount", T("Amount instead"), "money", min=0, sees=SUPPLIER_PRICES,
            help=T("As priced; empty: quantity × price.")),
    ),
    key="line", required=True,
)  # fmt: skip


def _bill(ctx: Ctx, orders: Sequence[PurchaseOrder], data: Data) -> Bill:
    return billing.bill_orders(ctx, orders, data.get("vendor_number") or "", data["dated"])


def _lines(ctx: Ctx, row: Bill, data: Data) -> None:
    billing.change_lines(ctx, row, data["lines"])


def _post(ctx: Ctx, row: Bill, data: Data) -> None:
    billing.post(ctx, row)
    enter_state(ctx, row, "issued")
    flush_rows(ctx.session)
    billing.posted(ctx, row)


def _debit(ctx: Ctx, row: Bill, data: Data) -> Any:
    return crediting.credit(ctx, row, data["lines"], data["reason"], data["dated"])


def _debit_returns(ctx: Ctx, order: PurchaseOrder, data: Data) -> list[Any]:
    return crediting.debit_returns(ctx, order, data["dated"], data["reason"])


def _went_back(ctx: Ctx, order: PurchaseOrder) -> bool:
    return order.snapshot is not None and any(m.open < 0 for m in matching.of_orders(ctx, [order]))


def _cancel(ctx: Ctx, row: Bill, data: Data) -> None:
    billing.cancel(ctx, row)
    enter_state(ctx, row, "cancelled")
    flush_rows(ctx.session)
    prepaid.use_up(ctx, PURCHASES, sorted({line.order_id for line in row.lines}))


def _agrees(ctx: Ctx, row: Bill) -> bool:
    return not billing.differs(ctx, row)


def _is_bill(ctx: Ctx, row: Bill) -> bool:
    return row.kind == "bill"


def _was_issued(ctx: Ctx, row: PurchaseOrder) -> bool:
    return row.state not in ("draft", "cancelled")


def register(registry: Declare) -> None:
    """Declare them."""
    registry.series(DEBIT_SERIES, "DN-{YYYY}-{0000}")
    registry.entity(
        EntityType(
            name=BILL, model=Bill, label=T("Bill"), plural=T("Bills of vendors"), key="number", title="vendor_number",
            series=billing.SERIES, pattern="BILL-{YYYY}-{0000}", states=DOCUMENT_STATES,
            fields=(
                Field("partner", T("Vendor"), "ref", ref="catalog.partner", readonly=True), NUMBER,
                Field("kind", T("Kind"), "choice", choices=BILL_KINDS, readonly=True),
                Field("credits", T("Lowers the bill"), "ref", ref=BILL, readonly=True),
                Field("dated", T("Date"), "date", required=True, fact=True), Field("due_date", T("Due"), "date"),
                Field("currency", T("Currency"), readonly=True),
                Field("because", T("Reason"), max_length=400, readonly=True),
                Field("notes", T("Notes"), "long", wide=True, max_length=4000),
            ),
            columns=(
                Column("number", T("Number"), attr="number"), Column("state", T("State"), "state", attr="state"),
                "partner", "vendor_number", "kind",
                Column("orders", T("Purchase orders"), load=columns.purchase_orders, sort=False), "dated", "due_date",
                Column("currency", T("Currency"), attr="currency"),
                Column("total", T("Total"), "money", attr="total", right=SUPPLIER_PRICES),
                Column("open", T("Open amount"), "money", load=columns.open_of_bills, sort=False, right=SUPPLIER_PRICES),
                Column("settled", T("Paid"), "badge", load=columns.bill_badges, sort=False),
            ),
            filters=("partner", "kind", "dated", "due_date"), search=("number", "vendor_number", "partner"),
            totals=("total",), figures=figures.of_bill, sees=dict.fromkeys(figures.AMOUNTS, SUPPLIER_PRICES),
            validate=billing.check, edit_states=("draft",), edit_roles=("purch", *FINANCE),
            view_roles=("merch", "purch", *FINANCE), creatable=False, needs=(SUPPLIER_PRICES,), menu=("invoicing", 20),
            icon="invoice",
        )
    )  # fmt: skip
    registry.permission(
        MAKE_BILLS, T("Enter bills of vendors"), ("purch", *FINANCE), needs=(SUPPLIER_PRICES,)
    )
    registry.permission(DIFFERING, T("Accept bills that differ"), FINANCE, needs=(SUPPLIER_PRICES,))
    for action in (
        Action(PURCHASE_ORDER, "bill", T("Enter bill"), _bill, permission=MAKE_BILLS, visible=_was_issued,
               fields=(NUMBER, DATED), batch="together", order=65),
        Action(PURCHASE_ORDER, "debit_returns", T("Debit what went back"), _debit_returns, permission=MAKE_BILLS,
               visible=_went_back, reason=True, fields=(DATED,), order=66),
        Action(BILL, "lines", T("Edit lines"), _lines, ("draft",), permission=MAKE_BILLS, tables=(LINES,), edits=True,
               visible=_is_bill, order=5),
        Action(BILL, "post", T("Post"), _post, ("draft",), roles=FINANCE, tone="primary", visible=_agrees, order=10,
               confirm=T("Post it? We owe it from then on.")),
        Action(BILL, "post_differing", T("Post in spite of differences"), _post, ("draft",), permission=DIFFERING,
               tone="primary", visible=billing.differs, reason=True, order=11),
        Action(BILL, "debit", T("Debit note"), _debit, ("issued",), permission=MAKE_BILLS, tables=(DEBITED,),
               fields=(DATED,), reason=True, visible=_is_bill, order=30),
        cancel_action(BILL, ("draft", "issued"), run=_cancel, roles=FINANCE),
    ):  # fmt: skip
        registry.action(action)
