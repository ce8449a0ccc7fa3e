"""Rows of sheets, returns and summaries: a line of a customer order from one purchase order (or from stock), with its sizes.

Read for whole orders at once, with a fixed number of statements whatever their size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select

from core.api import Ctx, pick
from core.db import among
from core.values import ZERO
from plugins.catalog.api import Color, Destination, Partner, Size, Style
from plugins.fulfilment.models import Context, OrderContext
from plugins.fulfilment.services import stock_returns, sums
from plugins.fulfilment.services.allocations import allocations
from plugins.fulfilment.services.explaining import Cell, cut, most_of, spread
from plugins.fulfilment.services.stock_returns import Back
from plugins.orders.api import CustomerOrder, OrderLine, OrderStyle, cells
from plugins.purchasing.api import PurchaseOrder


@dataclass
class Row:
    """A line of a customer order (none: bought for stock) from a purchase order (none: from stock)."""

    order_id: int = 0
    order: str = ""
    order_state: str = ""
    line_id: int = 0
    position: int = 0
    style_id: int = 0
    style: str = ""
    style_name: str = ""
    color_id: int = 0
    color: str = ""
    color_name: str = ""
    destination_id: int = 0
    destination: str = ""
    price: Decimal | None = None
    po_id: int = 0
    po: str = ""
    po_state: str = ""
    currency: str = ""
    vendor_id: int = 0
    vendor: str = ""
    vendor_name: str = ""
    cells: dict[int, Cell] = field(default_factory=dict)

    def total(self, what: str) -> int:
        """Sum of a figure over the sizes."""
        return sum(getattr(cell, what) for cell in self.cells.values())

    @property
    def receivable(self) -> bool:
        """Pieces may come for it: its purchase order is out, or it comes from stock."""
        return self.po_state in ("", "issued")


@dataclass(frozen=True)
class Bought:
    """A purchase order: its number, state and currency, and whose it is."""

    number: str
    state: str
    currency: str
    vendor_id: int
    vendor: str
    vendor_name: str


def of_orders(ctx: Ctx, order_ids: Iterable[int]) -> list[Row]:
    """Rows of customer orders in their order, those bought from vendors before what comes from stock. Once a page; a fixed
    number of queries."""
    return _known(ctx, order_ids)[0]


def through_stock(ctx: Ctx, order_ids: Iterable[int]) -> list[Back]:
    """What of them the customer gave back to a store, on none of our returns. Read with the rows."""
    return _known(ctx, order_ids)[1]


def _known(ctx: Ctx, order_ids: Iterable[int]) -> tuple[list[Row], list[Back]]:
    ids = tuple(sorted(set(order_ids)))
    return ctx.memo.once(("fulfilment.rows", ids), lambda: _of_orders(ctx, ids) if ids else ([], []))


def _of_orders(ctx: Ctx, ids: Sequence[int]) -> tuple[list[Row], list[Back]]:
    ordered = {
        (line, size): qty for mine in cells(ctx, ids).values() for (line, size, *_rest), qty in mine.items()
    }
    lines = _lines(ctx, ids)
    tolerance = tolerances(ctx, ids)
    found: dict[tuple[int, int], Row] = {}
    bought: dict[tuple[int, int], int] = defaultdict(int)
    allotted = allocations(ctx, ids)
    got = sums.came(ctx, ids)
    pos = purchases(
        ctx, {a.purchase_order_id for a in allotted} | {po for (_line, po, _size), _again in got if po}
    )

    def cell(line_id: int, po_id: int, size_id: int) -> Cell:
        key = (line_id, po_id)
        if key not in found:
            found[key] = _row(lines[line_id], po_id, pos.get(po_id))
        return found[key].cells.setdefault(size_id, Cell())

    for a in allotted:
        at = cell(a.order_line_id, a.purchase_order_id, a.size_id)
        at.ordered += a.qty
        at.purchase_line_id = at.purchase_line_id or a.purchase_line_id
        bought[a.order_line_id, a.size_id] += a.qty
    for (line_id, size_id), qty in ordered.items():
        if qty > bought[line_id, size_id]:
            cell(line_id, 0, size_id).ordered = qty - bought[line_id, size_id]
    for (key, again), came in got.items():
        at = cell(*key)
        at.received, at.damaged = at.received + came.received, at.damaged + came.damaged
        name = "resent" if again else "goods"
        setattr(at, name, getattr(at, name) + came.received - came.damaged)
        at.final += came.final
    for key, went in sums.went_back(ctx, ids).items():
        at = cell(*key)
        at.returned, at.owed, at.closed = went.back, went.owed, went.back - went.owed
    by_size: dict[tuple[int, int], list[Cell]] = defaultdict(list)
    for (line_id, _po), row in sorted(
        found.items(), key=lambda each: (each[0][0], not each[0][1], each[0][1])
    ):
        for size_id, at in row.cells.items():
            at.most = most_of(ordered.get((line_id, size_id), 0), tolerance.get(row.order_id, ZERO))
            by_size[line_id, size_id].append(at)
    for at_size, several in by_size.items():
        cut(several, ordered.get(at_size, 0))
    backs = stock_returns.taken_off(ctx, _in_order(found.values()))
    for (line_id, size_id), kinds in sums.settled(ctx, ids).items():
        for kind, qty in kinds.items():
            name = "substituted" if kind == "substitution" else "agreed"
            spread(qty, by_size[line_id, size_id] or [cell(line_id, 0, size_id)], name)
    return _in_order(found.values()), backs


def _in_order(found: Iterable[Row]) -> list[Row]:
    return sorted(found, key=lambda r: (r.order_id, r.position, r.line_id, not r.po_id, r.po_id))


def _lines(ctx: Ctx, order_ids: Iterable[int]) -> dict[int, Row]:
    """Lines of orders with what they are called; one query."""
    line, style, head = OrderLine, OrderStyle, CustomerOrder
    rows = ctx.session.execute(
        select(
            line.id, line.position, line.price, head.id, head.number, head.state, Style.id, Style.code, Style.name, Style.names,
            Color.id, Color.code, Color.name, Color.names, Destination.id, Destination.code,
        )
        .join(head, (head.id == line.order_id) & (head.tenant_id == line.tenant_id))
        .join(style, (style.id == line.order_style_id) & (style.tenant_id == line.tenant_id))
        .join(Style, (Style.id == style.style_id) & (Style.tenant_id == style.tenant_id))
        .join(Color, (Color.id == line.color_id) & (Color.tenant_id == line.tenant_id))
        .join(Destination, (Destination.id == line.destination_id) & (Destination.tenant_id == line.tenant_id))
        .where(among(line.order_id, order_ids))
    )  # fmt: skip
    return {
        r[0]: Row(
            line_id=r[0], position=r[1], price=r[2], order_id=r[3], order=r[4], order_state=r[5], style_id=r[6], style=r[7],
            style_name=pick(r[9], r[8]), color_id=r[10], color=r[11], color_name=pick(r[13], r[12]), destination_id=r[14],
            destination=r[15],
        )
        for r in rows
    }  # fmt: skip


def _row(line: Row, po_id: int, po: Bought | None) -> Row:
    made = Row(**{**vars(line), "cells": {}})
    if po is not None:
        buy(made, po_id, po)
    return made


def buy(row: Row, po_id: int, po: Bought) -> None:
    """Say of which purchase order a row is."""
    row.po_id, row.po, row.po_state, row.currency = po_id, po.number, po.state, po.currency
    row.vendor_id, row.vendor, row.vendor_name = po.vendor_id, po.vendor, po.vendor_name


def purchases(ctx: Ctx, ids: Iterable[int]) -> dict[int, Bought]:
    """Purchase orders with their vendors; one query, none for none."""
    po = PurchaseOrder
    return ctx.memo.each(
        "fulfilment.purchases",
        ids,
        lambda new: {
            r[0]: Bought(r[1], r[2], r[3], r[4], r[5], pick(r[7], r[6]))
            for r in ctx.session.execute(
                select(po.id, po.number, po.state, po.currency, Partner.id, Partner.code, Partner.name, Partner.names)
                .join(Partner, (Partner.id == po.supplier_id) & (Partner.tenant_id == po.tenant_id))
                .where(among(po.id, new))
            )
        },
    )  # fmt: skip


def ways(ctx: Ctx, order_ids: Iterable[int]) -> dict[int, str]:
    """``own`` or ``vendor``: how the goods of orders reach the customer, by their business context. One query."""
    return dict(
        ctx.session.execute(
            select(OrderContext.row_id, Context.ships_via)
            .join(
                Context,
                (Context.id == OrderContext.business_context_id)
                & (Context.tenant_id == OrderContext.tenant_id),
            )
            .where(among(OrderContext.row_id, order_ids))
        ).all()
    )


def tolerances(ctx: Ctx, order_ids: Iterable[int]) -> dict[int, Decimal]:
    """Percent above the order that may be accepted: of the order's business context, else the company's. One query."""
    ids, usual = list(order_ids), Decimal(str(ctx.setting("fulfilment.over_pct", 0)))
    found = dict(
        ctx.session.execute(
            select(OrderContext.row_id, Context.tolerance_pct)
            .join(
                Context,
                (Context.id == OrderContext.business_context_id)
                & (Context.tenant_id == OrderContext.tenant_id),
            )
            .where(among(OrderContext.row_id, ids))
        ).all()
    )
    return {each: found.get(each, usual) for each in ids}


def sizes_by_id(ctx: Ctx, found: Iterable[Row]) -> dict[int, tuple[str, int]]:
    """Sizes of rows: id → (code, position). One query, once a page."""
    wanted = {size_id for row in found for size_id in row.cells}
    return ctx.memo.each(
        "fulfilment.sizes",
        wanted,
        lambda ids: {
            size_id: (code, position)
            for size_id, code, position in ctx.session.execute(
                select(Size.id, Size.code, Size.position).where(among(Size.id, ids))
            )
        },
    )
