"""Posting a receipt: tolerance and deviation, then the ledger. Inspection afterwards, and taking it all back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core.api import Ctx, Problem, Refused, T, crud, ledger, money, note_changes
from plugins.catalog.convert import INCH
from plugins.purchasing.models import (
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
    ReceiptRoll,
    ReturnLine,
    SupplierReturn,
)
from plugins.purchasing.services import positions, quantities, receiving
from plugins.purchasing.services.positions import NOTHING
from plugins.purchasing.services.quantities import ZERO
from plugins.purchasing.services.receiving import ENTITY, Target, short
from plugins.warehouse import stores

OVER = "purchasing.receipt.over"
HUNDRED = Decimal(100)


def load_lines(ctx: Ctx, receipt_id: int) -> list[ReceiptLine]:
    """Lines of a receipt in order, as they are now."""
    crud.flush(ctx.session)
    return list(
        ctx.session.scalars(
            select(ReceiptLine)
            .where(ReceiptLine.receipt_id == receipt_id)
            .order_by(ReceiptLine.position)
            .execution_options(populate_existing=True)
        )
    )


def load_rolls(ctx: Ctx, line_ids: Iterable[int]) -> dict[int, list[ReceiptRoll]]:
    """Rolls by receipt line; one query per 5,000 lines."""
    found: dict[int, list[ReceiptRoll]] = defaultdict(list)
    for part in positions.chunks(line_ids):
        for roll in ctx.session.scalars(
            select(ReceiptRoll).where(ReceiptRoll.receipt_line_id.in_(part)).order_by(ReceiptRoll.position)
        ):
            found[roll.receipt_line_id].append(roll)
    return found


def lock(ctx: Ctx, order_ids: Iterable[int]) -> None:
    """Others who receive against the same orders wait, in one fixed order (SQLite has one writer anyway)."""
    if ctx.session.get_bind().dialect.name != "sqlite":
        ctx.session.execute(
            select(PurchaseOrder.id)
            .where(PurchaseOrder.id.in_(sorted(set(order_ids))))
            .order_by(PurchaseOrder.id)
            .with_for_update()
        ).all()


def orders_of(ctx: Ctx, receipt_id: int) -> list[int]:
    """Ids of the orders that a receipt is against."""
    return list(
        ctx.session.scalars(
            select(PurchaseLine.order_id)
            .join(
                ReceiptLine,
                (ReceiptLine.line_id == PurchaseLine.id) & (ReceiptLine.tenant_id == PurchaseLine.tenant_id),
            )
            .where(ReceiptLine.receipt_id == receipt_id)
            .distinct()
        )
    )


def post(ctx: Ctx, receipt: Receipt, over_reason: str = "") -> None:
    """Take the goods in: from the supplier to the store, to inspection, or to the rejected goods.

    Refused, nothing posted: a line that was closed meanwhile, more than the tolerance without approval and reason, a
    measured quantity far off that nobody confirmed, a date in a closed period. ``over_reason`` holds for every line.
    """
    found = load_lines(ctx, receipt.id)
    lock(ctx, orders_of(ctx, receipt.id))
    known = receiving.targets(ctx, {line.line_id for line in found})
    rolls = load_rolls(ctx, [line.id for line in found])
    problems = [
        Problem(reason, f"lines-{line.line_id}-received", {"line": line.line_id})
        for line in found
        if (reason := receiving.closed_reason(known[line.line_id])) is not None
    ]
    problems += over_problems(ctx, found, known, over_reason)
    problems += deviations(ctx, found, known, rolls)
    if problems:
        raise Refused(problems)
    for line in found:
        line.price = ZERO if line.free else (known[line.line_id].price or ZERO)
    crud.flush(ctx.session)
    ledger.post(
        ctx, moves_of(ctx, receipt, found, known, rolls), entity=ENTITY, entity_id=receipt.id, on=receipt.received_on,
        key=f"{ENTITY}:{receipt.id}",
    )  # fmt: skip
    receipt.state, receipt.posted_at, receipt.posted_by = "posted", ctx.now(), ctx.actor


def over_problems(
    ctx: Ctx, found: Sequence[ReceiptLine], known: Mapping[int, Target], over_reason: str
) -> list[Problem]:
    """Lines that would exceed what may be accepted. Somebody with the right may allow it, saying why; it is kept."""
    came = positions.of_lines(ctx, known)
    sums: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for line in found:
        sums[line.line_id] += line.received - line.rejected
    problems = []
    for line in found:
        target, here = known[line.line_id], came.get(line.line_id, NOTHING)
        if here.taken + sums[line.line_id] <= target.max_qty:
            continue
        reason = line.over_reason or over_reason.strip()
        where = f"lines-{line.line_id}-over_reason" if ctx.can(OVER) else f"lines-{line.line_id}-received"
        words = {
            "line": target.label, "now": short(sums[line.line_id]), "before": short(here.taken), "uom": target.uom,
            "ordered": short(target.qty), "most": short(target.max_qty),
        }  # fmt: skip
        if not ctx.can(OVER):
            problems.append(
                Problem(T("{line}: {now} {uom} with the {before} accepted before are more than the {most} allowed "
                          "({ordered} ordered). A manager may allow it.", **words), where, {"line": line.line_id})
            )  # fmt: skip
        elif not reason:
            problems.append(
                Problem(T("{line}: {now} {uom} with the {before} accepted before are more than the {most} allowed "
                          "({ordered} ordered). Say why it is taken.", **words), where, {"line": line.line_id})
            )  # fmt: skip
        else:
            line.over_reason, line.over_by = reason, ctx.actor
    return problems


def deviations(
    ctx: Ctx,
    found: Sequence[ReceiptLine],
    known: Mapping[int, Target],
    rolls: Mapping[int, Sequence[ReceiptRoll]],
) -> list[Problem]:
    """Measured quantities that are off the order's factor, or rolls off the nominal weight, by more than x %."""
    limit = quantities.setting_pct(ctx, "deviation_pct")
    problems = []
    for line in found:
        if line.deviation_ok:
            continue
        target = known[line.line_id]
        off = deviation(line, target)
        heavy = weight_off(target, rolls.get(line.id, ()))
        worst = max((v for v in (off, heavy) if v is not None), key=abs, default=ZERO)
        if abs(worst) > limit:
            problems.append(
                Problem(T("{line}: the measured quantity is {pct} % off. Check width and weight; if it is right, confirm it.",
                          line=target.label, pct=f"{money.round_half_up(worst, 2):+}"),
                        f"lines-{line.line_id}-deviation_ok", {"line": line.line_id})
            )  # fmt: skip
    return problems


