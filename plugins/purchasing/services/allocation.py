"""What of purchase lines belongs to which factory order: ordered, accepted, still open, per material group.

Accepted quantities of a line that serves several factory orders go to the one that ships first until its share is full,
then to the next. Surplus of a line that is wholly allocated belongs to the last of them, else it is free stock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select

from core.api import Ctx, among
from plugins.catalog.services import Key
from plugins.outsourcing.models import FactoryOrder
from plugins.purchasing.models import Allocation, PurchaseLine, PurchaseOrder
from plugins.purchasing.services import dates, positions
from plugins.purchasing.services.positions import NOTHING
from plugins.purchasing.services.quantities import ZERO, nearest, step
from plugins.stock import groups

FAR = date(2999, 1, 1)
GRAIN = Decimal("0.000001")


class Split(NamedTuple):
    """A quantity of one line divided: factory order → purchase units; the rest is free."""

    shares: dict[int, Decimal]
    free: Decimal


@dataclass(frozen=True)
class Planned:
    """A line, the factory orders it is allocated to in the order in which they are served, and its group."""

    line: PurchaseLine
    order: PurchaseOrder
    plan: list[tuple[int, Decimal]]
    key: Key

    def arrived(self, kept: Decimal, stock_kept: Decimal) -> dict[int, Decimal]:
        """Stock units that each of them has once ``kept`` purchase units, ``stock_kept`` stock units, are there."""
        each = stock_kept / kept if kept else ZERO
        parts = divide(kept, self.plan, self.line.qty).shares
        return {order_id: nearest(qty * each, GRAIN) for order_id, qty in parts.items()}


@dataclass(frozen=True)
class Share:
    """What one line is to one factory order, in stock units.

    planned  on a draft; ordered  on an order that was issued (what was short-closed counts as far as it came)
    arrived  accepted and kept; open  still expected
    """

    order_id: int
    line_id: int
    key: Key
    planned: Decimal
    ordered: Decimal
    arrived: Decimal
    open: Decimal
    due: date | None
    number: str


def key_of(line: PurchaseLine, sizes: Mapping[int, str]) -> Key:
    """The material group of a line; ``sizes`` are codes by id."""
    return Key(line.material_id, line.color_id, sizes.get(line.size_id or 0), line.destination_id)


def divide(qty: Decimal, allocated: Sequence[tuple[int, Decimal]], line_qty: Decimal) -> Split:
    """Divide an accepted quantity over allocations, given in the order in which they are served."""
    shares: dict[int, Decimal] = {}
    left = qty
    for order_id, wanted in allocated:
        shares[order_id] = min(left, wanted)
        left -= shares[order_id]
    if left > 0 and allocated and sum((q for _o, q in allocated), ZERO) >= line_qty:
        shares[allocated[-1][0]] += left
        left = ZERO
    return Split(shares, left)


def shares(
    ctx: Ctx, order_ids: Iterable[int] | None = None, *, material_ids: Iterable[int] | None = None
) -> Sequence[Share]:
    """Shares of purchase lines in these factory orders, or of all factory orders in these materials.

    Cancelled purchase orders do not count. Six queries however many lines, once a page.
    """
    orders, materials = (None if ids is None else frozenset(ids) for ids in (order_ids, material_ids))
    return ctx.memo.once(("purchasing.shares", orders, materials), lambda: _shares(ctx, orders, materials))


def _shares(ctx: Ctx, orders: frozenset[int] | None, materials: frozenset[int] | None) -> list[Share]:
    found = planned(ctx, orders, material_ids=materials)
    came = positions.of_lines(ctx, [each.line.id for each in found])
    return [
        share for each in found
        for share in _of_line(each, came.get(each.line.id, NOTHING))
        if orders is None or share.order_id in orders
    ]  # fmt: skip


def planned(
    ctx: Ctx, order_ids: Iterable[int] | None = None, *, material_ids: Iterable[int] | None = None
) -> list[Planned]:
    """Lines allocated to these factory orders, or to any in these materials; not those of cancelled purchase orders."""
    mine = _line_ids(ctx, order_ids, material_ids)
    if not mine:
        return []
    line, po = PurchaseLine, PurchaseOrder
    found = ctx.session.execute(
        select(line, po).join(po, (po.id == line.order_id) & (po.tenant_id == line.tenant_id)).where(among(line.id, mine))
    ).all()  # fmt: skip
    allocated: dict[int, list[tuple[date, int, Decimal]]] = defaultdict(list)
    for line_id, fo, qty, ship in ctx.session.execute(
        select(Allocation.line_id, Allocation.factory_order_id, Allocation.qty, FactoryOrder.ship_date)
        .join(
            FactoryOrder,
            (FactoryOrder.id == Allocation.factory_order_id)
            & (FactoryOrder.tenant_id == Allocation.tenant_id),
        )
        .where(among(Allocation.line_id, mine))
    ):
        allocated[line_id].append((ship or FAR, fo, qty))
    sizes = groups.size_codes(ctx, {each.size_id for each, _o in found if each.size_id})
    return [
        Planned(
            each, order, [(fo, qty) for _ship, fo, qty in sorted(allocated[each.id])], key_of(each, sizes)
        )
        for each, order in found
    ]


def _line_ids(ctx: Ctx, order_ids: Iterable[int] | None, material_ids: Iterable[int] | None) -> list[int]:
    line, po = PurchaseLine, PurchaseOrder
    statement = (
        select(line.id)
        .join(po, (po.id == line.order_id) & (po.tenant_id == line.tenant_id))
        .join(Allocation, (Allocation.line_id == line.id) & (Allocation.tenant_id == line.tenant_id))
        .where(po.state != "cancelled")
        .distinct()
    )
    if order_ids is not None:
        statement = statement.where(among(Allocation.factory_order_id, order_ids))
    if material_ids is not None:
        statement = statement.where(among(line.material_id, material_ids))
    return list(ctx.session.scalars(statement))


def _of_line(planned: Planned, came: positions.Position) -> list[Share]:
    line, order, plan = planned.line, planned.order, planned.plan
    there = planned.arrived(came.kept, came.stock_kept)
    still = positions.balance(line, came) if order.state == "issued" else ZERO
    left = divide(came.taken + still, plan, line.qty).shares
    taken = divide(came.taken, plan, line.qty).shares
    due, grain = dates.eta(line, order), step(line.stock_uom)
    result = []
    for fo, qty in plan:
        arrived = there[fo]
        open_qty = max(ZERO, left[fo] - min(left[fo], taken[fo]))
        draft = order.state == "draft"
        nominal = nearest(qty * line.factor, grain)
        ordered = ZERO if draft else nominal
        if not draft and (line.short_closed or order.state == "closed"):
            ordered = min(ordered, arrived)
        result.append(
            Share(fo, line.id, planned.key, nominal if draft else ZERO, ordered, arrived,
                  nearest(open_qty * line.factor, grain), due, order.number)
        )  # fmt: skip
    return result


def orders_of(ctx: Ctx, line_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """The factory orders that each of these purchase lines is meant for. One query."""
    found: dict[int, tuple[int, ...]] = {}
    for line_id, order_id in ctx.session.execute(
        select(Allocation.line_id, Allocation.factory_order_id).where(among(Allocation.line_id, line_ids))
    ):
        found[line_id] = (*found.get(line_id, ()), order_id)
    return found


def ordered(ctx: Ctx, order_ids: Iterable[int]) -> dict[tuple[int, Key], Decimal]:
    """Stock units ordered or planned for factory orders, by group."""
    total: dict[tuple[int, Key], Decimal] = defaultdict(lambda: ZERO)
    for share in shares(ctx, order_ids):
        total[share.order_id, share.key] += share.ordered + share.planned
    return total


def arrived(ctx: Ctx, order_ids: Iterable[int]) -> dict[tuple[int, Key], Decimal]:
    """Stock units accepted for factory orders, by group, less what went back for replacement or credit.

    What waits for inspection and what was rejected does not count.
    """
    total: dict[tuple[int, Key], Decimal] = defaultdict(lambda: ZERO)
    for share in shares(ctx, order_ids):
        if share.arrived:
            total[share.order_id, share.key] += share.arrived
    return dict(total)
