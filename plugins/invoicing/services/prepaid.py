"""Prepayments of orders: what their invoices and bills use up of them, the oldest document and the oldest payment first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from core.api import Ctx
from core.db import among, flush_rows
from core.values import ZERO
from plugins.invoicing.models import Draw, Payment, PaymentPart
from plugins.invoicing.services import settled
from plugins.invoicing.services.sides import Side
from plugins.invoicing.words import COUNTING


def use_up(ctx: Ctx, side: Side, order_ids: Sequence[int]) -> None:
    """Let issued documents of these orders use what is left of their prepayments. Nothing is left over where something is
    open. A fixed number of queries, and one row for each part that a document uses."""
    ids = list(order_ids)
    free = _free(ctx, side, ids)
    if not free:
        return
    line, head = side.line, side.document
    rows = ctx.session.execute(
        select(head.id, line.order_id, func.sum(line.total))
        .join(head, (head.id == line.document_id) & (head.tenant_id == line.tenant_id))
        .where(among(line.order_id, list(free)), head.state == "issued", head.kind != side.against)
        .group_by(head.id, line.order_id, head.dated)
        .order_by(head.dated, head.id)
    ).all()
    stands = settled.of_documents(ctx, side, {doc for doc, _order, _share in rows})
    left = {doc: stand.open for doc, stand in stands.items()}
    before = _drawn(ctx, side, list(left))
    for doc, order_id, share in rows:
        room = min(left[doc], share - before.get((doc, order_id), ZERO))
        for part in free[order_id]:
            amount = min(room, part[1])
            if amount > 0:
                part[1] -= amount
                room -= amount
                left[doc] -= amount
                ctx.session.add(Draw(part_id=part[0], amount=amount, **{f"{side.draw}_id": doc}))
    flush_rows(ctx.session)


def _free(ctx: Ctx, side: Side, order_ids: list[int]) -> dict[int, list[list[Any]]]:
    """By order, [part, what of it is not used up], the oldest first; what was paid back is taken off the oldest."""
    column = side.prepaid_column()
    rows = ctx.session.execute(
        select(column, PaymentPart.id, settled.signed(side, PaymentPart.applied))
        .join(Payment, (Payment.id == PaymentPart.payment_id) & (Payment.tenant_id == PaymentPart.tenant_id))
        .where(among(column, order_ids), Payment.state.in_(COUNTING))
        .order_by(Payment.paid_on, PaymentPart.id)
    ).all()
    used = dict(
        ctx.session.execute(
            select(Draw.part_id, func.sum(Draw.amount))
            .where(among(Draw.part_id, [part for _order, part, _amount in rows]))
            .group_by(Draw.part_id)
        ).all()
    )
    found, back = defaultdict[int, list[list[Any]]](list), defaultdict[int, Decimal](Decimal)
    for order_id, part, amount in rows:
        if amount < 0:
            back[order_id] -= amount
        elif amount - used.get(part, ZERO) > 0:
            found[order_id].append([part, amount - used.get(part, ZERO)])
    for order_id, refund in back.items():
        for part in found.get(order_id, ()):
            taken = min(refund, part[1])
            part[1] -= taken
            refund -= taken
    return {order_id: parts for order_id, parts in found.items() if any(left for _part, left in parts)}


def _drawn(ctx: Ctx, side: Side, ids: list[int]) -> dict[tuple[int, int], Decimal]:
    column, prepaid = side.draw_column(), side.prepaid_column()
    rows = ctx.session.execute(
        select(column, prepaid, func.sum(Draw.amount))
        .join(PaymentPart, (PaymentPart.id == Draw.part_id) & (PaymentPart.tenant_id == Draw.tenant_id))
        .where(among(column, ids))
        .group_by(column, prepaid)
    )
    return {(doc, order): amount for doc, order, amount in rows}


def give_back(ctx: Ctx, side: Side, document: Any) -> None:
    """A document no longer uses any prepayment."""
    for draw in ctx.session.scalars(select(Draw).where(side.draw_column() == document.id)).all():
        ctx.session.delete(draw)
    flush_rows(ctx.session)


def take_out(ctx: Ctx, side: Side, order_ids: Sequence[int]) -> None:
    """Prepayments of these orders settle nothing any more, until they are used up anew."""
    parts = select(PaymentPart.id).where(among(side.prepaid_column(), list(order_ids)))
    for draw in ctx.session.scalars(select(Draw).where(Draw.part_id.in_(parts))).all():
        ctx.session.delete(draw)
    flush_rows(ctx.session)


def paid_back(ctx: Ctx, side: Side, order_ids: Sequence[int]) -> list[str]:
    """Numbers of issued documents of these orders of which more was paid back than is paid now. A fixed number of queries."""
    head, line = side.document, side.line
    numbers: dict[int, str] = dict(
        ctx.session.execute(
            select(head.id, head.number)
            .join(line, (line.document_id == head.id) & (line.tenant_id == head.tenant_id))
            .where(among(line.order_id, list(order_ids)), head.state == "issued", head.kind != side.against)
            .distinct()
        ).all()
    )
    stands = settled.of_documents(ctx, side, numbers)
    return sorted(numbers[doc] for doc, stand in stands.items() if stand.settled < 0)
