"""What of customer orders may be invoiced: pieces delivered and not invoiced yet, shares taken and not deducted yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import case, func, select
from sqlalchemy.orm import selectinload

from core.api import Ctx
from core.db import among
from core.values import ZERO
from plugins.invoicing.models import Invoice, InvoiceLine
from plugins.orders.api import CustomerOrder, OrderLine, OrderStyle

LIVE = ("draft", "issued")


@dataclass(frozen=True)
class Billable:
    """Pieces of one order line. ``base`` may be invoiced altogether, ``invoiced`` is (credit notes deducted), ``paid_back``
    came back and nothing comes in its place.

    ``open`` below 0: so many came back or are too many, and want a credit note.
    """

    line: OrderLine
    base: Decimal
    invoiced: Decimal
    paid_back: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        """What may still be invoiced."""
        return self.base - self.invoiced


@dataclass(frozen=True)
class Advance:
    """A share of an order that was invoiced in advance: its line, and what of it is not deducted yet."""

    line: InvoiceLine
    number: str
    left: Decimal


def order_lines(ctx: Ctx, order_ids: Sequence[int]) -> list[OrderLine]:
    """Lines of customer orders with what they name. A fixed number of queries."""
    return list(
        ctx.session.scalars(
            select(OrderLine)
            .where(among(OrderLine.order_id, order_ids))
            .order_by(OrderLine.order_id, OrderLine.position, OrderLine.id)
            .options(
                selectinload(OrderLine.order_style).selectinload(OrderStyle.style),
                selectinload(OrderLine.color),
                selectinload(OrderLine.destination),
            )
        )
    )


def billable(
    ctx: Ctx, order_ids: Sequence[int], *, states: Sequence[str] = LIVE, without: int = 0
) -> list[Billable]:
    """How far lines of customer orders are invoiced by documents in ``states``, one of them left out. A fixed number of
    queries.

    What may be invoiced is what left for the customer or was accepted by him, whichever is more, without what came back to be
    replaced or credited; where nobody keeps count, or the company invoices by orders, it is what was ordered.
    """
    lines = order_lines(ctx, order_ids)
    done = _invoiced(ctx, order_ids, states, without)
    gone = delivered(ctx, order_ids)
    by_order = gone is None or ctx.setting("invoicing.basis", "delivered") == "ordered"
    back = _returned(ctx, order_ids)
    found = []
    for line in lines:
        base = Decimal(line.qty) if by_order or gone is None else gone.get(line.id, ZERO)
        paid_back = back.get((line.id, "credit"), ZERO)
        base = max(ZERO, base - paid_back - back.get((line.id, "replacement"), ZERO))
        found.append(Billable(line, base, done.get(line.id, ZERO), paid_back))
    return found


def delivered(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, Decimal] | None:
    """Pieces by order line that left (``goods_sent``) or were accepted (``goods_delivered``), the higher of the two; None where
    no plugin keeps count."""
    sent, accepted = defaultdict[int, Decimal](Decimal), defaultdict[int, Decimal](Decimal)
    answers = 0
    for by_line in ctx.hooks.goods_sent(order_ids=order_ids):
        answers += 1
        for line_id, pieces in by_line.items():
            sent[line_id] += pieces
    for by_size in ctx.hooks.goods_delivered(order_ids=order_ids):
        answers += 1
        for (line_id, _size), pieces in by_size.items():
            accepted[line_id] += pieces
    if not answers:
        return None
    return {line_id: max(sent[line_id], accepted[line_id]) for line_id in {*sent, *accepted}}


def _returned(ctx: Ctx, order_ids: Sequence[int]) -> dict[tuple[int, str], Decimal]:
    """Pieces that came back by order line and what the customer gets for them."""
    found = defaultdict[tuple[int, str], Decimal](Decimal)
    for each in ctx.hooks.each("goods_returned", order_ids=order_ids):
        found[each.order_line_id, each.remedy] += each.qty
    return found


def _invoiced(ctx: Ctx, order_ids: Sequence[int], states: Sequence[str], without: int) -> dict[int, Decimal]:
    line, head = InvoiceLine, Invoice
    signed = case((head.kind == "credit", -line.qty), else_=line.qty)
    rows = ctx.session.execute(
        select(line.order_line_id, func.sum(signed))
        .join(head, (head.id == line.document_id) & (head.tenant_id == line.tenant_id))
        .where(
            among(line.order_id, order_ids),
            line.kind == "goods",
            head.id != without,
            head.state.in_(tuple(states)),
        )
        .group_by(line.order_line_id)
    )
    return dict(rows.all())


def advances(
    ctx: Ctx, order_ids: Sequence[int], *, states: Sequence[str] = LIVE, without: int = 0
) -> list[Advance]:
    """Issued shares of customer orders that are not wholly deducted, nor credited; deductions of documents in ``states``
    count, those of the document ``without`` do not. Two queries."""
    line, head = InvoiceLine, Invoice
    joined = (head.id == line.document_id) & (head.tenant_id == line.tenant_id)
    shares = ctx.session.execute(
        select(line, head.number)
        .join(head, joined)
        .where(
            among(line.order_id, order_ids),
            line.kind == "share",
            head.state == "issued",
            head.kind == "share",
        )
        .order_by(line.id)
    ).all()
    if not shares:
        return []
    # a deduction is negative, a credit note of the share positive: both lower it
    signed = case((line.kind == "deduction", line.amount), else_=-line.amount)
    rows = ctx.session.execute(
        select(line.source_id, func.sum(signed))
        .join(head, joined)
        .where(
            among(line.source_id, [each.id for each, _number in shares]),
            head.id != without,
            head.state.in_(tuple(states)),
        )
        .group_by(line.source_id)
    )
    taken: dict[int | None, Decimal] = dict(rows.all())
    found = [Advance(each, number, each.amount + taken.get(each.id, ZERO)) for each, number in shares]
    return [each for each in found if each.left > 0]


def invoiced_amounts(ctx: Ctx, order_ids: Sequence[int], *, without: int = 0) -> dict[int, Decimal]:
    """What live documents invoice of customer orders, as priced, charges aside: credit notes lower it. One query."""
    line, head = InvoiceLine, Invoice
    signed = case((head.kind == "credit", -line.amount), else_=line.amount)
    rows = ctx.session.execute(
        select(line.order_id, func.sum(signed))
        .join(head, (head.id == line.document_id) & (head.tenant_id == line.tenant_id))
        .where(
            among(line.order_id, order_ids),
            line.kind != "charge",
            head.state.in_(LIVE),
            head.id != without,
        )
        .group_by(line.order_id)
    )
    return dict(rows.all())


def pieces_missing(ctx: Ctx, orders: Sequence[CustomerOrder]) -> dict[int, Decimal]:
    """Pieces of customer orders that are still to be invoiced by issued documents: of what was delivered for lines of which
    somebody keeps count of accepted goods, else of what was ordered and not paid back."""
    ids = [order.id for order in orders]
    counted = {line_id for told in ctx.hooks.goods_delivered(order_ids=ids) for line_id, _size in told}
    found = defaultdict[int, Decimal](Decimal)
    for each in billable(ctx, ids, states=("issued",)):
        base = each.base if each.line.id in counted else max(each.base, each.line.qty - each.paid_back)
        found[each.line.order_id] += max(ZERO, base - each.invoiced)
    return found
