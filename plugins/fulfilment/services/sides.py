"""Pieces of a customer order on a purchase line, with both documents, and what may differ between the two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Row, select

from core.api import Ctx
from core.db import among
from plugins.fulfilment.models import Allocation
from plugins.fulfilment.services.needs import Cell
from plugins.orders.api import CustomerOrder, OrderLine, OrderStyle
from plugins.purchasing.api import PurchaseLine, PurchaseOrder

LIVE = ("draft", "issued")
"""Purchase orders that are not over."""
INFORMS = ("late", "spare")
"""Kinds that tell something and ask for no change."""


class Sides(NamedTuple):
    """An allocation with both documents that it binds. ``id`` 0: none yet, pieces that the line (0: a new one) could have."""

    id: int
    qty: int
    order_id: int
    order: str
    order_line_id: int
    size_id: int
    style_id: int
    color_id: int
    ship_date: date
    goods: tuple[int, int, int]
    po_id: int
    po: str
    po_state: str
    line_id: int
    position: int
    bought: tuple[int | None, int | None, int | None]
    bought_place: int | None
    place: int
    bought_qty: Decimal
    availability: str
    short_closed: bool
    required: date | None
    order_date: date

    @property
    def cell(self) -> Cell:
        """The pieces of the customer order."""
        return (self.order_line_id, self.size_id)

    @property
    def stray(self) -> bool:
        """The two are about different goods by now."""
        return self.goods != self.bought or self.bought_place not in (None, self.place)


@dataclass(frozen=True)
class Difference:
    """What differs at an allocation.

    over   pieces more on the purchase line than the order still wants    stray  the order wants other goods
    short  short-closed: the vendor will not send them                    never  the vendor has no more of it
    grown  pieces more that the order wants of what the line buys         late   expected after the order ships
    added  pieces of a line or size that the purchase order could have (``price``: what it would pay)
    spare  pieces of the purchase line that no order wants, though its vendor sends everything to the customer
    """

    kind: str
    at: Sides
    qty: int
    day: date | None = None
    price: Decimal | None = None

    @property
    def asks(self) -> bool:
        """It asks for a change of a purchase order that is not over."""
        return self.kind not in INFORMS and self.at.po_state in LIVE


def bound(ctx: Ctx, *, order_ids: Iterable[int] = (), purchase_ids: Iterable[int] = ()) -> list[Sides]:
    """Allocations of customer orders, or of purchase orders, with both sides, the oldest first. One query."""
    a, line, style, order, bought, po = (
        Allocation, OrderLine, OrderStyle, CustomerOrder, PurchaseLine, PurchaseOrder,
    )  # fmt: skip
    statement = (
        select(
            a.id, a.qty, line.order_id, order.number.label("order_number"), a.order_line_id, a.size_id, style.style_id,
            line.color_id, line.destination_id, line.ship_date, po.id.label("po_id"), po.number.label("po_number"),
            po.state.label("po_state"), bought.id.label("line_id"), bought.position,
            bought.style_id.label("bought_style"), bought.color_id.label("bought_color"),
            bought.size_id.label("bought_size"), bought.destination_id.label("bought_place"),
            bought.qty.label("bought_qty"), bought.availability, bought.short_closed,
            bought.required_date.label("line_required"), po.required_date.label("po_required"), po.order_date,
        )
        .join(line, (line.id == a.order_line_id) & (line.tenant_id == a.tenant_id))
        .join(style, (style.id == line.order_style_id) & (style.tenant_id == line.tenant_id))
        .join(order, (order.id == line.order_id) & (order.tenant_id == line.tenant_id))
        .join(bought, (bought.id == a.purchase_line_id) & (bought.tenant_id == a.tenant_id))
        .join(po, (po.id == bought.order_id) & (po.tenant_id == bought.tenant_id))
        .where(po.state != "cancelled")
        .order_by(po.number, bought.position, a.id)
    )  # fmt: skip
    orders, purchases = list(order_ids), list(purchase_ids)
    mine = among(line.order_id, orders) if orders else among(po.id, purchases)
    rows = ctx.session.execute(statement.where(mine)) if orders or purchases else ()
    return [_sides(row) for row in rows]


def _sides(r: Row[*tuple[object, ...]]) -> Sides:
    return Sides(
        r.id, r.qty, r.order_id, r.order_number, r.order_line_id, r.size_id, r.style_id, r.color_id, r.ship_date,
        (r.style_id, r.color_id, r.size_id), r.po_id, r.po_number, r.po_state, r.line_id, r.position,
        (r.bought_style, r.bought_color, r.bought_size), r.bought_place, r.destination_id, r.bought_qty, r.availability,
        r.short_closed, r.line_required or r.po_required, r.order_date,
    )  # fmt: skip
