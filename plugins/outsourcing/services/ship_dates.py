"""Ship dates of customer orders on factory orders: drafts follow them, an issued one keeps its own until it is revised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, func, select

from core.api import Change, Ctx, EntityName, hookimpl, record_save
from core.db import among
from plugins.orders.api import OrderLine
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine
from plugins.outsourcing.services import amounts, live, milestones
from plugins.outsourcing.words import CUSTOMER_ORDER

ENTITY = EntityName("outsourcing.order")
KEEPING = ("issued", "in_production")
"""States in which a factory order is a document: its ship date changes by revision."""


class Moved(NamedTuple):
    """A line whose customer wants the goods on another day than it says."""

    line: FactoryOrderLine
    order: FactoryOrder
    wanted: date


def follow_ship_dates(ctx: Ctx, customer_order_ids: Sequence[int]) -> None:
    """Customer orders changed: take their ship dates over into drafts, and tell who plans by their factory orders."""
    orders = set(
        ctx.session.scalars(
            select(FactoryOrderLine.order_id).where(
                among(FactoryOrderLine.customer_order_id, customer_order_ids)
            )
        )
    )
    if not orders:
        return
    drafts: dict[int, tuple[FactoryOrder, list[Change]]] = {}
    for line, order, wanted in moved(ctx, customer_order_ids, states=("draft",)):
        change = (f"line {line.position} ship date", line.ship_date, wanted)
        drafts.setdefault(order.id, (order, []))[1].append(change)
        line.ship_date = wanted
    for order, changes in drafts.values():
        amounts.refresh(ctx, order)
        record_save(ctx, order, "edit_lines", changes)
    milestones.moved(ctx, orders)


def moved(
    ctx: Ctx,
    customer_order_ids: Iterable[int] | None = None,
    *,
    states: Sequence[str],
    limit: int | None = None,
) -> list[Moved]:
    """Lines on factory orders in these states that say another day than the customer order now does, the most urgent
    factory order first. Factory orders, then their lines: together, a planner may begin with all the lines there ever were.
    """
    urgency = {order.id: place for place, order in enumerate(live.orders(ctx, *states))}
    statement = _differing().where(among(FactoryOrderLine.order_id, urgency))
    if customer_order_ids is not None:
        statement = statement.where(among(FactoryOrderLine.customer_order_id, customer_order_ids))
    found = sorted(
        ctx.session.execute(statement), key=lambda row: (urgency[row[0].order_id], row[0].position)
    )[:limit]
    wanted = {line.order_id for line, _day in found}
    head = FactoryOrder
    orders = {
        order.id: order
        for order in (ctx.session.scalars(select(head).where(among(head.id, wanted))) if wanted else ())
    }
    return [Moved(line, orders[line.order_id], day) for line, day in found]


def _differing() -> Select[FactoryOrderLine, date]:
    """A line goes with the earliest of the customer's lines of its style and destination, as it did when it was added."""
    line = FactoryOrderLine
    wanted = (
        select(func.min(OrderLine.ship_date))
        .where(
            OrderLine.tenant_id == line.tenant_id,
            OrderLine.order_style_id == line.order_style_id,
            OrderLine.destination_id == line.destination_id,
            OrderLine.qty > 0,
        )
        .correlate(line)
        .scalar_subquery()
    )
    return select(line, wanted).where(wanted != line.ship_date, ~line.short_closed, line.flag == "")


@hookimpl
def milestones_changed(ctx: Ctx, entity: str, ids: Sequence[int]) -> None:
    """Ship dates of customer orders reach the factory orders that make them."""
    if entity == CUSTOMER_ORDER:
        follow_ship_dates(ctx, ids)
