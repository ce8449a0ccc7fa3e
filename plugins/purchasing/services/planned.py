"""Material and finished goods that purchase orders are still to bring, for whoever plans."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from core.api import Ctx, EntityName, EntityRef, hookimpl
from core.db import among
from core.values import ZERO
from plugins.catalog.api import ON_HAND, Garment, Key, PlanItem, PlanSupply, size_codes
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.services import dates, positions, purposes

ENTITY = EntityName("purchasing.order")


@hookimpl
def plan_supply(
    ctx: Ctx, until: date | None, styles: Collection[int] | None, materials: Collection[int] | None
) -> list[PlanSupply]:
    """Open balances in stock units, line by line: drafts too, which are not firm. The share that a document claims is meant for
    it, the rest for nobody. What its supplier will never send is none. A fixed number of statements."""
    if until == ON_HAND or (materials is not None and not materials and styles is not None and not styles):
        return []
    order, line = PurchaseOrder, PurchaseLine
    query = (
        select(order.id, order.number, order.state, order.supplier_id, order.required_date,
               order.order_date, line.id.label("line_id"),
               line.position, line.material_id, line.style_id, line.color_id, line.size_id, line.destination_id, line.qty,
               line.close_qty, line.factor, line.required_date.label("own_date"), line.availability)
        .join(line, (line.order_id == order.id) & (line.tenant_id == order.tenant_id))
        .where(order.state.in_(("draft", "issued")), line.short_closed.is_(False), line.availability != "never")
        .order_by(line.id)
    )  # fmt: skip
    if materials is not None or styles is not None:
        query = query.where(
            (line.material_id.is_not(None) if materials is None else among(line.material_id, materials))
            | (line.style_id.is_not(None) if styles is None else among(line.style_id, styles))
        )
    rows = [
        (row, day)
        for row in ctx.session.execute(query)
        if (day := dates.expected(row.availability, row.own_date or row.required_date, row.order_date))
        is None
        or until is None
        or day <= until
    ]
    ids = [row.line_id for row, _day in rows]
    came = positions.of_lines(ctx, ids) if ids else {}
    claimed = purposes.of_lines(ctx, ids)
    codes = size_codes(ctx, {row.size_id for row, _day in rows if row.size_id})
    found = []
    for row, day in rows:
        key: PlanItem = (
            Garment(row.style_id, row.color_id or 0, row.size_id or 0)
            if row.material_id is None
            else Key(row.material_id, row.color_id, codes.get(row.size_id or 0), row.destination_id)
        )
        at = came.get(row.line_id, positions.NOTHING)
        left = positions.still(row.qty, row.close_qty, at) if row.state == "issued" else row.qty
        for purpose in (*claimed.get(row.line_id, ()), None):
            part = left if purpose is None else min(left, purpose.lacks)
            if part > ZERO:
                left -= part
                found.append(
                    PlanSupply(EntityRef(ENTITY, row.id), row.number, row.position, key, part * row.factor, day,
                               firm=row.state == "issued", meant=purpose.ref if purpose else None,
                               partner=row.supplier_id)
                )  # fmt: skip
    return found
