"""Posting a receipt: every check once more, then the ledger; and taking it all back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core import ledger
from core.api import Ctx, EntityName, Problem, Refused, T
from core.db import among, flush_rows
from core.money import round_half_up
from core.values import ZERO
from kit.papers import stamp_posted
from plugins.purchasing.api import PurchaseLine, PurchaseOrder
from plugins.receiving.models import Receipt, ReceiptLine, ReceiptRoll, ReturnLine, SupplierReturn
from plugins.receiving.services import targets, tolerance
from plugins.receiving.services.receiving import ENTITY
from plugins.receiving.services.targets import Target
from plugins.stock.api import incoming, stamps, stores, taking_back

SUPPLY = EntityName("purchasing.order")
"""The supply that receipts bring: lines of purchase orders."""


def load_lines(ctx: Ctx, receipt_id: int) -> list[ReceiptLine]:
    """Lines of a receipt in order, as they are now."""
    flush_rows(ctx.session)
    return list(
        ctx.session.scalars(
            select(ReceiptLine)
            .where(ReceiptLine.receipt_id == receipt_id)
            .order_by(ReceiptLine.position)
            .execution_options(populate_existing=True)
        )
    )


def load_rolls(ctx: Ctx, line_ids: Iterable[int]) -> dict[int, list[ReceiptRoll]]:
    """Rolls by receipt line; one query."""
    found: dict[int, list[ReceiptRoll]] = defaultdict(list)
    for roll in ctx.session.scalars(
        select(ReceiptRoll).where(among(ReceiptRoll.receipt_line_id, line_ids)).order_by(ReceiptRoll.position)
    ):
        found[roll.receipt_line_id].append(roll)
    return found


def lock(ctx: Ctx, order_ids: Iterable[int]) -> None:
    """Others who receive against the same orders wait, in one fixed order (SQLite has one writer anyway)."""
    if ctx.session.get_bind().dialect.name != "sqlite":
        ctx.session.execute(
            select(PurchaseOrder.id)
            .where(among(PurchaseOrder.id, order_ids))
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
    known = targets.of_lines(ctx, {line.line_id for line in found})
    rolls = load_rolls(ctx, [line.id for line in found])
    problems = [
        Problem(reason, f"lines.{i}.received", {"line": line.line_id})
        for i, line in enumerate(found)
        if (reason := targets.closed_reason(known[line.line_id])) is not None
    ]
    problems += tolerance.over_problems(ctx, found, known, over_reason)
    problems += tolerance.deviations(ctx, found, known, rolls)
    if problems:
        raise Refused(problems)
    for line in found:
        line.price = ZERO if line.free else (known[line.line_id].price or ZERO)
    flush_rows(ctx.session)
    moves = moves_of(ctx, receipt, found, known, rolls)
    with stamps.said_at("received_on"):
        ledger.post(
            ctx, moves, entity=ENTITY, entity_id=receipt.id, on=receipt.received_on, key=f"{ENTITY}:{receipt.id}"
        )  # fmt: skip
    stamp_posted(ctx, receipt)


def item_of(target: Target, lot: str = "") -> ledger.Item:
    """The ledger's item of an order line."""
    return ledger.Item("material", target.material_id, target.color_id or 0, target.size_id or 0,
                       target.destination_id or 0, lot)  # fmt: skip


def moves_of(
    ctx: Ctx,
    receipt: Receipt,
    found: Sequence[ReceiptLine],
    known: Mapping[int, Target],
    rolls: Mapping[int, Sequence[ReceiptRoll]],
) -> list[ledger.Move]:
    """What a receipt moves: good goods to whoever claims them and the rest to the store, or all of them to inspection;
    rejected ones apart; each dye lot for itself."""
    supplier = ledger.Place("supplier", receipt.supplier_id)
    good = stores.inspection(receipt.store_id) if receipt.inspect else stores.place(receipt.store_id)
    bad = stores.rejected(receipt.store_id)
    moves: list[ledger.Move] = []
    coming = []
    for line in found:
        target = known[line.line_id]
        usable: list[ledger.Move] = []
        for lot, rejected, qty in parts(line, rolls.get(line.id, ())):
            share = round_half_up(line.received * line.price * qty / line.stock_received, 4)
            move = ledger.Move(
                "receipt", item_of(target, lot), supplier, bad if rejected else good, qty, line.id, share, target.currency
            )  # fmt: skip
            (moves if rejected or receipt.inspect else usable).append(move)
        coming.append(
            incoming.Coming(
                line.line_id,
                line.id,
                line.received - line.rejected if usable else ZERO,
                usable,
                targets.stock_grain(target),
            )
        )
    return moves + incoming.for_claims(ctx, SUPPLY, ENTITY.ref(receipt.id), coming)


def parts(line: ReceiptLine, rolls: Sequence[ReceiptRoll]) -> list[tuple[str, bool, Decimal]]:
    """(lot, rejected, stock quantity) of what came."""
    if not rolls:
        found = [("", False, line.stock_received - line.stock_rejected), ("", True, line.stock_rejected)]
        return [part for part in found if part[2]]
    sums: dict[tuple[str, bool], Decimal] = defaultdict(lambda: ZERO)
    for roll in rolls:
        sums[roll.lot, roll.rejected] += roll.stock_qty
    return [(lot, rejected, qty) for (lot, rejected), qty in sorted(sums.items()) if qty]


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
    taking_back.reverse(
        ctx, ENTITY.ref(receipt.id), on=on or max(ctx.today(), receipt.received_on), reason=reason.strip()
    )
