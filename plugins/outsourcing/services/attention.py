"""What needs somebody's attention: instalments overdue, contracts unsigned, lines whose customer order was cancelled or
moved to another ship date."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from core.api import Alert, Ctx, T
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine
from plugins.outsourcing.services import paid, schedule, ship_dates

LIVE = ("issued", "in_production", "completed")
MOST = 5
LOOKED_AT = 200
ADDRESS = "/outsourcing/order/"


def alerts(ctx: Ctx) -> list[Alert]:
    """At most five of each kind, the oldest first. A fixed number of queries."""
    if not ctx.can("outsourcing.order.view"):
        return []
    found = undecided(ctx) + moved(ctx) + unsigned(ctx)
    if ctx.can("outsourcing.payment.view"):
        found += overdue(ctx)
    return found


def undecided(ctx: Ctx) -> list[Alert]:
    """Factory orders with lines whose customer order was cancelled."""
    rows = ctx.session.execute(
        select(FactoryOrder.id, FactoryOrder.number, func.count())
        .join(
            FactoryOrderLine,
            (FactoryOrderLine.order_id == FactoryOrder.id)
            & (FactoryOrderLine.tenant_id == FactoryOrder.tenant_id),
        )
        .where(
            FactoryOrderLine.flag == "cancelled", FactoryOrder.state.in_(("draft", "issued", "in_production"))
        )
        .group_by(FactoryOrder.id, FactoryOrder.number)
        .order_by(FactoryOrder.id)
        .limit(MOST)
    )
    return [
        Alert(T("{number}: the customer cancelled the order of {n} lines. Decide what becomes of them.", number=number, n=n),
              f"{ADDRESS}{order_id}", "bad", 10)
        for order_id, number, n in rows
    ]  # fmt: skip


def moved(ctx: Ctx) -> list[Alert]:
    """Issued factory orders that say another ship date than the customer order behind them now does."""
    return [
        Alert(T("{number} line {line}: the customer now wants it shipped on {day}, the factory order says {old}. Revise it.",
                number=found.order.number, line=found.line.position, day=found.wanted.isoformat(),
                old=found.line.ship_date.isoformat() if found.line.ship_date else "–"),
              f"{ADDRESS}{found.order.id}", "warn", 15)
        for found in ship_dates.moved(ctx, states=ship_dates.KEEPING, limit=MOST)
    ]  # fmt: skip


def unsigned(ctx: Ctx) -> list[Alert]:
    """Issued longer ago than the setting ``unsigned_days`` and the contract still not signed."""
    limit = int(ctx.setting("outsourcing.unsigned_days", 10))
    rows = ctx.session.execute(
        select(FactoryOrder.id, FactoryOrder.number, FactoryOrder.issue_date)
        .where(
            FactoryOrder.state.in_(("issued", "in_production")),
            FactoryOrder.contract_status != "signed",
            FactoryOrder.issue_date <= ctx.today() - timedelta(days=limit),
        )
        .order_by(FactoryOrder.issue_date, FactoryOrder.id)
        .limit(MOST)
    )
    return [
        Alert(T("{number}: no signed contract {n} days after issue.", number=number, n=(ctx.today() - issued).days),
              f"{ADDRESS}{order_id}#contract", "warn", 20)
        for order_id, number, issued in rows
        if issued is not None
    ]  # fmt: skip


def overdue(ctx: Ctx) -> list[Alert]:
    """Instalments past their day and not fully paid, of the live factory orders that ship first."""
    orders = list(
        ctx.session.scalars(
            select(FactoryOrder)
            .where(FactoryOrder.state.in_(LIVE), FactoryOrder.terms_id.is_not(None))
            .order_by(FactoryOrder.ship_date, FactoryOrder.id)
            .limit(LOOKED_AT)
        )
    )
    figures, days = paid.of_orders(ctx, orders), schedule.triggers(ctx, orders)
    late = []
    for order in orders:
        for part in schedule.build(ctx, order, figures[order.id], days[order.id]):
            if part.overdue and part.due_on is not None:
                late.append((part.due_on, order, part))
    return [
        Alert(T("{number}: {amount} {currency} was due on {day}.", number=order.number, amount=f"{part.open:,.2f}",
                currency=order.currency, day=day.isoformat()), f"{ADDRESS}{order.id}#payments", "warn", 30)
        for day, order, part in sorted(late, key=lambda item: (item[0], item[1].id))[:MOST]
    ]  # fmt: skip
