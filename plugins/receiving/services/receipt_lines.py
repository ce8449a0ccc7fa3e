"""Rows of a receipt's lines and rolls: written in bulk, stock quantities divided among them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.api import Ctx
from core.values import ZERO
from plugins.purchasing.api import quantities
from plugins.receiving.models import Receipt, ReceiptLine, ReceiptRoll
from plugins.receiving.services import targets
from plugins.receiving.services.targets import Target

if TYPE_CHECKING:
    from plugins.receiving.services.receiving import Received, Roll


def totals(given: Received) -> tuple[Any, Decimal, Decimal | None]:
    """(received, rejected, measured stock quantity or None) of a line, from its rolls where there are any."""
    if not given.rolls:
        return given.received, given.rejected or ZERO, given.stock_qty
    received = sum((r.qty for r in given.rolls), ZERO)
    rejected = sum((r.qty for r in given.rolls if r.rejected), ZERO)
    measured = [r.stock_qty for r in given.rolls]
    if all(m is not None for m in measured):
        return received, rejected, sum((m for m in measured if m is not None), ZERO)
    return received, rejected, given.stock_qty


def write(ctx: Ctx, receipt: Receipt, given: Sequence[Received], known: dict[int, Target]) -> None:
    """Rows of a receipt's lines and rolls, in bulk."""
    rows, rolls = [], []
    for position, each in enumerate(given, 1):
        target = known[each.line_id]
        grain = targets.stock_grain(target)
        received, rejected, measured = totals(each)
        stock = measured if measured is not None else quantities.stock_qty(received, target.factor, grain)
        bad = portion(stock, rejected, received, grain)
        waits = receipt.inspect
        rows.append(
            {
                "receipt_id": receipt.id, "position": position, "line_id": each.line_id, "received": received,
                "rejected": rejected, "accepted": ZERO if waits else received - rejected,
                "stock_received": stock, "stock_rejected": bad,
                "stock_accepted": ZERO if waits else stock - bad,
                "price": ZERO if each.free or target.price is None else target.price, "free": each.free,
                "reject_reason": each.reject_reason, "over_reason": each.over_reason.strip(), "over_by": "",
                "deviation_ok": each.deviation_ok, "note": each.note,
            }
        )  # fmt: skip
        if each.rolls:
            rolls.append((position, spread(each.rolls, stock, received, grain)))
    ctx.session.insert_many(ReceiptLine, rows)
    if rolls:
        ids = dict(
            ctx.session.execute(
                select(ReceiptLine.position, ReceiptLine.id).where(ReceiptLine.receipt_id == receipt.id)
            ).all()
        )
        ctx.session.insert_many(
            ReceiptRoll,
            [{**roll, "receipt_line_id": ids[position]} for position, found in rolls for roll in found],
        )
    ctx.session.expire(receipt, ["lines"])


def spread(rolls: Sequence[Roll], stock: Decimal, received: Decimal, grain: Decimal) -> list[dict[str, Any]]:
    """Rolls as rows; a stock quantity nobody measured by roll is divided in proportion, the last takes the residue."""
    measured = all(r.stock_qty is not None for r in rolls)
    parts = [r.stock_qty if measured else portion(stock, r.qty, received, grain) for r in rolls]
    if not measured:
        parts[-1] = stock - sum((p for p in parts[:-1] if p is not None), ZERO)
    return [
        {
            "position": i, "roll": r.roll, "lot": r.lot, "qty": r.qty, "stock_qty": parts[i], "net_kg": r.net_kg,
            "length_m": r.length_m, "width_in": r.width_in, "rejected": r.rejected,
        }
        for i, r in enumerate(rolls)
    ]  # fmt: skip


def portion(whole: Decimal, part: Decimal, of: Decimal, grain: Decimal) -> Decimal:
    """The share of ``whole`` that ``part`` is of ``of``, in steps; all of it for all."""
    if not part:
        return ZERO
    return whole if part == of else quantities.nearest(whole * part / of, grain)
