"""Actual days that come by themselves: what other plugins say has happened to a factory order, to the customer orders
on it and to their styles. Only core's hooks are asked; no plugin is known by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import select

from core.api import Ctx
from core.db import among, flush_rows
from plugins.outsourcing.models import FactoryOrderLine
from plugins.tna.models import Milestone, Timeline
from plugins.tna.services import status

ORDER, SALE, STYLE = "outsourcing.order", "orders.order", "catalog.style"
Days = Mapping[int, Mapping[str, date]]


def touched(ctx: Ctx, entity: str, ids: Collection[int]) -> list[int]:
    """Factory orders whose timelines may be different because of these documents."""
    if entity == ORDER:
        return sorted(ids)
    column = {SALE: FactoryOrderLine.customer_order_id, STYLE: FactoryOrderLine.style_id}.get(entity)
    if column is None or not ids:
        return []
    found = select(FactoryOrderLine.order_id).where(among(column, ids)).distinct()
    return sorted(ctx.session.scalars(found))


def refresh(ctx: Ctx, order_ids: Iterable[int]) -> None:
    """Bring the automatic days of the open timelines of these factory orders up to date, and how they stand.

    A day a person entered stays in force. What a plugin said before it was switched off stays too.
    """
    flush_rows(ctx.session)
    found = ctx.session.execute(
        select(Milestone, Timeline.order_id)
        .join(Timeline, (Timeline.id == Milestone.timeline_id) & (Timeline.tenant_id == Milestone.tenant_id))
        .where(among(Timeline.order_id, order_ids), Timeline.state == "open", Milestone.event != "")
    ).all()
    events = {
        code: event
        for code, event in ctx.registry.events.items()
        if event.plugin == "core" or event.plugin in ctx.enabled
    }
    rows = [(milestone, order_id) for milestone, order_id in found if milestone.event in events]
    if not rows:
        return
    orders = sorted({order_id for _milestone, order_id in rows})
    wanted = {events[milestone.event].entity for milestone, _order_id in rows}
    parts = _parts(ctx, orders, wanted)
    said = {
        entity: _said(ctx, entity, sorted({i for by in parts[entity].values() for i in by}))
        for entity in wanted
        if entity in parts
    }
    changed = set()
    for milestone, order_id in rows:
        entity = events[milestone.event].entity
        if entity not in said:
            continue
        day = _all_happened(said[entity], parts[entity].get(order_id, set()), milestone.event)
        if day != milestone.happened:
            milestone.happened = day
            milestone.actual = milestone.typed or day
            changed.add(milestone.timeline_id)
    if changed:
        status.refresh(ctx, changed)


def _parts(ctx: Ctx, orders: Sequence[int], wanted: Collection[str]) -> dict[str, dict[int, set[int]]]:
    """Per kind of document: which of them belong to which factory order. One query beyond the factory orders."""
    parts: dict[str, dict[int, set[int]]] = {ORDER: {order_id: {order_id} for order_id in orders}}
    if not {SALE, STYLE} & set(wanted):
        return parts
    sales: dict[int, set[int]] = defaultdict(set)
    styles: dict[int, set[int]] = defaultdict(set)
    line = FactoryOrderLine
    for order_id, sale, style in ctx.session.execute(
        select(line.order_id, line.customer_order_id, line.style_id)
        .where(among(line.order_id, orders), line.flag != "cancelled")
        .distinct()
    ):
        sales[order_id].add(sale)
        styles[order_id].add(style)
    return {**parts, SALE: sales, STYLE: styles}


def _said(ctx: Ctx, entity: str, ids: Sequence[int]) -> Days:
    """What all plugins say of these documents, put together; the latest day where two say something."""
    together: dict[int, dict[str, date]] = defaultdict(dict)
    for answer in ctx.hooks.milestones(entity=entity, ids=ids) if ids else ():
        for key, days in answer.items():
            for code, day in days.items():
                known = together[key].get(code)
                together[key][code] = day if known is None else max(known, day)
    return together


def _all_happened(said: Days, ids: Collection[int], code: str) -> date | None:
    """The latest day of an event over these documents; None while it has not happened to all of them."""
    days = [said.get(i, {}).get(code) for i in ids]
    present = [day for day in days if day is not None]
    return max(present) if present and len(present) == len(days) else None
