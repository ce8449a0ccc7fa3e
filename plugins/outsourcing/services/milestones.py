"""Events in the life of factory orders, and telling those who plan by them that something moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import func, select

from core.api import Ctx, EntityName, Event, T
from core.db import among
from plugins.outsourcing.models import Contract, FactoryOrder, Payment, PaymentSplit

ENTITY, PAYMENT = EntityName("outsourcing.order"), EntityName("outsourcing.payment")
ISSUED, SIGNED = "outsourcing.issued", "outsourcing.contract_signed"
DEPOSIT, STARTED = "outsourcing.deposit_posted", "outsourcing.started"
EVENTS = (
    Event(ISSUED, T("Factory order issued"), ENTITY),
    Event(SIGNED, T("Contract signed"), ENTITY),
    Event(DEPOSIT, T("Deposit posted"), ENTITY),
    Event(STARTED, T("Cutting started"), ENTITY),
)
STILL = ("generate_contract", "mark_sent")
"""Actions on factory orders that move nothing."""


def factory_order_milestones(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, dict[str, date]]:
    """What happened to each of these factory orders, by event; three queries.

    The contract counts from the day it was signed, while that copy is in force; the deposit from the first one posted.
    """
    wanted = list(order_ids)
    order, split = FactoryOrder, PaymentSplit
    heads = select(order.id, order.issue_date, order.started_on).where(
        among(order.id, wanted), order.state != "draft"
    )
    signed = (
        select(Contract.order_id, func.max(Contract.signed_on))
        .where(among(Contract.order_id, wanted), Contract.status == "signed")
        .group_by(Contract.order_id)
    )
    deposits = (
        select(split.order_id, func.min(Payment.paid_on))
        .join(Payment, (Payment.id == split.payment_id) & (Payment.tenant_id == split.tenant_id))
        .where(among(split.order_id, wanted), Payment.state == "posted", Payment.kind == "deposit")
        .group_by(split.order_id)
    )
    days: list[tuple[int, str, date | None]] = []
    for id, issued, started in ctx.session.execute(heads):
        days += [(id, ISSUED, issued), (id, STARTED, started)]
    days += [(id, SIGNED, day) for id, day in ctx.session.execute(signed)]
    days += [(id, DEPOSIT, day) for id, day in ctx.session.execute(deposits)]
    found: dict[int, dict[str, date]] = defaultdict(dict)
    for id, code, day in days:
        if day is not None:
            found[id][code] = day
    return dict(found)


def factory_orders_changed(ctx: Ctx, order_ids: Iterable[int]) -> None:
    """Tell whoever plans by these factory orders that something of them is different; nothing is said of none."""
    ids = sorted(set(order_ids))
    if ids:
        ctx.hooks.milestones_changed(entity=ENTITY, ids=ids)


def moved(ctx: Ctx, order_ids: Iterable[int]) -> None:
    """The factory orders themselves changed: tell who keeps something of them, then whoever plans by them."""
    ids = sorted(set(order_ids))
    if ids:
        ctx.hooks.factory_orders_changed(order_ids=ids)
        factory_orders_changed(ctx, ids)
