"""What of invoices, bills and orders is settled: derived from payments, prepayments and credit notes, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, literal, select

from core.api import Ctx
from core.db import Money, among
from core.values import ZERO
from plugins.invoicing.models import Draw, InvoiceLine, Payment, PaymentPart
from plugins.invoicing.services.sides import SALES, Side
from plugins.invoicing.words import COUNTING


@dataclass(frozen=True)
class Standing:
    """Of one document, in its currency: ``paid`` by payments (refunds negative), ``prepaid`` out of payments of its orders."""

    total: Decimal
    credited: Decimal = ZERO
    paid: Decimal = ZERO
    prepaid: Decimal = ZERO

    @property
    def settled(self) -> Decimal:
        """Paid in one way or the other."""
        return self.paid + self.prepaid

    @property
    def due(self) -> Decimal:
        """What is to be paid altogether."""
        return self.total - self.credited

    @property
    def open(self) -> Decimal:
        """Still to be paid; below 0: too much was."""
        return self.due - self.settled


def signed(side: Side, amount: Any) -> Any:
    """SQL: money of the side's direction counts, the other way (a refund) it is taken off."""
    return case((Payment.direction == side.direction, amount), else_=-amount)


def _parts(side: Side, on: date | None = None) -> tuple[Any, Any, Any]:
    """(document, sum) of what issued notes lower, what payments and what prepayments settle (at the end of a day)."""
    head, column, drawn = side.document, side.part_column(), side.draw_column()
    joined = (Payment.id == PaymentPart.payment_id) & (Payment.tenant_id == PaymentPart.tenant_id)
    noted = (
        select(head.credits_id.label("document"), func.sum(head.total).label("sum"))
        .where(head.credits_id.is_not(None), head.state == "issued")
        .group_by(head.credits_id)
    )
    money = (
        select(column.label("document"), func.sum(signed(side, PaymentPart.applied)).label("sum"))
        .join(Payment, joined)
        .where(column.is_not(None), Payment.state.in_(COUNTING))
        .group_by(column)
    )
    used = (
        select(drawn.label("document"), func.sum(Draw.amount).label("sum"))
        .join(PaymentPart, (PaymentPart.id == Draw.part_id) & (PaymentPart.tenant_id == Draw.tenant_id))
        .join(Payment, joined)
        .where(drawn.is_not(None))
        .group_by(drawn)
    )
    if on is not None:
        noted = noted.where(head.dated <= on)
        money, used = money.where(Payment.paid_on <= on), used.where(Payment.paid_on <= on)
    return noted, money, used


def of_documents(ctx: Ctx, side: Side, ids: Iterable[int]) -> dict[int, Standing]:
    """How issued documents stand. Four queries, however many; none for none."""
    wanted, head = list(ids), side.document
    if not wanted:
        return {}
    totals: dict[int, Decimal] = dict(
        ctx.session.execute(select(head.id, head.total).where(among(head.id, wanted))).all()
    )
    noted, money, used = _parts(side)
    sums: list[dict[int, Decimal]] = [
        dict(ctx.session.execute(query.where(among(column, wanted))).all())
        for column, query in (
            (head.credits_id, noted),
            (side.part_column(), money),
            (side.draw_column(), used),
        )
    ]
    credited, paid, prepaid = sums
    return {
        each: Standing(total, credited.get(each, ZERO), paid.get(each, ZERO), prepaid.get(each, ZERO))
        for each, total in totals.items()
    }


def open_documents(
    ctx: Ctx, side: Side, columns: Sequence[Any], *where: Any, on: date | None = None
) -> list[tuple[Any, Decimal]]:
    """(row of ``columns``, what is open) of the issued documents under these conditions that are not settled (at the end of a
    day); below 0 where too much was paid. One query: documents that are settled do not leave the database."""
    head, nothing = side.document, literal(ZERO, Money)
    open_: Any = head.total
    rows = select(*columns).where(head.state == "issued", head.kind != side.against, *where)
    for query in _parts(side, on):
        part = query.subquery()
        rows = rows.outerjoin(part, part.c.document == head.id)
        open_ = open_ - func.coalesce(part.c.sum, nothing)
    found = ctx.session.execute(rows.add_columns(open_.label("open")).where(open_ != nothing))
    return [(row, row.open) for row in found]


