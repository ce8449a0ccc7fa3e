"""進貨退出: goods back to the supplier, always of a receipt, each line with a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core import ledger
from core.api import Ctx, EntityName, Problem, Refused, T, list_choices, next_number, record_save
from core.db import flush_rows
from core.money import round_half_up
from core.values import ZERO, decimal_text
from kit.papers import future_problems
from plugins.purchasing.api import quantities
from plugins.receiving.models import Receipt, ReceiptLine, ReturnLine, SupplierReturn
from plugins.receiving.services import posting, receipt_lines, receiving, returnable, targets
from plugins.receiving.services.targets import Target
from plugins.receiving.words import REASONS
from plugins.stock.api import incoming, stamps, stores, taking_back

ENTITY = EntityName("receiving.return")


@dataclass
class GoingBack:
    """What goes back of a receipt line, in its purchase unit. ``source``: stock or rejected; ``lot`` where it has lots.

    ``stock_qty`` as measured; None = in proportion to what was received.
    """

    receipt_line_id: int
    qty: Decimal
    reason: str
    source: str = "stock"
    lot: str = ""
    stock_qty: Decimal | None = None
    note: str = ""
    name: str = ""


def draft(
    ctx: Ctx, receipt: Receipt, given: Sequence[GoingBack], *, kind: str = "replacement", returned_on: date | None = None,
    notes: str = "",
) -> SupplierReturn:  # fmt: skip
    """Write a return down; nothing has moved yet. Refused with every problem."""
    ctx.require(f"{ENTITY}.create")
    day = returned_on or ctx.today()
    problems: list[Problem] = []
    if receipt.state != "posted":
        problems.append(Problem(T("{number} is not posted.", number=receipt.number)))
    if kind not in ("replacement", "credit"):
        problems.append(Problem(T("For replacement, or for credit."), "kind"))
    problems += future_problems(ctx, day, "returned_on")
    if day < receipt.received_on:
        problems.append(Problem(T("It cannot go back before it came."), "returned_on"))
    if not given:
        problems.append(Problem(T("Nothing goes back.")))
    lines = {line.id: line for line in posting.load_lines(ctx, receipt.id)}
    known = targets.of_lines(ctx, {line.line_id for line in lines.values()})
    problems += check(ctx, lines, given, known)
    if problems:
        raise Refused(problems)
    row = SupplierReturn(
        number=next_number(ctx, "supplier_return", day), state="draft", kind=kind,
        supplier_id=receipt.supplier_id, supplier=receipt.supplier, receipt_id=receipt.id, receipt=receipt,
        returned_on=day, notes=notes, created_at=ctx.now(), posted_by="",
    )  # fmt: skip
    rest = returnable.left(ctx, list(lines.values()))
    for position, each in enumerate(given, 1):
        line = lines[each.receipt_line_id]
        there = rest[line.id, each.source, each.lot]
        stock = each.stock_qty
        if stock is None:
            grain = targets.stock_grain(known[line.line_id])
            stock = receipt_lines.portion(there.stock, each.qty, there.qty, grain)
        row.lines.append(
            ReturnLine(
                position=position, receipt_line_id=line.id, line_id=line.line_id, source=each.source, lot=each.lot,
                qty=each.qty, stock_qty=stock, reason=each.reason, note=each.note,
            )
        )  # fmt: skip
    ctx.session.add(row)
    flush_rows(ctx.session)
    record_save(ctx, row, "create", is_new=True)
    return row


def check(
    ctx: Ctx, lines: dict[int, ReceiptLine], given: Sequence[GoingBack], known: dict[int, Target]
) -> list[Problem]:
    """What is wrong with the lines of a return: foreign line, wrong quantity, more than is left, no reason."""
    reasons = dict(list_choices(REASONS)(ctx))
    rest = returnable.left(ctx, list(lines.values()))
    asked: dict[tuple[int, str, str], Decimal] = defaultdict(lambda: ZERO)
    problems: list[Problem] = []
    for each in given:
        line = lines.get(each.receipt_line_id)
        if line is None:
            problems.append(Problem(T("It was not on this receipt."), f"{each.name}qty"))
            continue
        target = known[line.line_id]
        found = quantities.came_problem(each.qty, target.uom, f"{each.name}qty")
        problems += found
        if each.stock_qty is not None:
            problems += quantities.problem(
                each.stock_qty, targets.stock_grain(target), target.stock_uom, f"{each.name}stock_qty"
            )
        if each.reason not in reasons:
            problems.append(Problem(T("Every line needs a reason from the list."), f"{each.name}reason"))
        key = (line.id, each.source, each.lot)
        asked[key] += each.qty if not found else ZERO
        there = rest.get(key, returnable.Left(ZERO, ZERO))
        if asked[key] > there.qty:
            problems.append(
                Problem(T("{line}: {asked} {uom} are more than the {left} left of this receipt.", line=target.label,
                          asked=decimal_text(asked[key]), left=decimal_text(there.qty), uom=target.uom), f"{each.name}qty")
            )  # fmt: skip
    return problems


def post(ctx: Ctx, row: SupplierReturn) -> None:
    """The goods leave. Refused where meanwhile less is left of the receipt, or less lies in the store."""
    receipt = row.receipt
    lines = {line.id: line for line in posting.load_lines(ctx, receipt.id)}
    posting.lock(ctx, posting.orders_of(ctx, receipt.id))
    known = targets.of_lines(ctx, {line.line_id for line in lines.values()})
    given = [GoingBack(r.receipt_line_id, r.qty, r.reason, r.source, r.lot, r.stock_qty) for r in row.lines]
    problems = check(ctx, lines, given, known)
    if receipt.state != "posted":
        problems.append(Problem(T("{number} is not posted.", number=receipt.number)))
    if problems:
        raise Refused(problems)
    with stamps.said_at("returned_on"):
        ledger.post(
            ctx, _moves(ctx, row, lines, known), entity=ENTITY, entity_id=row.id, on=row.returned_on,
            key=f"{ENTITY}:{row.id}",
        )  # fmt: skip
    row.posted_by = ctx.actor


def _moves(
    ctx: Ctx, row: SupplierReturn, lines: Mapping[int, ReceiptLine], known: Mapping[int, Target]
) -> list[ledger.Move]:
    """Good goods from where they lie, that is with whoever they came for; rejected ones from the rejected."""
    supplier = ledger.Place("supplier", row.supplier_id)
    moves, leaving = [], []
    for each in row.lines:
        line = lines[each.receipt_line_id]
        target = known[line.line_id]
        source = stores.place if each.source == "stock" else stores.rejected
        move = ledger.Move(
            "supplier_return", posting.item_of(target, each.lot), source(row.receipt.store_id), supplier, each.stock_qty,
            each.id, round_half_up(each.qty * line.price, 4), target.currency,
        )  # fmt: skip
        if each.source == "stock":
            leaving.append(incoming.Leaving(line.line_id, line.id, each.qty, move))
        else:
            moves.append(move)
    return moves + incoming.back(
        ctx,
        posting.SUPPLY,
        ENTITY.ref(row.id),
        leaving,
        _brought(ctx, row.receipt),
        again=row.kind == "replacement",
    )


def _brought(ctx: Ctx, receipt: Receipt) -> incoming.Brought:
    """What a receipt brought to the store and to those who claimed it, less what went back of it already."""
    found: incoming.Brought = defaultdict(lambda: ZERO)
    came_line = {
        line: (back, came)
        for line, back, came in ctx.session.execute(
            select(ReturnLine.id, ReturnLine.return_id, ReturnLine.receipt_line_id)
            .join(
                SupplierReturn,
                (SupplierReturn.id == ReturnLine.return_id)
                & (SupplierReturn.tenant_id == ReturnLine.tenant_id),
            )
            .where(SupplierReturn.receipt_id == receipt.id, SupplierReturn.state == "posted")
        )
    }
    backs = sorted({back for back, _came in came_line.values()})
    for document in (receiving.ENTITY.ref(receipt.id), *(ENTITY.ref(back) for back in backs)):
        for m in ledger.movements(ctx, entity=document.entity, entity_id=document.id, limit=None):
            line = came_line[m.line_id][1] if document.entity == ENTITY else m.line_id
            for place, qty in ((m.source, -m.qty), (m.target, m.qty)):
                if place.kind in ("store", "reserved"):
                    found[line, m.item, place] += qty
    return found


def reverse(ctx: Ctx, row: SupplierReturn, reason: str, on: date | None = None) -> None:
    """It did not go back after all."""
    if row.state != "posted":
        raise Refused(T("{number} is not posted.", number=row.number))
    if not reason.strip():
        raise Refused(T("Say why."), "reason")
    taking_back.reverse(
        ctx, ENTITY.ref(row.id), on=on or max(ctx.today(), row.returned_on), reason=reason.strip()
    )
