"""What is done with invoices, and with customer orders to make them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import TC, Action, Ctx, Declare, Field, PayloadTable, T, Text, enter_state
from core.db import flush_rows
from kit.papers import cancel_action
from plugins.catalog.api import CUSTOMER_PRICES
from plugins.invoicing.models import Invoice
from plugins.invoicing.services import crediting, drafting, issuing, terms
from plugins.invoicing.words import CUSTOMER_ORDER, FINANCE, INVOICE, MAKE_INVOICES
from plugins.orders.api import CustomerOrder

Data = Mapping[str, Any]
DATED = Field("dated", T("Date"), "date", required=True, fact=True, default=lambda ctx: ctx.today())
LINES = PayloadTable(
    "lines",
    T("Lines"),
    (
        Field("line", T("Line of the order"), "int", help=T("The id of the order's line.")),
        Field("charge", T("Charge"), "int", help=T("The id of a charge; a quantity of 0 takes it off.")),
        Field("qty", T("Pieces invoiced"), "qty", required=True, min=0, places=0),
    ),
    help=T("Lines that are not named stay as they are."),
)
CREDITED = PayloadTable(
    "lines", T("Lines"),
    (
        Field("line", T("Line"), "int", required=True, min=1),
        Field("qty", T("Quantity credited"), "qty", min=0),
        Field("amount", T("Amount instead"), "money", min=0, sees=CUSTOMER_PRICES, help=T("As priced; empty: pieces × price.")),
    ),
    key="line", required=True,
)  # fmt: skip


def _invoice(ctx: Ctx, orders: Sequence[CustomerOrder], data: Data) -> Invoice:
    return drafting.invoice_goods(ctx, orders, data["dated"])


def _share(ctx: Ctx, orders: Sequence[CustomerOrder], data: Data) -> Invoice:
    return drafting.invoice_share(ctx, orders, data["pct"], data["dated"], data.get("text") or "")


def _upfront(ctx: Ctx, orders: Sequence[CustomerOrder]) -> Data:
    """The share that the terms want in advance."""
    pct = max((terms.upfront_pct(order.terms) for order in orders), default=0)
    return {"pct": pct or None}


def _credit_returns(ctx: Ctx, order: CustomerOrder, data: Data) -> list[Any]:
    return crediting.credit_returns(ctx, order, data["dated"], data["reason"])


def _credit(ctx: Ctx, row: Invoice, data: Data) -> Any:
    return crediting.credit(ctx, row, data["lines"], data["reason"], data["dated"])


def _issue(ctx: Ctx, row: Invoice, data: Data) -> None:
    issuing.issue(ctx, row)
    enter_state(ctx, row, "issued")
    flush_rows(ctx.session)
    issuing.issued(ctx, row)


def _cancel(ctx: Ctx, row: Invoice, data: Data) -> None:
    issuing.cancel(ctx, row)
    enter_state(ctx, row, "cancelled")
    issuing.cancelled(ctx, row)


def _charge(ctx: Ctx, row: Invoice, data: Data) -> Text | None:
    drafting.add_charge(ctx, row, data)
    return None


def _lines(ctx: Ctx, row: Invoice, data: Data) -> None:
    drafting.change_lines(ctx, row, data["lines"])


def _is_goods(ctx: Ctx, row: Invoice) -> bool:
    return row.kind == "goods"


def _no_note(ctx: Ctx, row: Invoice) -> bool:
    return row.kind != "credit"


def _has_returns(ctx: Ctx, row: CustomerOrder) -> bool:
    return bool(ctx.hooks.each("goods_returned", order_ids=[row.id]))


def register(registry: Declare) -> None:
    """Declare them."""
    for action in (
        Action(CUSTOMER_ORDER, "invoice", T("Make invoice"), _invoice, ("confirmed", "closed"), permission=MAKE_INVOICES,
               fields=(DATED,), batch="together", then=(INVOICE, "issue"), order=60),
        Action(CUSTOMER_ORDER, "invoice_share", T("Invoice a percentage"), _share, ("confirmed",), permission=MAKE_INVOICES,
               batch="together", start=_upfront, order=61,
               fields=(Field("pct", T("Percent of the order"), "pct", required=True, min=0, max=100, suffix="%"),
                       Field("text", T("Text"), max_length=200, help=T("Such as: deposit.")), DATED)),
        Action(CUSTOMER_ORDER, "credit_returns", T("Credit what came back"), _credit_returns, ("confirmed", "closed"),
               permission=MAKE_INVOICES, visible=_has_returns, reason=True, fields=(DATED,), order=62),
        Action(INVOICE, "lines", T("Edit lines"), _lines, ("draft",), permission=MAKE_INVOICES, tables=(LINES,), edits=True,
               visible=_is_goods, order=5),
        Action(INVOICE, "charge", T("Add a charge"), _charge, ("draft",), permission=MAKE_INVOICES, edits=True, order=7,
               visible=_no_note,
               fields=(Field("text", T("Text"), required=True, max_length=200),
                       Field("amount", T("Amount"), "money", required=True, min=0, sees=CUSTOMER_PRICES))),
        Action(INVOICE, "issue", TC("invoice", "Issue"), _issue, ("draft",), roles=FINANCE, tone="primary",
            batch="each", order=10,
               confirm=T("Issue it? It is owed from then on and no longer changed.")),
        Action(INVOICE, "credit", T("Credit note"), _credit, ("issued",), permission=MAKE_INVOICES, tables=(CREDITED,),
               fields=(DATED,), reason=True, visible=_no_note, order=30),
        cancel_action(INVOICE, ("draft", "issued"), run=_cancel, roles=FINANCE),
    ):  # fmt: skip
        registry.action(action)
