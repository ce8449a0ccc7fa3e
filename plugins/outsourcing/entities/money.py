"""Payments to factories and agreed adjustments: entities and actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.api import (
    Action,
    ChildTable,
    Column,
    Ctx,
    Declare,
    EntityName,
    EntityType,
    Field,
    Problem,
    Refused,
    T,
)
from core.db import among
from core.money import currency_decimals
from kit.papers import cancel_action, discard_action, future_problems, reverse_action
from plugins.catalog.api import FACTORY_PRICES, currency_choices
from plugins.outsourcing import words
from plugins.outsourcing.models import Adjustment, FactoryOrder, Payment, PaymentSplit
from plugins.outsourcing.services import payments, transfers
from plugins.outsourcing.shown import figures

PAYMENT, ADJUSTMENT, ORDER = (
    EntityName("outsourcing.payment"),
    EntityName("outsourcing.adjustment"),
    EntityName("outsourcing.order"),
)
Data = Mapping[str, Any]


def _orders(ctx: Ctx, rows: Sequence[Payment]) -> Mapping[int, Any]:
    """Numbers of the factory orders paid, one query a page."""
    found: dict[int, list[str]] = {}
    for payment_id, number in ctx.session.execute(
        select(PaymentSplit.payment_id, FactoryOrder.number)
        .join(
            FactoryOrder,
            (FactoryOrder.id == PaymentSplit.order_id) & (FactoryOrder.tenant_id == PaymentSplit.tenant_id),
        )
        .where(among(PaymentSplit.payment_id, [row.id for row in rows]))
        .order_by(PaymentSplit.id)
    ):
        found.setdefault(payment_id, []).append(number)
    return {payment_id: ", ".join(numbers) for payment_id, numbers in found.items()}


def _kinds(ctx: Ctx, rows: Sequence[Payment]) -> Mapping[int, Any]:
    labels = dict(payments.KINDS)
    return {
        row.id: (labels.get(row.kind, row.kind), "warn" if row.kind == "refund" else "neutral")
        for row in rows
    }


def _finalise(ctx: Ctx, row: Payment, data: Data) -> None:
    payments.finalise(ctx, row)


def _transfer(ctx: Ctx, row: Payment, data: Data) -> Any:
    if len(row.splits) != 1:
        raise Refused(
            T("This payment is for several factory orders: move the deposit from the factory order.")
        )
    refund, deposit = transfers.transfer(
        ctx, row.splits[0].order, data["to"], data.get("amount"), data.get("rate"), data.get("paid_on")
    )
    return T("{refund} and {deposit} were posted.", refund=refund.number, deposit=deposit.number)


def _check_adjustment(
    ctx: Ctx, row: Adjustment | None, data: Mapping[str, Any], children: Mapping[str, Any]
) -> list[Problem]:
    order = data.get("order") or (row.order if row is not None else None)
    amount = data.get("amount")
    problems = []
    if amount is not None and not amount:
        problems.append(Problem(T("The amount is not 0."), "amount"))
    if order is not None and payments.too_fine(amount, currency_decimals(ctx, order.currency)):
        problems.append(
            Problem(T("At most {places} decimals.", places=currency_decimals(ctx, order.currency)), "amount")
        )
    if order is not None and order.state not in payments.PAYABLE:
        problems.append(
            Problem(T("{number} is not issued, or is closed or cancelled.", number=order.number), "order")
        )
    return problems


def _live(ctx: Ctx, row: Adjustment) -> None:
    if row.order.state in ("closed", "cancelled"):
        raise Refused(T("{numbers} is closed.", numbers=row.order.number))


def _agree(ctx: Ctx, row: Adjustment, data: Data) -> None:
    _live(ctx, row)
    if problems := future_problems(ctx, row.agreed_on, "agreed_on"):
        raise Refused(problems)


def _cancel(ctx: Ctx, row: Adjustment, data: Data) -> None:
    _live(ctx, row)


def register(registry: Declare) -> None:
    """Declare payments and adjustments."""
    _payments(registry)
    _adjustments(registry)


def _payments(registry: Declare) -> None:
    registry.entity(
        EntityType(
            name=PAYMENT, model=Payment, label=T("Payment"), plural=T("Payments"), key="number", title="reference",
            series=payments.SERIES, pattern="PY-{YYYY}-{0000}", states=words.PAYMENT_STATES,
            fields=(
                Field("factory", T("Factory"), "ref", required=True, ref="catalog.partner", where={"is_factory": True}),
                Field("paid_on", T("Date"), "date", fact=True, required=True, default=lambda ctx: ctx.today()),
                Field("kind", T("Kind"), "choice", required=True, choices=payments.KINDS, default="deposit"),
                Field("currency", T("Currency paid"), "choice", required=True, choices=currency_choices),
                Field("amount", T("Amount paid"), "money", required=True, sees=FACTORY_PRICES),
                Field("bank_fee", T("Bank fee"), "money", min=0, help=T("In the currency paid."), sees=FACTORY_PRICES),
                Field("reference", T("Reference"), max_length=120),
                Field("notes", T("Notes"), "long", wide=True, max_length=4000),
                Field("finalised", T("Final"), "bool", readonly=True),
            ),
            children=(
                ChildTable(
                    "splits", T("For factory orders"), PaymentSplit,
                    (
                        Field("order", T("Factory order"), "ref", required=True, ref=ORDER),
                        Field("amount", T("Of the amount paid"), "money", sees=FACTORY_PRICES),
                        Field("rate", T("Rate to contract currency"), "rate", min=0),
                        Field("applied", T("Applied in contract currency"), "money", sees=FACTORY_PRICES),
                    ),
                    help=T("Leave amount empty for the whole payment, rate for the rate of the day, applied for amount × "
                           "rate; change applied to what the factory acknowledged."),
                ),
            ),
            columns=(
                Column("number", T("Number"), attr="number"), "paid_on", "factory",
                Column("orders", T("Factory orders"), load=_orders, sort=False),
                Column("kind", T("Kind"), "badge", attr="kind", load=_kinds),
                Column("currency", T("Currency"), attr="currency"), "amount",
                Column("state", T("State"), "state", attr="state"), "finalised", "reference",
            ),
            filters=("factory", "kind", "currency", "paid_on"), totals=("amount",),
            search=("number", "reference"),
            twins=(("reference", "factory"),),
            figures=figures.payment_figures, validate=payments.check, before_save=payments.complete,
            edit_states=("draft",), edit_roles=("fin", "mgr"), needs=(FACTORY_PRICES,), view_roles=("merch", "fin", "mgr"),
            menu=("outsourcing", 20), icon="payment",
        )
    )  # fmt: skip
    finance = ("fin", "mgr")
    for action in (
        Action(
            PAYMENT, "post", T("Post"), lambda ctx, row, data: payments.post(ctx, row), ("draft",), "posted",
            roles=finance, confirm=T("Post the payment? It counts from then on."), tone="primary", order=10,
        ),
        discard_action(PAYMENT, permission=f"{PAYMENT}.edit"),
        reverse_action(PAYMENT, lambda ctx, row, data: payments.reverse(ctx, row), roles=finance,
                       visible=lambda ctx, row: not row.finalised, order=30),
        Action(
            PAYMENT, "finalise", T("Make final"), _finalise, ("posted",), roles=finance,
            visible=lambda ctx, row: not row.finalised, confirm=T("Lock it? It can no longer be reversed."), order=20,
        ),
        Action(
            PAYMENT, "transfer", T("Move to another factory order"), _transfer, ("posted",), roles=finance, order=40,
            visible=lambda ctx, row: len(row.splits) == 1 and row.splits[0].order.state == "cancelled",
            fields=(
                Field("to", T("To factory order"), "ref", required=True, ref=ORDER),
                Field("amount", T("Amount"), "money", default="", sees=FACTORY_PRICES,
                      help=T("Empty: all that is refundable.")),
                Field("rate", T("Rate"), "rate", help=T("Empty: the rate of the day.")),
                Field("paid_on", T("Date"), "date", fact=True, default=lambda ctx: ctx.today()),
            ),
        ),
    ):  # fmt: skip
        registry.action(action)


def _adjustments(registry: Declare) -> None:
    registry.entity(
        EntityType(
            name=ADJUSTMENT, model=Adjustment, label=T("Adjustment"), plural=T("Debit and credit notes"), key="number",
            title="reason", series="adjustment", pattern="AD-{YYYY}-{0000}", states=words.ADJUSTMENT_STATES,
            fields=(
                Field("order", T("Factory order"), "ref", required=True, ref=ORDER),
                Field("agreed_on", T("Date"), "date", fact=True, required=True, default=lambda ctx: ctx.today()),
                Field("amount", T("Amount"), "money", required=True,
                      help=T("In contract currency. Deductions (debit notes) are negative."), sees=FACTORY_PRICES),
                Field("reason", T("Reason"), "long", required=True, max_length=2000),
            ),
            columns=(
                Column("number", T("Number"), attr="number"), "agreed_on", "order", "amount",
                Column("state", T("State"), "state", attr="state"), "reason",
            ),
            filters=("order", "agreed_on"), search=("number", "reason"), validate=_check_adjustment,
            edit_states=("draft",), edit_roles=("merch", "fin", "mgr"), view_roles=("merch", "fin", "mgr"),
            needs=(FACTORY_PRICES,),
            menu=("outsourcing", 30), icon="adjustment",
        )
    )  # fmt: skip
    registry.action(
        Action(ADJUSTMENT, "agree", T("Agreed"), _agree, ("draft",), "agreed", roles=("fin", "mgr"), tone="primary",
               confirm=T("Agreed with the factory? It changes what is payable."), order=10)
    )  # fmt: skip
    registry.action(
        cancel_action(
            ADJUSTMENT, ("draft", "agreed"), title=T("Cancel"), run=_cancel, roles=("fin", "mgr"), order=20
        )
    )
