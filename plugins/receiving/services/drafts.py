"""The lines of a receipt that is still a draft are written anew."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from core.api import Ctx, Problem, Refused, T, note_changes
from core.values import decimal_text
from plugins.receiving.models import Receipt, ReceiptLine
from plugins.receiving.services import targets
from plugins.receiving.services.receipt_lines import write
from plugins.receiving.services.receiving import Received, check_line


def rewrite(ctx: Ctx, receipt: Receipt, given: Sequence[Received]) -> None:
    """The lines of a draft are these from now on. Refused with every problem, as a new draft is."""
    known = targets.of_lines(ctx, {g.line_id for g in given})
    problems = [] if given else [Problem(T("Nothing was received."))]
    for each in given:
        problems += check_line(each, known.get(each.line_id), receipt.supplier)
    if problems:
        raise Refused(problems)
    before = _summary(ctx, receipt)
    ctx.session.execute(delete(ReceiptLine).where(ReceiptLine.receipt_id == receipt.id))
    write(ctx, receipt, given, known)
    after = _summary(ctx, receipt)
    if before != after:
        note_changes(ctx, receipt, ("lines", before, after))


def _summary(ctx: Ctx, receipt: Receipt) -> list[str]:
    """What a receipt says of its lines, for the activity; two queries."""
    found = ctx.session.scalars(
        select(ReceiptLine)
        .where(ReceiptLine.receipt_id == receipt.id)
        .order_by(ReceiptLine.position)
        .options(selectinload(ReceiptLine.rolls))
        .execution_options(populate_existing=True)
    ).all()
    known = targets.of_lines(ctx, {line.line_id for line in found})
    return [
        " · ".join(
            str(part)
            for part in (
                f"{known[line.line_id].label}: {decimal_text(line.received)} {known[line.line_id].uom}",
                f"rejected {decimal_text(line.rejected)} {line.reject_reason}" if line.rejected else "",
                f"measured {decimal_text(line.stock_received)}",
                "free" if line.free else "",
                ", ".join(f"{r.roll}/{r.lot} {decimal_text(r.qty)}{' x' if r.rejected else ''}" for r in line.rolls),
                line.over_reason, "measured quantity confirmed" if line.deviation_ok else "", line.note,
            )
            if part
        )
        for line in found
    ]  # fmt: skip
