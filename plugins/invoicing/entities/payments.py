"""Payments in and out as core knows them, and what is done with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import TC, Action, ChildTable, Column, Ctx, Declare, EntityType, Field, T, enter_state
from kit.papers import discard_action, reverse_action
from plugins.catalog.api import CUSTOMER_PRICES, SUPPLIER_PRICES, currency_choices
from plugins.invoicing.models import Payment, PaymentPart
from plugins.invoicing.services import paying
from plugins.invoicing.shown import columns, figures
from plugins.invoicing.words import (
    BILL,
    CUSTOMER_ORDER,
    DIRECTIONS,
    FINANCE,
    INVOICE,
    PAYMENT,
    PAYMENT_STATES,
    PURCHASE_ORDER,
)

Data = Mapping[str, Any]
PRICES = CUSTOMER_PRICES
KINDS = f"{INVOICE},{BILL},{CUSTOMER_ORDER},{PURCHASE_ORDER}"


def _href(part: Any) -> str:
    for kind, entity in (
        ("invoice", INVOICE),
        ("bill", BILL),
        ("order", CUSTOMER_ORDER),
        ("purchase", PURCHASE_ORDER),
    ):
        if row_id := getattr(part, f"{kind}_id", None):
            return f"/{entity.replace('.', '/')}/{row_id}"
    return ""


def _fill(ctx: Ctx, row: Payment, data: Data) -> None:
    paying.fill(ctx, row)


def _post(ctx: Ctx, row: Payment, data: Data) -> None:
    paying.post(ctx, row)
    enter_state(ctx, row, "posted")
    paying.changed(ctx, row)


def _withdraw(ctx: Ctx, row: Payment, data: Data) -> None:
    _take_back(ctx, row, "draft")


def _reverse(ctx: Ctx, row: Payment, data: Data) -> None:
    _take_back(ctx, row, "reversed")


def _take_back(ctx: Ctx, row: Payment, state: str) -> None:
    paying.withdraw(ctx, row)
    enter_state(ctx, row, state)
    paying.changed(ctx, row)


def register(registry: Declare) -> None:
    """Declare them."""
    registry.entity(
        EntityType(
            name=PAYMENT, model=Payment, label=TC("in or out", "Payment"), plural=TC("in or out", "Payments"),
                key="number", title="reference",
            series="invoicing_payment", pattern="PAY-{YYYY}-{0000}", states=PAYMENT_STATES,
            fields=(
                Field("direction", T("In or out"), "choice", required=True, choices=DIRECTIONS, default="in"),
                Field("partner", T("Customer or vendor"), "ref", required=True, ref="catalog.partner"),
                Field("paid_on", T("Date"), "date", fact=True, required=True, default=lambda ctx: ctx.today()),
                Field("currency", T("Currency"), "choice", required=True, choices=currency_choices),
                Field("amount", T("Amount"), "money", required=True, min=0, sees=PRICES,
                      help=T("What arrived at our account, or left it.")),
                Field("bank_fee", T("Bank fee"), "money", min=0, sees=PRICES,
                      help=T("Money in: kept by the bank, paid all the same. Money out: on top of what was paid.")),
                Field("rounding", T("Rounding difference"), "money", sees=PRICES,
                    help=T("A small rest that is let go; negative: too much.")),
                Field("reference", T("Reference"), max_length=120),
                Field("notes", T("Notes"), "long", wide=True, max_length=4000),
            ),
            children=(
                ChildTable(
                    "parts", T("Pays for"), PaymentPart,
                    (
                        Field("document", T("Document"), required=True, max_length=40, lookup=lambda ctx: KINDS, href=_href),
                        Field("amount", T("Of the amount"), "money", sees=PRICES),
                        Field("rate", T("Rate"), "rate", min=0),
                        Field("applied", T("Settles"), "money", sees=PRICES),
                    ),
                    help=T("An invoice, a bill, or an order that is paid in advance. Leave rate and what is settled empty for "
                           "the rate of the day; an empty amount is all that is left."),
                ),
            ),
            columns=(
                Column("number", T("Number"), attr="number"), Column("state", T("State"), "state", attr="state"),
                "direction", "paid_on", "partner", Column("documents", T("Pays for"), load=columns.paid_documents, sort=False),
                Column("currency", T("Currency"), attr="currency"), "amount", "reference",
            ),
            filters=("direction", "partner", "currency", "paid_on"), totals=("amount",), search=("number", "reference",
                "partner"),
            twins=(("reference", "partner"),), figures=figures.of_payment, validate=paying.check,
            before_save=paying.complete, edit_states=("draft",), edit_roles=FINANCE, view_roles=FINANCE,
            needs=(CUSTOMER_PRICES, SUPPLIER_PRICES), menu=("invoicing", 30), icon="payment",
        )
    )  # fmt: skip
    for action in (
        Action(PAYMENT, "fill", T("Fill oldest first"), _fill, ("draft",), permission=f"{PAYMENT}.edit", order=5),
        Action(PAYMENT, "post", T("Post"), _post, ("draft",), roles=FINANCE, tone="primary", batch="each", order=10,
               confirm=T("Reviewed? It counts from then on.")),
        Action(PAYMENT, "finalise", T("Make final"), lambda ctx, row, data: None, ("posted",), "final", roles=FINANCE,
               tone="primary", batch="each", order=20, confirm=T("Lock it? It can no longer be changed or reversed.")),
        Action(PAYMENT, "withdraw", T("Back to draft"), _withdraw, ("posted",), roles=FINANCE, reason=True, order=70),
        discard_action(PAYMENT, permission=f"{PAYMENT}.edit"),
        reverse_action(PAYMENT, _reverse, roles=FINANCE),
    ):  # fmt: skip
        registry.action(action)
