"""The entity "factory order": fields, columns, filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Column, Ctx, Declare, EntityName, EntityType, Field, Filter, Problem, T
from core.db import among
from core.money import base_currency, currency_decimals
from core.values import ZERO
from kit.papers import stamp_created
from plugins.catalog.api import FACTORY_PRICES, currency_choices
from plugins.outsourcing import words
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.services import amounts, due, milestones, paid, rows, totals
from plugins.outsourcing.shown import figures

NAME = EntityName("outsourcing.order")
PAYMENTS = "outsourcing.payment.view"


def _contract_choices(ctx: Ctx) -> Sequence[tuple[str, Any]]:
    return [(code, label) for code, (label, _tone) in words.CONTRACT_STATUS.items()]


def _contract_badges(ctx: Ctx, orders: Sequence[FactoryOrder]) -> Mapping[int, Any]:
    return {order.id: words.CONTRACT_STATUS[order.contract_status] for order in orders}


def payment_text(found: paid.PaidFigures, currency: str, decimals: int) -> str:
    """The words beside the bar: the true percentage, and by how much it was overpaid."""
    percentage = "–" if found.progress is None else f"{found.progress:,.2f}%"
    if found.overpaid:
        return str(T("{progress} · overpaid {amount} {currency}", progress=percentage, amount=f"{found.overpaid:,.{decimals}f}",
                     currency=currency))  # fmt: skip
    return percentage


def _payment_bars(ctx: Ctx, orders: Sequence[FactoryOrder]) -> Mapping[int, Any]:
    found = paid.of_orders(ctx, orders)
    return {
        order.id: (
            found[order.id].progress,
            payment_text(found[order.id], order.currency, currency_decimals(ctx, order.currency)),
            found[order.id].bar[1],
        )
        for order in orders
    }


def _payment_choices(ctx: Ctx) -> Sequence[tuple[str, Any]]:
    return [("due", T("Due within a week"))]


def _by_payment(ctx: Ctx, found: Any, value: str) -> Any:
    """Factory orders with an instalment that is overdue or due within a week."""
    ids = {each.order.id for each in due.instalments(ctx)} if value == "due" else set()
    return found.where(among(FactoryOrder.id, ids))


def _validate(
    ctx: Ctx, row: FactoryOrder | None, data: Mapping[str, Any], children: Mapping[str, Any]
) -> list[Problem]:
    factory = data.get("factory") or (row.factory if row is not None else None)
    problems = []
    if factory is not None and not factory.is_factory:
        problems.append(Problem(T("{partner} is not a factory.", partner=factory.code), "factory"))
    if factory is not None and not factory.active and (row is None or row.factory_id != factory.id):
        problems.append(Problem(T("{partner} is no longer active.", partner=factory.code), "factory"))
    return problems


def _before_save(ctx: Ctx, row: FactoryOrder, is_new: bool) -> None:
    """What the person left empty comes from the factory."""
    factory = row.factory
    if is_new:
        stamp_created(ctx, row)
        row.terms = row.terms or factory.terms
        row.terms_id = row.terms.id if row.terms is not None else None
        row.incoterm = row.incoterm or factory.incoterm or ""
        row.contract_status, row.revision, row.qty, row.total = "none", 0, 0, ZERO
    row.currency = row.currency or factory.currency or base_currency(ctx)
    row.order_date = row.order_date or ctx.today()
    if row.tax_pct is None:
        row.tax_pct = ZERO


def _after_save(ctx: Ctx, row: FactoryOrder, is_new: bool) -> None:
    if not is_new:
        amounts.reprice(ctx, row, rows.lines(ctx, row))
        amounts.refresh(ctx, row)
    milestones.moved(ctx, [row.id])


def register(registry: Declare) -> None:
    """Declare the factory order."""
    registry.entity(
        EntityType(
            name=NAME,
            model=FactoryOrder,
            label=T("Factory order"),
            plural=T("Factory orders"),
            key="number",
            title="",
            series="factory_order",
            pattern="FO-{YYYY}-{0000}",
            states=words.ORDER_STATES,
            fields=(
                Field("factory", T("Factory"), "ref", required=True, ref="catalog.partner", where={"is_factory": True}),
                Field("currency", T("Currency"), "choice", choices=currency_choices,
                      help=T("Empty: the factory's currency.")),
                Field("order_date", T("Order date"), "date", default=lambda ctx: ctx.today()),
                Field("terms", T("Payment terms"), "ref", ref="catalog.payment_term",
                      help=T("Empty: the factory's terms.")),
                Field("incoterm", T("Trade terms"), max_length=40),
                Field("delivery_place", T("Place of delivery"), max_length=200),
                Field("tax_pct", T("Tax"), "pct", min=0, max=100, suffix="%", places=2),
                Field("notes", T("Notes"), "long", wide=True, max_length=4000),
                Field("issue_date", T("Issued on"), "date", fact=True, readonly=True),
                Field("ship_date", T("Ship date"), "date", readonly=True),
                Field("revision", T("Revision"), "int", readonly=True),
                Field("contract_status", T("Contract"), "choice", choices=_contract_choices, readonly=True),
                Field("qty", T("Pieces"), "int", readonly=True),
                Field("total", T("Contract total"), "money", readonly=True, sees=FACTORY_PRICES),
            ),
            columns=(
                Column("number", T("Number"), "text", attr="number"),
                "factory",
                Column("state", T("State"), "state", attr="state"),
                Column("contract", T("Contract"), "badge", attr="contract_status", load=_contract_badges),
                "ship_date", "qty",
                Column("currency", T("Currency"), "text", attr="currency"),
                "total",
                Column("payment", T("Paid"), "bar", load=_payment_bars, sort=False, right=FACTORY_PRICES),
                Column("customers", T("Customers"), "text", load=totals.customers, sort=False),
            ),
            filters=(
                "factory", "contract_status", Filter("payment", T("Payment"), _payment_choices, _by_payment, PAYMENTS),
                "currency", "ship_date",
            ),
            search=("number", "factory"),
            default_sort="-id",
            totals=("qty", "total"),
            figures=figures.order_figures,
            sees=dict.fromkeys(figures.AMOUNTS, FACTORY_PRICES),
            validate=_validate,
            before_save=_before_save,
            after_save=_after_save,
            edit_states=("draft",),
            menu=("outsourcing", 10),
            icon="factory", edit_roles=("merch", "mgr"),
        )
    )  # fmt: skip
