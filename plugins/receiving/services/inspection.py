"""What waits for inspection is accepted or rejected: by quantity, or roll by roll."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from core import ledger
from core.api import Ctx, Problem, Refused, T, note_changes
from core.values import ZERO, decimal_text
from plugins.purchasing.api import quantities
from plugins.receiving.models import Inspection, Receipt, ReceiptLine, ReceiptRoll
from plugins.receiving.services import receipt_lines, targets
from plugins.receiving.services.posting import SUPPLY, item_of, load_rolls, lock
from plugins.receiving.services.receiving import ENTITY
from plugins.receiving.services.targets import Target
from plugins.stock.api import incoming, stores


def pending(line: ReceiptLine) -> Decimal:
    """What of a receipt line waits for inspection, in purchase units."""
    return line.received - line.accepted - line.rejected


def inspect(
    ctx: Ctx, receipt: Receipt, line: ReceiptLine, *, accepted: Decimal = ZERO, rejected: Decimal = ZERO,
    reason: str = "", rejected_rolls: Sequence[int] = (), on: date | None = None,
) -> None:  # fmt: skip
    """Decide on goods that wait: ``accepted`` and ``rejected`` purchase units; with rolls, which of them are rejected.

    Refused: more than waits, nothing, a rejection without reason, a receipt that is not posted.
    """
    target = targets.of_lines(ctx, [line.line_id])[line.line_id]
    waits = pending(line)
    if receipt.state != "posted" or not waits:
        raise Refused(T("{line}: nothing waits for inspection.", line=target.label), "accepted")
    rolls = [r for r in load_rolls(ctx, [line.id]).get(line.id, ()) if not r.rejected]
    if rolls:
        unknown = set(rejected_rolls) - {r.id for r in rolls}
        if unknown:
            raise Refused(T("A roll is not on this receipt."), "rejected_rolls")
        rejected = sum((r.qty for r in rolls if r.id in rejected_rolls), ZERO)
        accepted = waits - rejected
    problems = quantities.came_problem(accepted, target.uom, "accepted", zero=True)
    problems += quantities.came_problem(rejected, target.uom, "rejected", zero=True)
    if not problems and not accepted and not rejected:
        problems.append(Problem(T("Say what is accepted or rejected."), "accepted"))
    if accepted + rejected > waits:
        problems.append(
            Problem(
                T("Only {qty} {uom} wait for inspection.", qty=decimal_text(waits), uom=target.uom),
                "accepted",
            )
        )
    if rejected and not reason:
        problems.append(Problem(T("A rejection needs a reason."), "reason"))
    if problems:
        raise Refused(problems)
    lock(ctx, [target.order_id])
    stock_waits = line.stock_received - line.stock_accepted - line.stock_rejected
    moves, good, bad = _decide(
        ctx, receipt, line, target, rolls, rejected_rolls, (accepted, rejected, waits, stock_waits)
    )
    day = on or max(ctx.today(), receipt.received_on)
    ledger.post(ctx, moves, entity=ENTITY, entity_id=receipt.id, on=day)
    ctx.session.add(
        Inspection(
            receipt_line_id=line.id, decided_on=day, accepted=accepted, rejected=rejected, stock_accepted=good,
            stock_rejected=bad, reason=reason, at=ctx.now(), user_name=ctx.actor,
        )
    )  # fmt: skip
    note_changes(
        ctx,
        receipt,
        (target.label, "inspection", f"accepted {decimal_text(accepted)}, rejected {decimal_text(rejected)}"),
    )
    line.accepted += accepted
    line.rejected += rejected
    line.stock_accepted += good
    line.stock_rejected += bad
    line.reject_reason = reason or line.reject_reason


def _decide(
    ctx: Ctx, receipt: Receipt, line: ReceiptLine, target: Target, rolls: Sequence[ReceiptRoll],
    rejected_rolls: Sequence[int], decided: tuple[Decimal, Decimal, Decimal, Decimal],
) -> tuple[list[ledger.Move], Decimal, Decimal]:  # fmt: skip
    accepted, rejected, waits, stock_waits = decided
    sums: dict[tuple[str, bool], Decimal] = defaultdict(lambda: ZERO)
    if rolls:
        for roll in rolls:
            roll.rejected = roll.id in rejected_rolls
            sums[roll.lot, roll.rejected] += roll.stock_qty
    else:
        both = receipt_lines.portion(stock_waits, accepted + rejected, waits, targets.stock_grain(target))
        sums["", True] = receipt_lines.portion(
            both, rejected, accepted + rejected, targets.stock_grain(target)
        )
        sums["", False] = both - sums["", True]
    source = stores.inspection(receipt.store_id)

    def moved(kind: str, bad: bool, place: ledger.Place) -> list[ledger.Move]:
        return [
            ledger.Move(kind, item_of(target, lot), source, place, qty, line.id)
            for (lot, rejected), qty in sorted(sums.items())
            if qty and rejected == bad
        ]

    usable = moved("accept", False, stores.place(receipt.store_id))
    coming = incoming.Coming(
        line.line_id, line.id, accepted if usable else ZERO, usable, targets.stock_grain(target)
    )
    moves = moved("reject", True, stores.rejected(receipt.store_id))
    moves += incoming.for_claims(ctx, SUPPLY, ENTITY.ref(receipt.id), [coming])
    good = sum((q for (_l, bad), q in sums.items() if not bad), ZERO)
    return moves, good, sum((q for (_l, bad), q in sums.items() if bad), ZERO)
