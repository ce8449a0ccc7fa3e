"""The three-way match: what was ordered, what was accepted, what is billed, line by line, with what differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import case, func, select

from core.api import Ctx, pick
from core.db import among
from core.money import currency_decimals, round_half_up
from core.values import ZERO
from plugins.invoicing.models import Bill, BillLine
from plugins.purchasing.api import NOTHING, LineSnapshot, PurchaseOrder, positions

LIVE = ("draft", "issued")


@dataclass(frozen=True)
class Match:
    """One line of a purchase order, in its purchase unit.

    accepted  kept of what came; where nobody receives, what was ordered
    before    billed by other documents, debit notes deducted; ``billed`` and ``asked``: quantity and price of the bill
    looked at
    """

    order_id: int
    order: str
    line_id: int
    position: int
    name: str
    uom: str
    ordered: Decimal
    price: Decimal
    accepted: Decimal
    before: Decimal = ZERO
    billed: Decimal = ZERO
    asked: Decimal = ZERO
    amount: Decimal = ZERO
    decimals: int = 2

    @property
    def open(self) -> Decimal:
        """What may still be billed."""
        return self.accepted - self.before

    @property
    def more(self) -> Decimal:
        """Billed beyond what was accepted."""
        return max(ZERO, self.billed - max(ZERO, self.open))

    @property
    def dearer(self) -> Decimal:
        """Price asked less price ordered."""
        return self.asked - self.price if self.billed else ZERO

    @property
    def price_gap(self) -> Decimal:
        """What the other price makes of the amount."""
        return self.amount - round_half_up(self.billed * self.price, self.decimals)

    @property
    def differs(self) -> bool:
        """Is it more than was accepted, or another price than was ordered?"""
        return bool(self.more or self.dearer)


def of_orders(
    ctx: Ctx, orders: Sequence[PurchaseOrder], *, without: int = 0, states: Sequence[str] = LIVE
) -> list[Match]:
    """The lines of issued purchase orders as they were issued, with what came and what is billed by documents in ``states``,
    one of them left out. A fixed number of queries."""
    said: list[tuple[PurchaseOrder, LineSnapshot]] = [
        (order, line) for order in orders if order.snapshot is not None for line in order.snapshot.lines
    ]
    ids = [line.line_id for _order, line in said]
    came = positions.of_lines(ctx, ids)
    counted = positions.receiving_exists(ctx)
    line, head = BillLine, Bill
    signed = case((head.kind == "debit", -line.qty), else_=line.qty)
    before: dict[int, Decimal] = dict(
        ctx.session.execute(
            select(line.order_line_id, func.sum(signed))
            .join(head, (head.id == line.document_id) & (head.tenant_id == line.tenant_id))
            .where(among(line.order_line_id, ids), head.state.in_(tuple(states)), head.id != without)
            .group_by(line.order_line_id)
        ).all()
    )
    return [
        Match(
            order_id=order.id, order=order.number, line_id=line_.line_id, position=line_.position, name=_name(line_),
            uom=line_.uom, ordered=line_.qty, price=line_.price or ZERO,
            accepted=came.get(line_.line_id, NOTHING).kept if counted else line_.qty,
            before=before.get(line_.line_id, ZERO), decimals=currency_decimals(ctx, order.currency),
        )
        for order, line_ in said
    ]  # fmt: skip


def _name(line: LineSnapshot) -> str:
    parts = (line.material, pick(line.names, line.name), line.color, line.size, line.destination)
    return " ".join(part for part in parts if part)


def of_bill(ctx: Ctx, row: Bill) -> list[Match]:
    """The lines of a bill beside what was ordered and accepted. A fixed number of queries."""
    orders = list({line.order_id: line.order for line in row.lines}.values())
    states = LIVE if row.state == "draft" else ("issued",)
    known = {m.line_id: m for m in of_orders(ctx, orders, without=row.id, states=states)}
    found = []
    for line in row.lines:
        match = known.get(line.order_line_id or 0)
        if match is None:  # a line that a revision took off the order
            match = Match(
                line.order_id,
                line.order.number,
                line.order_line_id or 0,
                line.position,
                line.text,
                "",
                ZERO,
                ZERO,
                ZERO,
            )
        found.append(replace(match, billed=line.qty, asked=line.price, amount=line.amount))
    return found
