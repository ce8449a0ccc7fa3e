"""What is added to an order whose goods are bound to its purchase orders is proposed on one of these, not bought anew.

Bound are orders whose business context requires the reference, or whose vendors send to the customer. It goes to the purchase
order that buys the style for the order already, else to one of the vendor that would be asked first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func, select

from core.api import Ctx
from core.db import among
from plugins.fulfilment.models import Allocation, Context, OrderContext
from plugins.fulfilment.services import vendors
from plugins.fulfilment.services.needs import Need
from plugins.fulfilment.services.sides import LIVE, Difference, Sides
from plugins.fulfilment.services.vendors import Choice
from plugins.orders.api import CustomerOrder
from plugins.purchasing.api import PurchaseLine, PurchaseOrder

Lacking = tuple[Need, int]
"""A size of an order line, and the pieces of it that no purchase line goes on with."""


class Line(NamedTuple):
    """A line of a purchase order that is not over."""

    id: int
    position: int
    goods: tuple[int | None, int | None, int | None]
    destination_id: int | None
    qty: Decimal
    price: Decimal | None
    dead: bool
    po_id: int
    po: str
    po_state: str
    vendor_id: int
    currency: str
    required: date | None
    order_date: date


def of_orders(ctx: Ctx, rows: Sequence[Sides], lacking: Sequence[Lacking]) -> list[Difference]:
    """What of these allocations' orders could stand on their purchase orders and does not, and what stands there for nobody.
    One query where no order is bound; a fixed number else."""
    direct = bound_orders(ctx, {row.order_id for row in rows})
    if not direct:
        return []
    lines = _lines(ctx, {row.po_id for row in rows if row.order_id in direct and row.po_state in LIVE})
    mine: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        mine[row.order_id].add(row.po_id)
    numbers = {row.order_id: row.order for row in rows}
    wanted = [(need, qty) for need, qty in lacking if need.order_id in direct and need.order_id in mine]
    books = {
        each: _Book(direct[each], [line for line in lines if line.po_id in mine[each]]) for each in direct
    }
    own = [books[need.order_id].of_style(need) for need, _qty in wanted]
    offered = _offered(ctx, [each for each, at in zip(wanted, own, strict=True) if at is None])
    found = []
    for (need, qty), line in zip(wanted, own, strict=True):
        first = offered.get(need.style_id)
        at = line or (books[need.order_id].of_vendor(need, first) if first else None)
        if at is not None:
            price = line.price if line else first.price if first else None
            here = books[need.order_id].same(need, at.po_id)
            found.append(_added(need, numbers[need.order_id], qty, at, price, here))
    ours = {order_id for order_id, is_direct in direct.items() if is_direct}
    return found + _spare(ctx, [row for row in rows if row.order_id in ours], lines)


def bound_orders(ctx: Ctx, order_ids: Iterable[int]) -> dict[int, bool]:
    """Confirmed orders that are bound to their purchase orders: do their vendors send to the customer? One query
    a page."""
    return ctx.memo.each("fulfilment.bound", order_ids, lambda ids: _bound(ctx, ids))


def _bound(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, bool]:
    context, own, order = Context, OrderContext, CustomerOrder
    found = ctx.session.execute(
        select(own.row_id, context.ships_via)
        .join(context, (context.id == own.business_context_id) & (context.tenant_id == own.tenant_id))
        .join(order, (order.id == own.row_id) & (order.tenant_id == own.tenant_id))
        .where(
            among(own.row_id, order_ids),
            order.state == "confirmed",
            (context.reference == "required") | (context.ships_via == "vendor"),
        )
    )
    return {order_id: via == "vendor" for order_id, via in found}


def _lines(ctx: Ctx, po_ids: Iterable[int]) -> list[Line]:
    """Lines of purchase orders, those of drafts and of newer ones last. One query."""
    line, po = PurchaseLine, PurchaseOrder
    rows = ctx.session.execute(
        select(
            line.id, line.position, line.style_id, line.color_id, line.size_id, line.destination_id, line.qty, line.price,
            line.short_closed, line.availability, po.id.label("po_id"), po.number, po.state, po.supplier_id, po.currency,
            po.required_date, po.order_date,
        )
        .join(po, (po.id == line.order_id) & (po.tenant_id == line.tenant_id))
        .where(among(po.id, po_ids), line.style_id.is_not(None))
        .order_by(po.state.desc(), po.id, line.position)
    )  # fmt: skip
    return [
        Line(
            r.id, r.position, (r.style_id, r.color_id, r.size_id), r.destination_id, r.qty, r.price,
            r.short_closed or r.availability == "never", r.po_id, r.number, r.state, r.supplier_id, r.currency,
            r.required_date, r.order_date,
        )
        for r in rows
    ]  # fmt: skip


def _offered(ctx: Ctx, wanted: Sequence[Lacking]) -> dict[int, Choice]:
    """Who would be asked first for styles that none of the purchase orders can have."""
    pieces: dict[int, int] = defaultdict(int)
    for need, qty in wanted:
        pieces[need.style_id] += qty
    found = vendors.offers(ctx, pieces, ctx.today()) if pieces else {}
    return {style: offers.first for style, offers in found.items() if offers.first is not None}


class _Book:
    """Lines of the purchase orders of one customer order, by what is asked of them."""

    def __init__(self, direct: bool, lines: Sequence[Line]) -> None:
        self.direct = direct
        self.styles: dict[int | None, list[Line]] = defaultdict(list)
        self.goods: dict[Any, list[Line]] = defaultdict(list)
        self.vendors: dict[tuple[int, str], list[Line]] = defaultdict(list)
        self.places: dict[int | None, set[int]] = defaultdict(set)
        for line in lines:
            self.styles[line.goods[0]].append(line)
            self.goods[line.goods].append(line)
            self.vendors[line.vendor_id, line.currency].append(line)
            self.places[line.destination_id].add(line.po_id)

    def _alike(self, need: Need) -> list[Line]:
        goods = (need.style_id, need.color_id, need.size_id)
        return [
            line for line in self.goods.get(goods, ()) if line.destination_id in (None, need.destination_id)
        ]

    def same(self, need: Need, po_id: int) -> Line | None:
        """The newest line of a purchase order that buys the same already."""
        here = [line for line in self._alike(need) if line.po_id == po_id and not line.dead]
        return here[-1] if here else None

    def of_style(self, need: Need) -> Line | None:
        """A line of the purchase order that buys the style already; drafts and newer ones first."""
        return self._fitting(need, self.styles.get(need.style_id, ()))

    def of_vendor(self, need: Need, first: Choice) -> Line | None:
        """A line of a purchase order of this vendor."""
        return self._fitting(need, self.vendors.get((first.vendor.id, first.currency), ()))

    def _fitting(self, need: Need, lines: Sequence[Line]) -> Line | None:
        """The last of them that goes to the same place, where the vendor sends, and whose vendor has these goods."""
        gone = {line.po_id for line in self._alike(need) if line.dead}
        placed = self.places.get(need.destination_id, set())
        for line in reversed(lines):
            if line.po_id not in gone and (not self.direct or line.po_id in placed):
                return line
        return None


def _added(
    need: Need, number: str, qty: int, at: Line, price: Decimal | None, here: Line | None
) -> Difference:
    goods = (need.style_id, need.color_id, need.size_id)
    sides = Sides(
        0, qty, need.order_id, number, need.line_id, need.size_id, need.style_id, need.color_id, need.ship_date, goods,
        at.po_id, at.po, at.po_state, here.id if here else 0, here.position if here else 0, goods, need.destination_id,
        need.destination_id, here.qty if here else Decimal(0), "unknown", False, at.required, at.order_date,
    )  # fmt: skip
    return Difference("added", sides, qty, price=price)


def _spare(ctx: Ctx, rows: Sequence[Sides], lines: Sequence[Line]) -> list[Difference]:
    """Pieces of lines that only these orders, or nobody, has something of. One query."""
    if not rows:
        return []
    a = Allocation
    held = dict(
        ctx.session.execute(
            select(a.purchase_line_id, func.sum(a.qty))
            .where(among(a.purchase_line_id, {line.id for line in lines}))
            .group_by(a.purchase_line_id)
        ).all()
    )
    by_line = {row.line_id: row for row in rows}
    by_po = {row.po_id: row for row in rows}
    found = []
    for line in lines:
        row = by_line.get(line.id) or (by_po.get(line.po_id) if line.id not in held else None)
        free = int(line.qty) - int(held.get(line.id, 0))
        if row is not None and free > 0 and not line.dead:
            style, color, size = line.goods
            at = row._replace(
                id=0, line_id=line.id, position=line.position, style_id=style or 0, color_id=color or 0, size_id=size or 0,
            )  # fmt: skip
            found.append(Difference("spare", at, free))
    return found
