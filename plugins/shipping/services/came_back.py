"""What customers gave back of shipped goods, by line of their order: said once in SQL, for whoever reads or adds up.

A return of stock names the order, style, colour and size, and no line. Of several lines that had these pieces it is taken off
the last ones first, the oldest return first: pieces that left and pieces that came back stand one behind the other, and where
the two overlap, these pieces of that line came back on this return.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Subquery, and_, case, false, func, or_, select, type_coerce

from core.api import Ctx, hookimpl
from core.db import Qty, among
from plugins.catalog.api import Size, Style
from plugins.orders.api import GoodsReturned, OrderLine
from plugins.shipping.models import Shipment, ShipmentLine, ShipmentSize
from plugins.shipping.words import CUSTOMER_ORDER, GONE
from plugins.stock.api import DOCUMENT, REPLACEMENT, RETURN, StockDocument, StockLine

UNITS = 10**Qty.scale
"""A quantity is kept in these; pieces are whole."""
GOODS = ("order_id", "style_id", "color_id", "size_id")
UP_TO_HERE = (None, 0)


def came_back(order_ids: Sequence[int] | None = None) -> Subquery:
    """Pieces on posted returns against these orders (None: against all): ``document_id``, ``line_id`` of the order,
    ``style_id``, ``color_id``, ``size_id``, ``qty``."""
    head = StockDocument
    returns = [head.owner_entity == CUSTOMER_ORDER, head.kind == RETURN, head.state == "posted"]
    if order_ids is not None:
        returns.append(among(head.owner_id, order_ids))
    back, gone = _back(returns), _gone(returns)
    until = case((back.c.until < gone.c.until, back.c.until), else_=gone.c.until)
    since = case((back.c.since > gone.c.since, back.c.since), else_=gone.c.since)
    overlap = (back.c.since < gone.c.until, gone.c.since < back.c.until)
    return (
        select(back.c.document_id, gone.c.line_id, *(gone.c[name] for name in GOODS[1:]), (until - since).label("qty"))
        .join(gone, and_(*(back.c[name] == gone.c[name] for name in GOODS), *overlap))
        .subquery()
    )  # fmt: skip


def _back(returns: Sequence[ColumnElement[bool]]) -> Subquery:
    """What came back: of its goods the pieces after ``since``, up to ``until``."""
    head, line = StockDocument, StockLine
    goods, qty = (
        (head.owner_id, line.style_id, line.color_id, Size.id),
        type_coerce(line.qty, BigInteger) // UNITS,
    )
    until = func.sum(qty).over(
        partition_by=goods, order_by=(head.id, line.position, line.id), rows=UP_TO_HERE
    )
    return (
        select(
            head.id.label("document_id"), *_named(goods), until.label("until"), (until - qty).label("since")
        )
        .join(line, (line.document_id == head.id) & (line.tenant_id == head.tenant_id))
        .join(Style, (Style.id == line.style_id) & (Style.tenant_id == line.tenant_id))
        .join(Size, (Size.size_run_id == Style.size_run_id) & (Size.tenant_id == Style.tenant_id))
        .where(Size.code == line.size, *returns)
        .subquery()
    )


def _gone(returns: Sequence[ColumnElement[bool]]) -> Subquery:
    """What left of the orders of these returns, in the same way."""
    head, row, size, line = Shipment, ShipmentLine, ShipmentSize, OrderLine
    goods, qty = (head.customer_order_id, row.style_id, row.color_id, size.size_id), func.sum(size.qty)
    until = func.sum(qty).over(
        partition_by=goods, order_by=(line.position.desc(), line.id.desc()), rows=UP_TO_HERE
    )
    return (
        select(line.id.label("line_id"), *_named(goods), until.label("until"), (until - qty).label("since"))
        .join(row, (row.order_line_id == line.id) & (row.tenant_id == line.tenant_id))
        .join(head, (head.id == row.shipment_id) & (head.tenant_id == row.tenant_id))
        .join(size, (size.line_id == row.id) & (size.tenant_id == row.tenant_id))
        .where(
            head.state.in_(GONE), head.customer_order_id.in_(select(StockDocument.owner_id).where(*returns))
        )
        .group_by(*goods, line.position, line.id)
        .subquery()
    )


def _named(goods: Sequence[Any]) -> list[Any]:
    return [column.label(name) for name, column in zip(GOODS, goods, strict=True)]


class Back(NamedTuple):
    """Pieces of an order line and size that came back on one return of stock. ``told``: a document of another plugin, that
    made the return, tells of them."""

    document_id: int
    number: str
    day: date
    order_id: int
    line_id: int
    size_id: int
    qty: int
    settlement: str
    price: Decimal | None
    cause: str
    told: bool


def of_orders(ctx: Ctx, order_ids: Iterable[int]) -> list[Back]:
    """What came back of these orders, the oldest return first. One query, once a page."""
    ids = tuple(sorted(set(order_ids)))
    return ctx.memo.once(("shipping.came_back", ids), lambda: _of_orders(ctx, ids)) if ids else []


def _of_orders(ctx: Ctx, order_ids: Sequence[int]) -> list[Back]:
    back, head, line = came_back(order_ids), StockDocument, OrderLine
    rows = ctx.session.execute(
        select(head.id, head.number, head.day, line.order_id, line.id, back.c.size_id, back.c.qty, head.settlement,
               line.price, head.cause, told_elsewhere(ctx))
        .join(back, back.c.document_id == head.id)
        .join(line, line.id == back.c.line_id)
        .order_by(head.id, line.position, back.c.size_id)
    )  # fmt: skip
    return [
        Back(id, number, day, order_id, line_id, size_id, int(qty), settlement, price, cause, told)
        for id, number, day, order_id, line_id, size_id, qty, settlement, price, cause, told in rows
    ]


def told_elsewhere(ctx: Ctx) -> ColumnElement[bool]:
    """Returns of stock that documents of other plugins tell of (hook ``own_returns``)."""
    return or_(false(), *(StockDocument.id.in_(told) for told in ctx.hooks.own_returns()))


def to_replace(ctx: Ctx, order_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """Shipped pieces that came back to be replaced, by (order line, size). One query, once a page."""
    found: dict[tuple[int, int], int] = defaultdict(int)
    for back in of_orders(ctx, order_ids):
        if back.settlement == REPLACEMENT:
            found[back.line_id, back.size_id] += back.qty
    return dict(found)


@hookimpl
def goods_returned(ctx: Ctx, order_ids: Sequence[int]) -> list[GoodsReturned]:
    """Pieces that came back to a store: we bear it. One query, once a page."""
    return [
        GoodsReturned(DOCUMENT.ref(b.document_id), b.number, b.day, b.order_id, b.line_id, b.size_id, b.qty, "seller",
                      b.settlement, b.price, b.cause)
        for b in of_orders(ctx, order_ids) if not b.told
    ]  # fmt: skip
