"""Many lines of finished goods at once, behind those of drafts: what splits orders and moves parts writes through here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from core.api import Ctx, EntityName, Refused, T, record_save
from core.db import among, json_value
from core.money import currency_decimals, line_amount, round_half_up
from core.values import ZERO
from plugins.catalog.api import Style
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.services import quantities
from plugins.purchasing.services.articles import ONE
from plugins.purchasing.services.lines import MOST
from plugins.purchasing.words import GOODS

ORDER = EntityName("purchasing.order")


@dataclass(frozen=True)
class Goods:
    """Pieces of a style in one colour and size, at a price per piece."""

    style: Style
    color_id: int
    size_id: int
    destination_id: int | None
    qty: int
    price: Decimal
    required_date: date | None = None


def add_goods(ctx: Ctx, wanted: Mapping[PurchaseOrder, Sequence[Goods]]) -> dict[int, list[int]]:
    """Put lines behind those that drafts of finished goods have; the ids of the new ones by order, as they were given.

    Two statements for all the lines together, and what is kept of each order that changes. Refused where an order is no draft
    of goods, or would have too many lines.
    """
    ctx.require(f"{ORDER}.edit")
    before = _before(ctx, wanted)
    over, under = quantities.over_pct(ctx, GOODS), quantities.under_pct(ctx, GOODS)
    rows: list[dict[str, Any]] = []
    for order, goods in wanted.items():
        if order.state != "draft" or order.material_class != GOODS:
            raise Refused(T("{number} is no draft for finished goods.", number=order.number))
        last, subtotal = before[order.id]
        if last + len(goods) > MOST:
            raise Refused(T("A purchase order has at most {n} lines.", n=MOST))
        for position, each in enumerate(goods, last + 1):
            row = _row(ctx, order, position, each, over, under)
            subtotal += row["amount"]
            rows.append(row)
        tax = round_half_up(subtotal * (order.tax_pct or ZERO) / 100, currency_decimals(ctx, order.currency))
        order.total = subtotal + tax
    ctx.session.insert_many(PurchaseLine, rows)
    made = _made(ctx, before)
    for order, goods in wanted.items():
        ctx.session.expire(order, ["lines"])
        pieces = sum(each.qty for each in goods)
        change = ("lines added", None, json_value({"lines": len(goods), "pieces": pieces}))
        record_save(ctx, order, "lines", [change])
    return made


def _before(ctx: Ctx, orders: Mapping[PurchaseOrder, Any]) -> dict[int, tuple[int, Decimal]]:
    """(last position, subtotal) of each of these orders; one query."""
    found: dict[int, tuple[int, Decimal]] = {order.id: (0, ZERO) for order in orders}
    line = PurchaseLine
    for order_id, last, amount in ctx.session.execute(
        select(line.order_id, func.max(line.position), func.sum(line.amount))
        .where(among(line.order_id, found))
        .group_by(line.order_id)
    ):
        found[order_id] = (last, amount)
    return found


def _made(ctx: Ctx, before: Mapping[int, tuple[int, Decimal]]) -> dict[int, list[int]]:
    line = PurchaseLine
    found: dict[int, list[int]] = defaultdict(list)
    for order_id, line_id, position in ctx.session.execute(
        select(line.order_id, line.id, line.position)
        .where(among(line.order_id, before))
        .order_by(line.order_id, line.position)
    ):
        if position > before[order_id][0]:
            found[order_id].append(line_id)
    return found


def _row(
    ctx: Ctx, order: PurchaseOrder, position: int, goods: Goods, over: Decimal, under: Decimal
) -> dict[str, Any]:
    uom, qty = goods.style.unit, Decimal(goods.qty)
    most, least = quantities.limits(qty, over, under, uom)
    return {
        "order_id": order.id, "position": position, "style_id": goods.style.id, "color_id": goods.color_id,
        "size_id": goods.size_id, "destination_id": goods.destination_id, "qty": qty, "uom": uom, "factor": ONE,
        "stock_uom": uom, "stock_qty": qty, "price": goods.price,
        "amount": line_amount(ctx, qty, goods.price, order.currency), "required_date": goods.required_date,
        "max_qty": most, "close_qty": least,
    }  # fmt: skip
