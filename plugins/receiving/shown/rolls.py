"""Rolls on labels, and found by their number: what a scanner reads from a label opens the receipt it came with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from core.api import Ctx, SearchHit, T, hookimpl, pick
from core.db import among
from core.values import decimal_text
from kit.labels import Label
from plugins.purchasing.api import PurchaseLine, PurchaseOrder
from plugins.receiving.models import Receipt, ReceiptLine, ReceiptRoll
from plugins.receiving.words import RECEIPT

VIEW = "receiving.receipt.view"


@hookimpl(optionalhook=True)
def label_kinds(ctx: Ctx) -> tuple[str, ...]:
    """Receipts: several deliveries of a morning at once."""
    return (RECEIPT,)


@hookimpl(optionalhook=True)
def labels(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Sequence[Label]] | None:
    """One for each roll of a receipt, or for each line that has none, with what it is, whose lot, how much, and for which
    order."""
    if entity != RECEIPT:
        return None
    bought = joinedload(ReceiptLine.line)
    rows = ctx.session.scalars(
        select(ReceiptLine)
        .where(among(ReceiptLine.receipt_id, ids))
        .order_by(ReceiptLine.receipt_id, ReceiptLine.position)
        .options(
            selectinload(ReceiptLine.rolls),
            bought.joinedload(PurchaseLine.material),
            bought.joinedload(PurchaseLine.style),
            bought.joinedload(PurchaseLine.color),
        )
    ).all()
    numbers = dict(
        ctx.session.execute(select(Receipt.id, Receipt.number).where(among(Receipt.id, ids))).all()
    )
    order_ids = {row.line.order_id for row in rows}
    orders = dict(
        ctx.session.execute(
            select(PurchaseOrder.id, PurchaseOrder.number).where(among(PurchaseOrder.id, order_ids))
        ).all()
    )
    found: dict[int, list[Label]] = {id: [] for id in ids}
    for row in rows:
        found[row.receipt_id] += _line_labels(row, numbers[row.receipt_id], orders[row.line.order_id])
    return found


def _line_labels(row: ReceiptLine, number: str, order: str) -> list[Label]:
    bought, path = row.line, f"/receiving/receipt/{row.receipt_id}"
    what = bought.material or bought.style
    named = f"{what.code} {pick(what.names, what.name)}" if what else ""
    color = pick(bought.color.names, bought.color.name) if bought.color else ""
    if not row.rolls:
        qty = f"{decimal_text(row.received)} {bought.uom}"
        return [Label(number, tuple(filter(None, (named, color, qty, order))), path)]
    return [
        Label(
            roll.roll or roll.lot or number,
            tuple(filter(None, (
                named, color, f"{decimal_text(roll.qty)} {bought.uom}",
                str(T("Lot {lot}", lot=roll.lot)) if roll.lot else "", f"{number} · {order}",
            ))),
            path,
        )
        for roll in row.rolls
    ]  # fmt: skip


@hookimpl
def search(ctx: Ctx, query: str, limit: int) -> Sequence[SearchHit]:
    """Receipts by the number of a roll, as it stands on its label. One query, served by an index."""
    text = query.strip()
    if len(text) < 2 or not ctx.can(VIEW):
        return []
    rows = ctx.session.execute(
        select(Receipt.id, Receipt.number, ReceiptRoll.roll, ReceiptRoll.lot)
        .join(ReceiptLine, (ReceiptLine.receipt_id == Receipt.id) & (ReceiptLine.tenant_id == Receipt.tenant_id))
        .join(ReceiptRoll, (ReceiptRoll.receipt_line_id == ReceiptLine.id) & (ReceiptRoll.tenant_id == Receipt.tenant_id))
        .where(ReceiptRoll.roll.in_({text, text.upper()}))
        .order_by(Receipt.id.desc())
        .limit(limit)
    ).all()  # fmt: skip
    return [
        SearchHit(RECEIPT, number, f"{roll} {lot}".strip(), f"/receiving/receipt/{id}", id)
        for id, number, roll, lot in rows
    ]
