"""Factory orders in the full-process table of customer orders: which ones make an order, how far they are, what is paid.

A factory order covers several customer orders. Its own figures (need, purchases, payment) cannot be divided among them,
so each customer order shows the figure of the factory order; where it is on several, the one that is least far along.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from core.api import Ctx, Declare, EntityName, Figure, ProcessStep, T
from core.db import among
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine
from plugins.outsourcing.services import paid
from plugins.outsourcing.words import ORDER_STATES

CUSTOMER = EntityName("orders.order")
ORDER = "/outsourcing/order/"
STATES = {state.code: (rank, state) for rank, state in enumerate(ORDER_STATES)}


@dataclass(frozen=True)
class Maker:
    """A factory order that makes (a part of) a customer order; what payment figures are computed from."""

    id: int
    number: str
    state: str
    total: Decimal


def makers(ctx: Ctx, customer_order_ids: Sequence[int]) -> dict[int, list[Maker]]:
    """Factory orders that are not cancelled by customer order, by number. One query, once a page."""
    return ctx.memo.each("outsourcing.makers", customer_order_ids, lambda ids: _makers(ctx, ids))


def _makers(ctx: Ctx, customer_order_ids: Sequence[int]) -> dict[int, list[Maker]]:
    found: dict[int, list[Maker]] = defaultdict(list)
    order, line = FactoryOrder, FactoryOrderLine
    for customer_order, order_id, number, state, total in ctx.session.execute(
        select(line.customer_order_id, order.id, order.number, order.state, order.total)
        .join(order, (order.id == line.order_id) & (order.tenant_id == line.tenant_id))
        .where(among(line.customer_order_id, customer_order_ids), order.state != "cancelled")
        .distinct()
        .order_by(order.number)
    ):
        found[customer_order].append(Maker(order_id, number, state, total))
    return found


def behind(customer_order: int, found: Sequence[Maker], part: str = "") -> str:
    """The page behind a figure: the factory order (its ``part``), or the customer order that lists several."""
    return f"{ORDER}{found[0].id}{part}" if len(found) == 1 else f"/orders/order/{customer_order}"


def states(ctx: Ctx, ids: Sequence[int]) -> Mapping[int, Figure]:
    """State of the factory order that is least far along; how many there are, where there are several."""
    result = {}
    for customer_order, found in makers(ctx, ids).items():
        _rank, state = min((STATES[m.state] for m in found), key=lambda pair: pair[0])
        label = T("{state} · {n} orders", state=state.label, n=len(found)) if len(found) > 1 else state.label
        result[customer_order] = Figure(label, "badge", behind(customer_order, found), state.tone)
    return result


def payments(ctx: Ctx, ids: Sequence[int]) -> Mapping[int, Figure]:
    """Payment progress of the issued factory order that is paid least. Two queries."""
    by_order = {c: [m for m in found if m.state != "draft"] for c, found in makers(ctx, ids).items()}
    distinct = {m.id: m for found in by_order.values() for m in found}
    figures = paid.of_orders(ctx, list(distinct.values()))
    result = {}
    for customer_order, found in by_order.items():
        known = [p for m in found if (p := figures[m.id].progress) is not None]
        if known:
            result[customer_order] = Figure(min(known), "pct", behind(customer_order, found, "#payments"))
    return result


def register(registry: Declare) -> None:
    """The two columns."""
    registry.step(
        ProcessStep(
            "factory_order", CUSTOMER, T("Factory order"), states, 40, "outsourcing.order.view",
            help=T("State of the factory order; of several, the one least far along."),
        )
    )  # fmt: skip
    registry.step(
        ProcessStep(
            "paid", CUSTOMER, T("Paid"), payments, 90, "outsourcing.payment.view",
            help=T("What the factory was paid of the contract total. The figure is that of the whole factory order, "
                   "which may make several customer orders; of several factory orders, the one paid least."),
        )
    )  # fmt: skip