@dataclass(frozen=True)
class OrderMoney:
    """Of one order, in its currency. ``before`` is the part of ``paid`` that was paid in advance, ``used`` what documents
    used up
    of that."""

    invoiced: Decimal = ZERO
    paid: Decimal = ZERO
    before: Decimal = ZERO
    used: Decimal = ZERO

    @property
    def advance(self) -> Decimal:
        """Paid in advance and not used up yet."""
        return self.before - self.used

    @property
    def ratio(self) -> Decimal | None:
        """Paid ÷ invoiced in percent, unrounded; None where nothing is invoiced."""
        return self.paid * 100 / self.invoiced if self.invoiced else None

    @property
    def open(self) -> Decimal:
        """Invoiced and not paid; below 0: paid in advance or too much."""
        return self.invoiced - self.paid


def of_orders(ctx: Ctx, side: Side, order_ids: Sequence[int]) -> dict[int, OrderMoney]:
    """What was invoiced and paid of orders: the share that each has in its documents, and what was paid in advance. A fixed
    number of queries, once a page."""
    ids = tuple(sorted(set(order_ids)))
    return ctx.memo.once(("invoicing.settled", side, ids), lambda: _of_orders(ctx, side, ids))


def _of_orders(ctx: Ctx, side: Side, order_ids: Sequence[int]) -> dict[int, OrderMoney]:
    line, head = side.line, side.document
    sign = case((head.kind == side.against, -line.total), else_=line.total)
    rows = ctx.session.execute(
        select(line.order_id, head.id, head.kind, func.sum(sign), func.sum(line.total))
        .join(head, (head.id == line.document_id) & (head.tenant_id == line.tenant_id))
        .where(among(line.order_id, order_ids), head.state == "issued")
        .group_by(line.order_id, head.id, head.kind)
    ).all()
    stands = of_documents(ctx, side, {doc for _o, doc, kind, _s, _t in rows if kind != side.against})
    invoiced, paid = dict.fromkeys(order_ids, ZERO), dict.fromkeys(order_ids, ZERO)
    for order_id, doc, kind, sum_, whole in rows:
        invoiced[order_id] += sum_
        stand = stands.get(doc)
        if kind != side.against and stand is not None and stand.total:
            paid[order_id] += stand.paid * whole / stand.total
    before, used = advances_of(ctx, side, order_ids)
    return {
        order_id: OrderMoney(
            invoiced[order_id],
            paid[order_id] + before.get(order_id, ZERO),
            before.get(order_id, ZERO),
            used.get(order_id, ZERO),
        )
        for order_id in order_ids
    }


def advances_of(
    ctx: Ctx, side: Side, order_ids: Sequence[int]
) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """(paid in advance for each order, refunds negative; what documents used up of it). Two queries at most."""
    column = side.prepaid_column()
    joined = (Payment.id == PaymentPart.payment_id) & (Payment.tenant_id == PaymentPart.tenant_id)
    where = (among(column, list(order_ids)), Payment.state.in_(COUNTING))
    before = ctx.session.execute(
        select(column, func.sum(signed(side, PaymentPart.applied)))
        .join(Payment, joined)
        .where(*where)
        .group_by(column)
    ).all()
    if not before:
        return {}, {}
    used = ctx.session.execute(
        select(column, func.sum(Draw.amount))
        .join(PaymentPart, (PaymentPart.id == Draw.part_id) & (PaymentPart.tenant_id == Draw.tenant_id))
        .join(Payment, joined)
        .where(*where)
        .group_by(column)
    ).all()
    return dict(before), dict(used)


def holding(ctx: Ctx, side: Side, row: Any) -> list[str]:
    """Numbers of what hangs on a document: payments that count, live notes against it, deductions of its shares."""
    head = side.document
    found = list(
        ctx.session.scalars(
            select(Payment.number)
            .join(
                PaymentPart,
                (PaymentPart.payment_id == Payment.id) & (PaymentPart.tenant_id == Payment.tenant_id),
            )
            .where(side.part_column() == row.id, Payment.state.in_(COUNTING))
        )
    )
    found += ctx.session.scalars(
        select(head.number).where(head.credits_id == row.id, head.state.in_(("draft", "issued")))
    )
    if side is SALES:
        mine = [line.id for line in row.lines]
        found += ctx.session.scalars(
            select(head.number)
            .join(InvoiceLine, (InvoiceLine.document_id == head.id) & (InvoiceLine.tenant_id == head.tenant_id))
            .where(
                among(InvoiceLine.source_id, mine), InvoiceLine.kind == "deduction", head.state.in_(("draft", "issued")),
            )
        )  # fmt: skip
    return sorted(set(found))
