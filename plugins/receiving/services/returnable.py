"""What of received goods can still go back to the supplier, and what went back already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from core.api import Ctx
from core.db import among
from core.values import ZERO
from plugins.receiving.models import ReceiptLine, ReturnLine, SupplierReturn
from plugins.receiving.services import posting


def left(ctx: Ctx, lines: Sequence[ReceiptLine]) -> dict[tuple[int, str, str], Left]:
    """What may still go back of each line: (receipt line, source, lot) → :class:`Left`. Three queries."""
    rolls = posting.load_rolls(ctx, [line.id for line in lines])
    have: dict[tuple[int, str, str], tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    for line in lines:
        if rolls.get(line.id):
            for roll in rolls[line.id]:
                if not roll.rejected and not line.accepted:
                    continue  # waits for inspection
                key = (line.id, "rejected" if roll.rejected else "stock", roll.lot)
                have[key] = (have[key][0] + roll.qty, have[key][1] + roll.stock_qty)
        else:
            have[line.id, "stock", ""] = (line.accepted, line.stock_accepted)
            have[line.id, "rejected", ""] = (line.rejected, line.stock_rejected)
    gone = returned(ctx, [line.id for line in lines]) if lines else {}
    result = {}
    for key, (qty, stock) in have.items():
        went = gone.get(key, (ZERO, ZERO))
        if qty - went[0] > 0:
            result[key] = Left(qty - went[0], max(ZERO, stock - went[1]))
    return result


def returned(
    ctx: Ctx, receipt_line_ids: Iterable[int]
) -> dict[tuple[int, str, str], tuple[Decimal, Decimal]]:
    """(receipt line, source, lot) → (purchase units, stock units) that went back already."""
    found = ctx.session.execute(
        select(
            ReturnLine.receipt_line_id,
            ReturnLine.source,
            ReturnLine.lot,
            func.sum(ReturnLine.qty),
            func.sum(ReturnLine.stock_qty),
        )
        .join(
            SupplierReturn,
            (SupplierReturn.id == ReturnLine.return_id) & (SupplierReturn.tenant_id == ReturnLine.tenant_id),
        )
        .where(among(ReturnLine.receipt_line_id, receipt_line_ids), SupplierReturn.state == "posted")
        .group_by(ReturnLine.receipt_line_id, ReturnLine.source, ReturnLine.lot)
    )
    return {(line, source, lot): (qty, stock) for line, source, lot, qty, stock in found}


@dataclass(frozen=True)
class Left:
    """What of a receipt line (and lot) may still go back: purchase units and stock units."""

    qty: Decimal
    stock: Decimal
