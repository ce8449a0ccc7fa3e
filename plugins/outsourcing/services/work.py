"""Adding work: choose customer orders, then their styles; everything else comes in by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from core.api import Ctx, Problem, Refused, T, note_changes
from core.db import among
from core.money import currency_decimals
from plugins.catalog.api import Destination, Style
from plugins.orders.api import CustomerOrder, OrderLine, OrderSize, OrderStyle
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine, FactoryOrderSize
from plugins.outsourcing.services import allocation, amounts, prices, rows


class Pick(NamedTuple):
    """What a person chose: a customer order, perhaps only one style of it, perhaps only one destination."""

    order: str
    style: str = ""
    destination: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in self if part)


@dataclass
class Candidate:
    """A customer order × style × destination that becomes one line, with what the customer ordered."""

    order_id: int
    order_number: str
    order_state: str
    customer_po: str
    order_style_id: int
    style_id: int
    style: str
    destination_id: int
    destination: str
    ship_date: date
    cells: list[tuple[int, int, int, int]] = field(default_factory=list)  # order line, colour, size, ordered

    @property
    def label(self) -> str:
        """Its name in messages."""
        return f"{self.order_number}/{self.style}/{self.destination}"


def share_out(quantities: Sequence[int], percent: int) -> list[int]:
    """``percent`` of whole pieces per size: each rounded down, the rest to the largest remainders, so that the sum is
    the percentage of the sum (rounded half up) and no size exceeds its quantity."""
    if percent >= 100:
        return list(quantities)
    exact = [q * percent for q in quantities]
    parts = [e // 100 for e in exact]
    target = (sum(exact) + 50) // 100
    order = sorted(range(len(exact)), key=lambda i: (-(exact[i] % 100), i))
    for i in order[: target - sum(parts)]:
        parts[i] += 1
    return parts


def add_work(ctx: Ctx, order: FactoryOrder, picks: Iterable[Pick], share: int = 100) -> list[int]:
    """Put customer order styles on a draft factory order; returns the numbers of the new lines.

    Customer PO, colours, sizes, destination and ship date come from the customer order. The quantity of each size is what
    is on no other live factory order, or ``share`` percent of it. Raises Refused, naming every pick at fault: unknown,
    not confirmed, on this factory order already, or nothing left.
    """
    wanted = list(dict.fromkeys(picks))
    if not wanted:
        raise Refused(T("Choose at least one style of an order."), "work")
    if not 1 <= share <= 100:
        raise Refused(T("A share lies between 1 and 100 percent."), "share")
    found = candidates(ctx, {number for p in wanted for number in (p.order, p.order.upper())})
    allocation.lock(ctx, {c.order_id for c in found})
    chosen = _chosen(ctx, order, wanted, found)
    taken = allocation.allocated(ctx, {cell[0] for c in chosen for cell in c.cells})
    lines, cells, problems = [], {}, []
    for item in chosen:
        rest = [max(0, qty - taken.get((line, size), 0)) for line, _c, size, qty in item.cells]
        parts = share_out(rest, share)
        if not sum(parts):
            if any(str(p).count("/") == 2 for p in wanted if _matches(p, item)) or len(chosen) == 1:
                problems.append(
                    Problem(T("{what}: everything is on factory orders already.", what=item.label), "work")
                )
            continue
        lines.append((item, sum(parts)))
        cells[(item.order_style_id, item.destination_id)] = list(zip(item.cells, parts, strict=True))
    if not lines and not problems:
        problems.append(Problem(T("Everything you chose is on factory orders already."), "work"))
    if problems:
        raise Refused(problems)
    return _write(ctx, order, lines, cells)


def candidates(ctx: Ctx, order_numbers: Iterable[str]) -> list[Candidate]:
    """Everything these customer orders hold, by order × style × destination. Two queries."""
    found: dict[tuple[int, int], Candidate] = {}
    by_line: dict[int, tuple[Candidate, int]] = {}
    rows_found = ctx.session.execute(
        select(
            CustomerOrder.id, CustomerOrder.number, CustomerOrder.state, CustomerOrder.customer_po,
            OrderStyle.id, OrderStyle.style_id, Style.code, OrderLine.destination_id, Destination.code,
            OrderLine.id, OrderLine.color_id, OrderLine.ship_date,
        )
        .join(OrderLine, (OrderLine.order_id == CustomerOrder.id) & (OrderLine.tenant_id == CustomerOrder.tenant_id))
        .join(OrderStyle, (OrderStyle.id == OrderLine.order_style_id) & (OrderStyle.tenant_id == OrderLine.tenant_id))
        .join(Style, (Style.id == OrderStyle.style_id) & (Style.tenant_id == OrderStyle.tenant_id))
        .join(Destination, (Destination.id == OrderLine.destination_id) & (Destination.tenant_id == OrderLine.tenant_id))
        .where(CustomerOrder.number.in_(sorted(set(order_numbers))), OrderLine.qty > 0)
        .order_by(CustomerOrder.id, OrderStyle.position, OrderLine.position, OrderLine.id)
    )  # fmt: skip
    for oid, number, state, po, osid, sid, style, did, destination, line, color, ship in rows_found:
        item = found.get((osid, did))
        if item is None:
            item = found[(osid, did)] = Candidate(
                oid, number, state, po, osid, sid, style, did, destination, ship
            )
        item.ship_date = min(item.ship_date, ship)
        by_line[line] = (item, color)
    sizes = ctx.session.execute(
        select(OrderSize.line_id, OrderSize.size_id, OrderSize.qty)
        .where(among(OrderSize.line_id, by_line))
        .order_by(OrderSize.line_id, OrderSize.position, OrderSize.id)
    )
    for line, size, qty in sizes:
        item, color = by_line[line]
        item.cells.append((line, color, size, qty))
    return list(found.values())


def _matches(pick: Pick, item: Candidate) -> bool:
    return (
        pick.order.upper() == item.order_number.upper()
        and pick.style.upper() in ("", item.style.upper())
        and pick.destination.upper() in ("", item.destination.upper())
    )


def _chosen(ctx: Ctx, order: FactoryOrder, wanted: list[Pick], found: list[Candidate]) -> list[Candidate]:
    have = {
        (style, destination): position
        for style, destination, position in ctx.session.execute(
            select(
                FactoryOrderLine.order_style_id, FactoryOrderLine.destination_id, FactoryOrderLine.position
            ).where(FactoryOrderLine.order_id == order.id)
        )
    }
    chosen: dict[tuple[int, int], Candidate] = {}
    problems = []
    for pick in wanted:
        hits = [c for c in found if _matches(pick, c)]
        if not hits:
            problems.append(T("{what}: there is no such order, style or destination.", what=str(pick)))
            continue
        if hits[0].order_state != "confirmed":
            problems.append(T("{what}: the customer order is not confirmed.", what=hits[0].order_number))
            continue
        new = [c for c in hits if (c.order_style_id, c.destination_id) not in have]
        if not new:
            problems += [
                T(
                    "{what} is on this factory order already, line {line}.",
                    what=c.label,
                    line=have[(c.order_style_id, c.destination_id)],
                )
                for c in hits
            ]
        chosen.update({(c.order_style_id, c.destination_id): c for c in new})
    if problems:
        raise Refused([Problem(p, "work") for p in problems])
    return list(chosen.values())


def _write(
    ctx: Ctx,
    order: FactoryOrder,
    lines: list[tuple[Candidate, int]],
    cells: dict[tuple[int, int], list[tuple[tuple[int, int, int, int], int]]],
) -> list[int]:
    pieces: dict[int, int] = defaultdict(int)
    for item, qty in lines:
        pieces[item.style_id] += qty
    price = prices.ensure(ctx, order, pieces)
    decimals = currency_decimals(ctx, order.currency)
    first = 1 + (
        ctx.session.scalar(
            select(func.max(FactoryOrderLine.position)).where(FactoryOrderLine.order_id == order.id)
        )
        or 0
    )
    ctx.session.insert_many(
        FactoryOrderLine,
        [
            {
                "order_id": order.id, "position": first + i, "customer_order_id": item.order_id,
                "order_style_id": item.order_style_id, "style_id": item.style_id,
                "destination_id": item.destination_id, "customer_po": item.customer_po, "ship_date": item.ship_date,
                "qty": qty, "price": price[item.style_id], "override_price": None, "override_reason": "",
                "amount": amounts.line_amount(qty, price[item.style_id], None, decimals), "parts": None, "flag": "",
                "short_closed": False, "short_closed_on": None,
            }
            for i, (item, qty) in enumerate(lines)
        ],
    )  # fmt: skip
    ids = {
        (style, destination): line
        for line, style, destination in ctx.session.execute(
            select(
                FactoryOrderLine.id, FactoryOrderLine.order_style_id, FactoryOrderLine.destination_id
            ).where(FactoryOrderLine.order_id == order.id, FactoryOrderLine.position >= first)
        )
    }
    ctx.session.insert_many(
        FactoryOrderSize,
        [
            {
                "line_id": ids[key],
                "order_line_id": ol,
                "color_id": color,
                "size_id": size,
                "qty": qty,
                "released": 0,
            }
            for key, found in cells.items()
            for (ol, color, size, _ordered), qty in found
        ],
    )
    rows.factory_order_changed(ctx, order)
    amounts.refresh(ctx, order)
    note_changes(ctx, order, ("lines", None, [f"{item.label}: {qty}" for item, qty in lines]))
    return [first + i for i in range(len(lines))]