def deviation(line: ReceiptLine, target: Target) -> Decimal | None:
    """How many percent the measured stock quantity is off the factor of the order; None where units are the same."""
    if target.uom == target.stock_uom or not line.received or not target.factor:
        return None
    nominal = line.received * target.factor
    return (line.stock_received - nominal) * HUNDRED / nominal


def weight_off(target: Target, rolls: Sequence[ReceiptRoll]) -> Decimal | None:
    """How many percent the rolls' kg per metre is off width × weight of the material; None where it is not known."""
    kg = sum((r.net_kg or ZERO for r in rolls), ZERO)
    metres = sum((r.length_m or ZERO for r in rolls), ZERO)
    if not kg or not metres or not target.gsm or not target.width_in:
        return None
    inch = Decimal(INCH.numerator) / Decimal(INCH.denominator)
    nominal = target.width_in * inch * target.gsm / 1000
    return (kg / metres - nominal) * HUNDRED / nominal


def item_of(target: Target, lot: str = "") -> ledger.Item:
    """The ledger's item of an order line."""
    return ledger.Item("material", target.material_id, target.color_id or 0, target.size_id or 0,
                       target.destination_id or 0, lot)  # fmt: skip


def moves_of(
    ctx: Ctx, receipt: Receipt, found: Sequence[ReceiptLine], known: Mapping[int, Target],
    rolls: Mapping[int, Sequence[ReceiptRoll]],
) -> list[ledger.Move]:  # fmt: skip
    """What a receipt moves: good goods to the store or to inspection, rejected ones apart; each dye lot for itself."""
    supplier = ledger.Place("supplier", receipt.supplier_id)
    good = stores.inspection(receipt.store_id) if receipt.inspect else stores.place(receipt.store_id)
    bad = stores.rejected(receipt.store_id)
    moves = []
    for line in found:
        target = known[line.line_id]
        for lot, rejected, qty in parts(line, rolls.get(line.id, ())):
            share = money.round_half_up(line.received * line.price * qty / line.stock_received, 4)
            moves.append(
                ledger.Move(
                    "receipt", item_of(target, lot), supplier, bad if rejected else good, qty, line.id, share,
                    target.currency,
                )
            )  # fmt: skip
    return moves


