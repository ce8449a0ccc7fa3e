"""What pages show of receipts and returns, as exact values. Queries do not grow with lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from core.api import Ctx, hookimpl, list_choices
from core.db import among
from core.money import line_amount
from plugins.purchasing.api import NOTHING, positions
from plugins.receiving.models import Receipt, ReceiptLine, ReturnLine, SupplierReturn
from plugins.receiving.services import inspection, posting, returnable, targets
from plugins.receiving.words import REASONS, RECEIPT, RETURN


@hookimpl(specname="line_trails")
def trails(ctx: Ctx, line_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The receipts and returns that make up each line's numbers, oldest first; two queries."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    if not line_ids:
        return found
    for line, r in ctx.session.execute(
        select(ReceiptLine, Receipt)
        .join(Receipt, (Receipt.id == ReceiptLine.receipt_id) & (Receipt.tenant_id == ReceiptLine.tenant_id))
        .where(among(ReceiptLine.line_id, line_ids))
        .order_by(Receipt.received_on, Receipt.id)
    ):
        found[line.line_id].append(
            {
                "kind": "receipt", "entity": RECEIPT, "href": f"/receiving/receipt/{r.id}",
                "id": r.id, "number": r.number, "date": r.received_on, "state": r.state,
                "delivery_note": r.delivery_note, "received": line.received, "accepted": line.accepted,
                "rejected": line.rejected, "pending": inspection.pending(line), "stock": line.stock_received,
                "price": line.price, "free": line.free, "over_reason": line.over_reason, "over_by": line.over_by,
            }
        )  # fmt: skip
    for back, s in ctx.session.execute(
        select(ReturnLine, SupplierReturn)
        .join(
            SupplierReturn,
            (SupplierReturn.id == ReturnLine.return_id) & (SupplierReturn.tenant_id == ReturnLine.tenant_id),
        )
        .where(among(ReturnLine.line_id, line_ids))
        .order_by(SupplierReturn.returned_on, SupplierReturn.id)
    ):
        found[back.line_id].append(
            {
                "kind": s.kind, "entity": RETURN, "href": f"/receiving/return/{s.id}",
                "id": s.id, "number": s.number, "date": s.returned_on, "state": s.state,
                "returned": back.qty, "source": back.source, "stock": back.stock_qty, "reason": back.reason,
            }
        )  # fmt: skip
    return found


def return_figures(ctx: Ctx, row: SupplierReturn) -> dict[str, Any]:
    """Lines of a return in words."""
    reasons = dict(list_choices(REASONS)(ctx))
    known = targets.of_lines(ctx, {line.line_id for line in row.lines})
    return {
        "lines": [
            {
                "position": line.position, "label": known[line.line_id].label, "order_id": known[line.line_id].order_id,
                "qty": line.qty, "uom": known[line.line_id].uom, "stock_qty": line.stock_qty,
                "stock_uom": known[line.line_id].stock_uom, "stock_step": known[line.line_id].stock_step,
                "lot": line.lot, "source": line.source, "reason": str(reasons.get(line.reason, line.reason)), "note": line.note,
            }
            for line in row.lines
        ]
    }  # fmt: skip


def receipt_figures(ctx: Ctx, row: Receipt) -> dict[str, Any]:
    """Lines of a receipt with their orders, rolls and what may still go back."""
    found = posting.load_lines(ctx, row.id)
    known = targets.of_lines(ctx, {line.line_id for line in found})
    came = positions.of_lines(ctx, known)
    rolls = posting.load_rolls(ctx, [line.id for line in found])
    reasons = dict(list_choices(REASONS)(ctx))
    back = returnable.left(ctx, found) if row.state == "posted" else {}
    result = []
    for line in found:
        target = known[line.line_id]
        result.append(
            {
                "id": line.id, "line_id": line.line_id, "position": line.position, "order_id": target.order_id,
                "order": target.number, "order_line": target.position, "material": target.material,
                "color": target.color or "", "size": target.size or "", "destination": target.destination or "",
                "label": target.label, "uom": target.uom, "stock_uom": target.stock_uom, "stock_step": target.stock_step,
                "ordered": target.qty, "received": line.received, "accepted": line.accepted, "rejected": line.rejected,
                "pending": inspection.pending(line), "stock_received": line.stock_received,
                "stock_accepted": line.stock_accepted, "stock_rejected": line.stock_rejected, "price": line.price,
                "free": line.free, "amount": line_amount(ctx, line.received, line.price, target.currency),
                "currency": target.currency, "reject_reason": str(reasons.get(line.reject_reason, line.reject_reason)),
                "over_reason": line.over_reason, "over_by": line.over_by, "note": line.note,
                "total_received": came.get(line.line_id, NOTHING).received,
                "returnable": [
                    {"source": source, "lot": lot, "qty": there.qty}
                    for (own, source, lot), there in back.items() if own == line.id
                ],
                "rolls": [
                    {"id": r.id, "roll": r.roll, "lot": r.lot, "qty": r.qty, "stock_qty": r.stock_qty, "net_kg": r.net_kg,
                     "length_m": r.length_m, "width_in": r.width_in, "rejected": r.rejected}
                    for r in rolls.get(line.id, ())
                ],
            }
        )  # fmt: skip
    return {
        "lines": result,
        "pending": any(line["pending"] for line in result) and row.state == "posted",
        "rejected": any(line["rejected"] for line in result),
        "returns": [
            {"id": s.id, "number": s.number, "state": s.state, "kind": s.kind}
            for s in ctx.session.scalars(select(SupplierReturn).where(SupplierReturn.receipt_id == row.id))
        ],
    }
