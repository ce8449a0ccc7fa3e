"""Posting, reversing and finalising fulfilment sheets: what they refuse, what moves, what follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import select

from core import ledger
from core.api import Ctx, Problem, Refused, T, enter_state, note_changes
from core.db import among, flush_rows
from kit.papers import future_problems, stamp_posted
from plugins.fulfilment.models import Sheet, SheetLine, SheetSize
from plugins.fulfilment.services import rows, sheet_rows, sums
from plugins.fulfilment.services.rows import Row
from plugins.fulfilment.services.sheet_rows import Key
from plugins.fulfilment.words import CUSTOMER_ORDER, SHEET
from plugins.orders.api import CustomerOrder
from plugins.purchasing.api import PurchaseLine, PurchaseOrder
from plugins.stock.api import garment, incoming, keepers, places, stamps, stores, taking_back

OVER = "fulfilment.sheet.over"
GOODS_IN = ledger.MovementKind("fulfilment_in", T("Goods in from the vendor"))
ALIVE = ("confirmed", "closed")
"""Customer orders that pieces may come for: a cleared one too, in place of what went back."""


def post(ctx: Ctx, sheet: Sheet, over_reason: str = "") -> None:
    """Count a draft; at ours, accepted pieces go into the store, those of an order into the place that is kept for it.

    Refused: no line, an order or a purchase order that is not out, more than ordered plus the tolerance without the right and a
    reason, more replacements than went back, goods from stock elsewhere than at the customer's, a date in the future or in a
    closed period.
    """
    if not sheet.lines:
        raise Refused(T("There is no line yet."))
    lock_documents(ctx, sheet_rows.orders_on(ctx, sheet), {line.purchase_order_id for line in sheet.lines})
    known = sheet_rows.of_sheet(ctx, sheet)
    problems = future_problems(ctx, sheet.day, "day") + _closed(ctx, sheet, known)
    if not problems:
        problems = _beyond(ctx, sheet, known, over_reason)
    if problems:
        raise Refused(problems)
    if sheet.place == "ours":
        with stamps.said_at("day"):
            ledger.post(
                ctx, _moves(ctx, sheet, known), entity=SHEET, entity_id=sheet.id, on=sheet.day, key=f"{SHEET}:{sheet.id}:post"
            )  # fmt: skip
    stamp_posted(ctx, sheet)


def reverse(ctx: Ctx, sheet: Sheet, reason: str) -> None:
    """Take a posted sheet back; refused where its pieces are no longer there, and once it is finalised."""
    lock_documents(ctx, sheet_rows.orders_on(ctx, sheet), {line.purchase_order_id for line in sheet.lines})
    if sheet.place == "ours":
        taking_back.reverse(ctx, SHEET.ref(sheet.id), on=max(ctx.today(), sheet.day), reason=reason)


def finalise(ctx: Ctx, sheet: Sheet) -> None:
    """Lock a posted sheet; customer orders that miss nothing any more are closed."""
    sheet.finalised_at, sheet.finalised_by = ctx.now(), ctx.actor
    enter_state(ctx, sheet, "finalised")
    flush_rows(ctx.session)


def lock_documents(ctx: Ctx, order_ids: Iterable[int], purchase_ids: Iterable[int | None] = ()) -> None:
    """Limits of one order are checked one after the other; in one fixed order."""
    for model, ids in ((CustomerOrder, set(order_ids)), (PurchaseOrder, {i for i in purchase_ids if i})):
        ctx.session.execute(
            select(model.id).where(among(model.id, ids)).order_by(model.id).with_for_update()
        ).all()


def _closed(ctx: Ctx, sheet: Sheet, known: Mapping[Key, Row]) -> list[Problem]:
    problems = []
    for i, line in enumerate(sheet.lines):
        row, place = known[sheet_rows.key_of_line(line)], f"lines.{i}.line"
        if row.line_id and row.order_state not in ALIVE:
            problems.append(Problem(T("{number} is not confirmed.", number=row.order), place))
        if not row.receivable:
            problems.append(
                Problem(T("{number} is not issued: nothing can come of it.", number=row.po), place)
            )
        if not row.po_id and sheet.place != "customer":
            text = T(
                "{order} {line}: no purchase order stands behind it; only the customer can report it.",
                order=row.order,
                line=row.position + 1,
            )
            problems.append(Problem(text, place))
    return problems


def _beyond(ctx: Ctx, sheet: Sheet, known: Mapping[Key, Row], reason: str) -> list[Problem]:
    """Too much of a size: beyond what was ordered plus the tolerance, or what a purchase line allows, yields to a right and a
    reason; replacements beyond what went back do not."""
    done: dict[tuple[int, int], int] = defaultdict(int)
    for row in {id(row): row for row in known.values()}.values():
        for size_id, cell in row.cells.items():
            done[row.line_id, size_id] += cell.done
    reach = _reach(ctx, sheet)
    above, wrong = [], []
    for i, line in enumerate(sheet.lines):
        row = known[sheet_rows.key_of_line(line)]
        for j, size in enumerate(line.sizes):
            fresh, cell, place = (
                size.received - size.damaged,
                row.cells[size.size_id],
                f"lines.{i}.sizes.{j}.received",
            )
            if line.replacement and fresh > cell.to_replace:
                text = T(
                    "{what}: {n} pieces, {most} are to be replaced.",
                    n=fresh,
                    most=cell.to_replace,
                    what=_called(row, size),
                )
                wrong.append(Problem(text, place))
            if row.line_id:
                done[row.line_id, size.size_id] += fresh
                total = done[row.line_id, size.size_id]
                if total > cell.most:
                    text = T(
                        "{what}: {total} pieces, at most {most}.",
                        total=total,
                        most=cell.most,
                        what=_called(row, size),
                    )
                    above.append(Problem(text, place))
            if size.purchase_line_id:
                reach[size.purchase_line_id] -= fresh
                if reach[size.purchase_line_id] < 0:
                    over = -int(reach[size.purchase_line_id])
                    text = T("{what}: {n} more than {po} allows.", n=over, po=row.po, what=_called(row, size))
                    above.append(Problem(text, place))
    if not above or wrong:
        return wrong
    if ctx.can(OVER) and reason.strip():
        sheet.over_reason, sheet.over_by = reason.strip()[:400], ctx.actor
        note_changes(ctx, sheet, ("over_reason", None, sheet.over_reason))
        return []
    return [*above, Problem(T("You may accept more: say why."), "over_reason")] if ctx.can(OVER) else above


def _called(row: Row, size: SheetSize) -> str:
    return f"{row.style} {row.color} {size.size.code}"


def _reach(ctx: Ctx, sheet: Sheet) -> dict[int, Decimal]:
    """What purchase lines still allow: the most of each, less what came of it and is no more to be replaced."""
    ids = {size.purchase_line_id for line in sheet.lines for size in line.sizes if size.purchase_line_id}
    if not ids:
        return {}
    came = sums.of_purchase_lines(ctx, ids)
    owed: dict[int, int] = defaultdict(int)
    for (line_id, _bearer, remedy), qty in sums.back_of_purchase_lines(ctx, ids).items():
        owed[line_id] += qty if remedy == "replacement" else 0
    for back in rows.through_stock(ctx, sheet_rows.scope(ctx, sheet)):
        owed[back.row.cells[back.size_id].purchase_line_id] += back.qty if back.again else 0
    found = ctx.session.execute(
        select(PurchaseLine.id, PurchaseLine.max_qty).where(among(PurchaseLine.id, ids))
    )
    none = (0, 0)
    return {
        line_id: most - came.get(line_id, none)[0] + came.get(line_id, none)[1] + owed[line_id]
        for line_id, most in found
    }


def _moves(ctx: Ctx, sheet: Sheet, known: Mapping[Key, Row]) -> list[ledger.Move]:
    keeping = keepers.live(ctx, CUSTOMER_ORDER, {row.order_id for row in known.values() if row.order_id})
    bought = {size.purchase_line_id for line in sheet.lines for size in line.sizes if size.purchase_line_id}
    found = select(PurchaseLine.id, PurchaseLine.price).where(among(PurchaseLine.id, bought))
    prices: dict[int, Decimal | None] = dict(ctx.session.execute(found).all())
    moves: list[ledger.Move] = []
    for line in sheet.lines:
        row = known[sheet_rows.key_of_line(line)]
        for size in line.sizes:
            qty = Decimal(size.received - size.damaged)
            if qty <= 0:
                continue
            price = prices.get(size.purchase_line_id or 0) or Decimal(0)
            move = ledger.Move(
                GOODS_IN.code, garment(row.style_id, row.color_id, size.size_id), ledger.Place("supplier", row.vendor_id),
                stores.place(sheet.store_id), qty, line.id, qty * price, row.currency,
            )  # fmt: skip
            moves += _for_order(move, line, row, size.size_id, sheet, keeping)
    return moves


def _for_order(
    move: ledger.Move, line: SheetLine, row: Row, size_id: int, sheet: Sheet, keeping: set[int]
) -> list[ledger.Move]:
    """Pieces of an order are kept for it, as many as are open; the rest is free."""
    if row.order_id not in keeping:
        return [move]
    mine, rest = incoming.cut(move, min(move.qty, Decimal(row.cells[size_id].open)))
    mine = replace(mine, target=places.reserved(sheet.store_id, CUSTOMER_ORDER, row.order_id))
    return [part for part in (mine, rest) if part.qty]