def parts(line: ReceiptLine, rolls: Sequence[ReceiptRoll]) -> list[tuple[str, bool, Decimal]]:
    """(lot, rejected, stock quantity) of what came."""
    if not rolls:
        found = [("", False, line.stock_received - line.stock_rejected), ("", True, line.stock_rejected)]
        return [part for part in found if part[2]]
    sums: dict[tuple[str, bool], Decimal] = defaultdict(lambda: ZERO)
    for roll in rolls:
        sums[roll.lot, roll.rejected] += roll.stock_qty
    return [(lot, rejected, qty) for (lot, rejected), qty in sorted(sums.items()) if qty]


# --- inspection ----------------------------------------------------------------------------------------------------------


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
    target = receiving.targets(ctx, [line.line_id])[line.line_id]
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
    grain = quantities.step(target.uom, weighed=True)
    problems = quantities.problem(accepted, grain, target.uom, "accepted", zero=True)
    problems += quantities.problem(rejected, grain, target.uom, "rejected", zero=True)
    if not problems and not accepted and not rejected:
        problems.append(Problem(T("Say what is accepted or rejected."), "accepted"))
    if accepted + rejected > waits:
        problems.append(
            Problem(T("Only {qty} {uom} wait for inspection.", qty=short(waits), uom=target.uom), "accepted")
        )
    if rejected and not reason:
        problems.append(Problem(T("A rejection needs a reason."), "reason"))
    if problems:
        raise Refused(problems)
    stock_waits = line.stock_received - line.stock_accepted - line.stock_rejected
    moves, good, bad = _decide(
        ctx, receipt, line, target, rolls, rejected_rolls, (accepted, rejected, waits, stock_waits)
    )
    ledger.post(
        ctx, moves, entity=ENTITY, entity_id=receipt.id, on=on or max(ctx.today(), receipt.received_on)
    )
    note_changes(
        ctx, receipt, (target.label, "inspection", f"accepted {short(accepted)}, rejected {short(rejected)}")
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
        both = receiving.portion(stock_waits, accepted + rejected, waits, receiving.stock_grain(target))
        sums["", True] = receiving.portion(both, rejected, accepted + rejected, receiving.stock_grain(target))
        sums["", False] = both - sums["", True]
    source = stores.inspection(receipt.store_id)
    moves = [
        ledger.Move(
            "reject" if bad else "accept", item_of(target, lot), source,
            stores.rejected(receipt.store_id) if bad else stores.place(receipt.store_id), qty, line.id,
        )
        for (lot, bad), qty in sorted(sums.items()) if qty
    ]  # fmt: skip
    good = sum((q for (_l, bad), q in sums.items() if not bad), ZERO)
    return moves, good, sum((q for (_l, bad), q in sums.items() if bad), ZERO)


# --- taking back ---------------------------------------------------------------------------------------------------------


def reverse(ctx: Ctx, receipt: Receipt, reason: str, on: date | None = None) -> None:
    """Take a posted receipt back: reversing movements name the originals, and it no longer counts.

    Refused: goods of it went back to the supplier (reverse that first), or are no longer there.
    """
    if receipt.state != "posted":
        raise Refused(T("{number} is not posted.", number=receipt.number))
    if not reason.strip():
        raise Refused(T("Say why."), "reason")
    went = ctx.session.scalars(
        select(SupplierReturn.number)
        .join(
            ReturnLine,
            (ReturnLine.return_id == SupplierReturn.id) & (ReturnLine.tenant_id == SupplierReturn.tenant_id),
        )
        .join(
            ReceiptLine,
            (ReceiptLine.id == ReturnLine.receipt_line_id) & (ReceiptLine.tenant_id == ReturnLine.tenant_id),
        )
        .where(ReceiptLine.receipt_id == receipt.id, SupplierReturn.state == "posted")
        .distinct()
    ).all()
    if went:
        raise Refused(
            T("Goods of it went back to the supplier: reverse {numbers} first.", numbers=", ".join(went))
        )
    ledger.reverse(
        ctx,
        entity=ENTITY,
        entity_id=receipt.id,
        on=on or max(ctx.today(), receipt.received_on),
        reason=reason.strip(),
    )
    receipt.state = "reversed"
