"""What needs somebody's attention: instalments overdue, contracts unsigned, lines whose customer order was cancelled or
moved to another ship date."""

from __future__ import annotations

from sqlalchemy import func, select

from core.api import Alert, Ctx, T, hookimpl
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine
from plugins.outsourcing.services import due, live, ship_dates

MOST = 5
ADDRESS = "/outsourcing/order/"


@hookimpl
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
    today = ctx.today()
    late = [
        (order.issue_date, order)
        for order in live.orders(ctx, "issued", "in_production")
        if order.contract_status != "signed" and order.issue_date and (today - order.issue_date).days >= limit
    ]
    return [
        Alert(T("{number}: no signed contract {n} days after issue.", number=order.number, n=(today - issued).days),
              f"{ADDRESS}{order.id}#contract", "warn", 20)
        for issued, order in sorted(late, key=lambda pair: (pair[0], pair[1].id))[:MOST]
    ]  # fmt: skip


def overdue(ctx: Ctx) -> list[Alert]:
    """Instalments past their day and not fully paid, the oldest first."""
    late = [found for found in due.instalments(ctx) if found.part.overdue]
    return [
        Alert(T("{number}: {amount} was due on {day}.", number=found.order.number, amount=found.text(ctx),
                day=found.day.isoformat()), f"{ADDRESS}{found.order.id}#payments", "warn", 30)
        for found in late[:MOST]
    ]  # fmt: skip
