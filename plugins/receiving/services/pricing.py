"""Prices of receipts follow revisions that say so, and what they brought is worth that much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select

from core import ledger
from core.api import Ctx, hookimpl
from core.db import among, flush_rows
from core.money import round_half_up
from core.values import ZERO
from plugins.receiving.models import Receipt, ReceiptLine
from plugins.receiving.words import RECEIPT


@hookimpl(specname="lines_repriced")
def reprice(ctx: Ctx, prices: Mapping[int, Decimal]) -> None:
    """Receipts of these purchase lines posted before get the new price, and their movements its value; free goods stay
    free."""
    rows = ctx.session.scalars(
        select(ReceiptLine).where(among(ReceiptLine.line_id, prices), ReceiptLine.free.is_(False))
    ).all()
    for row in rows:
        row.price = prices[row.line_id]
    flush_rows(ctx.session)
    posted = set(
        ctx.session.scalars(
            select(Receipt.id).where(
                among(Receipt.id, {row.receipt_id for row in rows}), Receipt.state == "posted"
            )
        )
    )
    by_receipt: dict[int, list[ReceiptLine]] = defaultdict(list)
    for row in rows:
        if row.receipt_id in posted:
            by_receipt[row.receipt_id].append(row)
    for receipt_id, lines in sorted(by_receipt.items()):
        _revalue(ctx, receipt_id, lines)


def _revalue(ctx: Ctx, receipt_id: int, lines: Sequence[ReceiptLine]) -> None:
    """Each line's movements share received × price in proportion to what they moved; the last takes the residue."""
    moved: dict[int, list[ledger.Movement]] = defaultdict(list)
    for m in ledger.movements(ctx, entity=RECEIPT, entity_id=receipt_id, limit=None):
        if m.value is not None and m.reverses is None:
            moved[m.line_id].append(m)
    values: dict[int, Decimal] = {}
    for line in lines:
        mine = sorted(moved[line.id], key=lambda m: m.id)
        whole, total = sum((m.qty for m in mine), ZERO), round_half_up(line.received * line.price, 4)
        done = given = ZERO
        for m in mine:
            done += m.qty
            upto = round_half_up(total * done / whole, 4)
            values[m.id], given = upto - given, upto
    ledger.revalue(ctx, values, entity=RECEIPT, entity_id=receipt_id)
