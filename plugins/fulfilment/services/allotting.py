"""What was bought in bulk is allotted to customer orders: the oldest need first, or as somebody types it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from core.api import Ctx, Problem, Refused, T, Text
from core.db import among
from plugins.fulfilment.services import keeping, needs
from plugins.fulfilment.services.keeping import Pair
from plugins.fulfilment.services.needs import Need
from plugins.orders.api import CustomerOrder, OrderLine, OrderStyle, lock_orders
from plugins.purchasing.api import PurchaseLine, PurchaseOrder


class Want(NamedTuple):
    """Pieces of a customer order that a line of the purchase order fits. ``held``: allotted to it by this line; ``rest``: what
    nobody was asked for."""

    line_id: int
    position: int
    order_id: int
    order: str
    order_line_id: int
    order_position: int
    size_id: int
    ship_date: date
    held: int
    rest: int

    @property
    def pair(self) -> Pair:
        """What the allocation is known by."""
        return (self.order_line_id, self.size_id, self.line_id)


def free(ctx: Ctx, po: PurchaseOrder) -> dict[int, int]:
    """Pieces of each line that no order has; none of lines that will not come. Two queries."""
    line = PurchaseLine
    rows = ctx.session.execute(
        select(line.id, line.qty, line.short_closed, line.availability).where(line.order_id == po.id)
    ).all()
    held = keeping.on_lines(ctx, [row.id for row in rows])
    return {
        row.id: 0
        if row.short_closed or row.availability == "never"
        else int(row.qty) - sum(each.qty for each in held.get(row.id, ()))
        for row in rows
    }


def wants(ctx: Ctx, po: PurchaseOrder) -> list[Want]:
    """What of confirmed orders the lines of a purchase order fit, by line, the oldest need first. A fixed number of queries."""
    line = PurchaseLine
    bought = ctx.session.execute(
        select(line.id, line.position, line.style_id, line.color_id, line.size_id, line.destination_id)
        .where(line.order_id == po.id, line.style_id.is_not(None))
        .order_by(line.position)
    ).all()
    orders = _orders(ctx, {row.style_id for row in bought if row.style_id is not None})
    held = {
        (a.order_line_id, a.size_id, a.purchase_line_id): a.qty
        for rows in keeping.on_lines(ctx, [row.id for row in bought]).values()
        for a in rows
    }
    fitting: dict[tuple[int, int, int], list[Need]] = defaultdict(list)
    for need in sorted(needs.of_orders(ctx, orders), key=lambda n: (n.ship_date, n.order_id, n.position)):
        fitting[need.style_id, need.color_id, need.size_id].append(need)
    found = []
    for row in bought:
        for need in fitting.get((row.style_id or 0, row.color_id or 0, row.size_id or 0), ()):
            mine = held.get((need.line_id, need.size_id, row.id), 0)
            if row.destination_id in (None, need.destination_id) and (mine or need.rest):
                found.append(
                    Want(row.id, row.position, need.order_id, orders[need.order_id], need.line_id, need.position + 1,
                         need.size_id, need.ship_date, mine, need.rest)
                )  # fmt: skip
    return found


def _orders(ctx: Ctx, style_ids: Iterable[int]) -> dict[int, str]:
    """Confirmed orders with these styles: numbers by id."""
    order, style = CustomerOrder, OrderStyle
    rows = ctx.session.execute(
        select(order.id, order.number)
        .join(style, (style.order_id == order.id) & (style.tenant_id == order.tenant_id))
        .where(order.state == "confirmed", among(style.style_id, style_ids))
    )
    return {row.id: row.number for row in rows}


def allot_all(ctx: Ctx, po: PurchaseOrder) -> Text:
    """Give all free pieces to the orders that fit, the oldest need first. Refused where no order wants any."""
    lock_orders(ctx, {want.order_id for want in wants(ctx, po)})
    left, rest = free(ctx, po), dict[tuple[int, int], int]()
    given: dict[Pair, int] = {}
    for want in wants(ctx, po):
        cell = (want.order_line_id, want.size_id)
        qty = min(left[want.line_id], rest.setdefault(cell, want.rest))
        if qty > 0:
            given[want.pair] = want.held + qty
            left[want.line_id] -= qty
            rest[cell] -= qty
    if not given:
        raise Refused(T("No order wants any of what is free on {number}.", number=po.number))
    before = {want.pair: want.held for want in wants(ctx, po)}
    keeping.put(ctx, given)
    pieces = sum(qty - before[pair] for pair, qty in given.items())
    return T("{n} pieces were allotted.", n=pieces)


def allot(ctx: Ctx, po: PurchaseOrder, typed: Mapping[Pair, tuple[int, str]]) -> Text:
    """Let these be the pieces (with the name of their input) that orders have of lines. Refused with every one that is more
    than the line has free, or than the order wants."""
    lock_orders(ctx, {want.order_id for want in wants(ctx, po)})
    known = {want.pair: want for want in wants(ctx, po)}
    left = free(ctx, po)
    rest: dict[tuple[int, int], int] = {(w.order_line_id, w.size_id): w.rest for w in known.values()}
    problems = []
    for pair in typed:
        if pair in known:
            left[pair[2]] += known[pair].held
            rest[pair[0], pair[1]] += known[pair].held
    for pair, (qty, name) in typed.items():
        if pair not in known:
            problems.append(Problem(T("The order wants none of it any more."), name))
            continue
        left[pair[2]] -= qty
        rest[pair[0], pair[1]] -= qty
        if qty > known[pair].held and left[pair[2]] < 0:
            problems.append(Problem(T("{n} more than the purchase line has.", n=-left[pair[2]]), name))
        elif qty > known[pair].held and rest[pair[0], pair[1]] < 0:
            problems.append(Problem(T("{n} more than the order wants.", n=-rest[pair[0], pair[1]]), name))
    if problems:
        raise Refused(problems)
    keeping.put(ctx, {pair: qty for pair, (qty, _name) in typed.items()})
    return T("Allotted.")


def order_lines_at(ctx: Ctx, order_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """Ids of order lines by order and number. One query."""
    line = OrderLine
    rows = ctx.session.execute(
        select(line.order_id, line.position, line.id).where(among(line.order_id, order_ids))
    )
    return {(row.order_id, row.position + 1): row.id for row in rows}
