"""Open work: styles of confirmed orders with pieces that are on no factory order yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select, tuple_
from sqlalchemy.orm import selectinload

from core.api import Ctx, pick
from core.db import among
from plugins.catalog.api import Color, Destination, Partner, Size, Style
from plugins.orders.models import CustomerOrder, OrderLine, OrderStyle
from plugins.orders.services import allocation

BATCH = 200


@dataclass(frozen=True)
class OpenSize:
    """Pieces of one colour and size that a factory order may still take."""

    order_line_id: int
    color_id: int
    size_id: int
    ordered: int
    allocated: int

    @property
    def unallocated(self) -> int:
        """Never below 0."""
        return max(0, self.ordered - self.allocated)


@dataclass
class OpenStyle:
    """One customer order × style × destination with unallocated pieces: what becomes one line of a factory order."""

    order_id: int
    order_number: str
    customer: str
    customer_po: str
    order_style_id: int
    style_id: int
    style: str
    style_name: str
    destination_id: int
    destination: str
    ship_date: date
    sizes: list[OpenSize] = field(default_factory=list)
    colors: dict[int, str] = field(default_factory=dict)
    size_codes: dict[int, str] = field(default_factory=dict)

    @property
    def ordered(self) -> int:
        """Pieces ordered."""
        return sum(s.ordered for s in self.sizes)

    @property
    def unallocated(self) -> int:
        """Pieces on no live factory order."""
        return sum(s.unallocated for s in self.sizes)


def open_order_styles(
    ctx: Ctx,
    *,
    order_ids: Sequence[int] | None = None,
    customer_id: int | None = None,
    style_id: int | None = None,
    search: str = "",
    include_full: bool = False,
    limit: int = 200,
) -> list[OpenStyle]:
    """Styles of confirmed orders with unallocated pieces, earliest ship date first, at most ``limit``.

    ``search`` looks at the start of the order number and within customer PO and style code. ``include_full`` keeps
    styles without unallocated pieces. A fixed number of queries for each 200 orders looked at.
    """
    found: list[OpenStyle] = []
    after: tuple[date, int] | None = None
    while len(found) < limit:
        statement = _candidates(order_ids, customer_id, style_id, search)
        if after is not None:
            statement = statement.where(tuple_(CustomerOrder.ship_date, CustomerOrder.id) > after)
        page = ctx.session.execute(statement.limit(BATCH)).all()
        if not page:
            break
        found += [
            style
            for style in _open_styles(ctx, [row[0] for row in page], style_id)
            if style.sizes and (include_full or style.unallocated)
        ]
        after = (page[-1][1] or date.min, page[-1][0])
        if len(page) < BATCH:
            break
    return found[:limit]


def _candidates(
    order_ids: Sequence[int] | None, customer_id: int | None, style_id: int | None, search: str
) -> Select[int, date | None]:
    order = CustomerOrder
    statement = select(order.id, order.ship_date).where(order.state == "confirmed", order.qty > 0)
    if order_ids is not None:
        statement = statement.where(among(order.id, order_ids))
    if customer_id is not None:
        statement = statement.where(order.customer_id == customer_id)
    with_style = (
        select(OrderStyle.id)
        .join(Style, (Style.id == OrderStyle.style_id) & (Style.tenant_id == OrderStyle.tenant_id))
        .where(OrderStyle.order_id == order.id, OrderStyle.tenant_id == order.tenant_id)
        .correlate(order)
    )
    if style_id is not None:
        statement = statement.where(with_style.where(OrderStyle.style_id == style_id).exists())
    text = search.strip()
    if text:
        statement = statement.where(
            or_(
                order.number.istartswith(text, autoescape=True),
                order.customer_po.icontains(text, autoescape=True),
                with_style.where(Style.code.icontains(text, autoescape=True)).exists(),
            )
        )
    return statement.order_by(order.ship_date, order.id)


def _open_styles(ctx: Ctx, order_ids: Sequence[int], style_id: int | None) -> list[OpenStyle]:
    statement = (
        select(OrderLine, OrderStyle, CustomerOrder, Partner, Style, Destination.code, Color.code)
        .join(OrderStyle, _same(OrderLine.order_style_id, OrderStyle, OrderLine))
        .join(CustomerOrder, _same(OrderLine.order_id, CustomerOrder, OrderLine))
        .join(Partner, _same(CustomerOrder.customer_id, Partner, CustomerOrder))
        .join(Style, _same(OrderStyle.style_id, Style, OrderStyle))
        .join(Destination, _same(OrderLine.destination_id, Destination, OrderLine))
        .join(Color, _same(OrderLine.color_id, Color, OrderLine))
        .where(among(OrderLine.order_id, order_ids), OrderLine.qty > 0)
        .order_by(CustomerOrder.ship_date, CustomerOrder.id, OrderLine.position)
        .options(selectinload(OrderLine.sizes))
    )
    if style_id is not None:
        statement = statement.where(OrderStyle.style_id == style_id)
    rows = ctx.session.execute(statement).all()
    taken = allocation.spoken_for(ctx, order_ids)
    codes = _size_codes(ctx, {style.size_run_id for _l, _os, _o, _p, style, _d, _c in rows})
    found: dict[tuple[int, int], OpenStyle] = {}
    for line, order_style, order, customer, style, destination, color in rows:
        key = (order_style.id, line.destination_id)
        item = found.get(key)
        if item is None:
            item = found[key] = OpenStyle(
                order.id, order.number, pick(customer.names, customer.name), order.customer_po, order_style.id, style.id,
                style.code, pick(style.names, style.name),
                line.destination_id, destination, line.ship_date,
            )  # fmt: skip
        item.ship_date = min(item.ship_date, line.ship_date)
        item.colors[line.color_id] = color
        for size in line.sizes:
            if size.qty:
                item.size_codes[size.size_id] = codes.get(size.size_id, "?")
                item.sizes.append(
                    OpenSize(
                        line.id, line.color_id, size.size_id, size.qty, taken.get((line.id, size.size_id), 0)
                    )
                )
    return list(found.values())


def _size_codes(ctx: Ctx, run_ids: set[int]) -> Mapping[int, str]:
    sizes = ctx.session.scalars(select(Size).where(among(Size.size_run_id, run_ids)))
    return {size.id: size.code for size in sizes}


def _same(column: Any, target: Any, child: Any) -> Any:
    return (column == target.id) & (child.tenant_id == target.tenant_id)
