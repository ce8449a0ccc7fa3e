"""Credit notes to customers and debit notes to vendors: bounded by the document that they lower, line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from core.api import Ctx, Problem, Refused, T, next_number, record_save
from core.db import among, flush_rows
from core.money import currency_decimals, round_half_up
from core.values import ZERO, decimal_text
from kit.papers import made_now
from plugins.invoicing.services import invoiceable, matching, taxing
from plugins.invoicing.services.sides import PURCHASES, SALES, Side, locked, side_of
from plugins.invoicing.words import CREDIT_SERIES, DEBIT_SERIES
from plugins.orders.api import CustomerOrder
from plugins.purchasing.api import PurchaseOrder


@dataclass
class Rest:
    """What of a line may still be credited: pieces, amount as priced, and the tax of it."""

    line: Any
    qty: Decimal
    amount: Decimal
    tax: Decimal


def rests(
    ctx: Ctx, side: Side, lines: Sequence[Any], *, states: Sequence[str] = invoiceable.LIVE, without: int = 0
) -> dict[int, Rest]:
    """What of these lines credit notes in ``states`` leave; the note ``without`` is not counted. One query."""
    line, head = side.line, side.document
    found = {each.id: Rest(each, each.qty, each.amount, each.tax) for each in lines}
    rows = ctx.session.execute(
        select(line.source_id, func.sum(line.qty), func.sum(line.amount), func.sum(line.tax))
        .join(head, (head.id == line.document_id) & (head.tenant_id == line.tenant_id))
        .where(
            among(line.source_id, list(found)),
            head.kind == side.against,
            head.state.in_(tuple(states)),
            head.id != without,
        )
        .group_by(line.source_id)
    )
    for source_id, qty, amount, tax in rows:
        rest = found[source_id]
        rest.qty, rest.amount, rest.tax = rest.qty - qty, rest.amount - amount, rest.tax - tax
    return found


def credit(ctx: Ctx, document: Any, rows: Sequence[Mapping[str, Any]], reason: str, dated: date) -> Any:
    """A draft that lowers ``document`` by pieces or amounts of its lines; refused with every line that has less left.

    The last pieces take what is left of amount and tax, so that a document credited in parts is credited to the cent.
    """
    side = side_of(document)
    locked(ctx, side.document, [document.id])
    by_position = {line.position: line for line in document.lines if line.amount > 0}
    left = rests(ctx, side, list(by_position.values()))
    note = side.document(
        number=next_number(ctx, CREDIT_SERIES if side is SALES else DEBIT_SERIES), state="draft", kind=side.against,
        partner=document.partner, partner_id=document.partner_id, currency=document.currency, dated=dated,
        credits=document, credits_id=document.id, because=reason, **made_now(ctx),
    )  # fmt: skip
    problems = list[Problem]()
    for n, typed in enumerate(rows):
        line = by_position.get(typed["line"])
        if line is None:
            problems.append(Problem(T("There is no such line."), f"lines.{n}.line"))
            continue
        made, problem = _credited(ctx, side, document, left[line.id], typed, n)
        if problem is not None:
            problems.append(problem)
        elif made is not None:
            note.lines.append(made)
    if not problems and not note.lines:
        problems.append(Problem(T("Type what is credited beside a line.")))
    if problems:
        raise Refused(problems)
    for position, line in enumerate(note.lines, 1):
        line.position = position
    taxing.add_up(note, taxing.grouped(note.lines))
    ctx.session.add(note)
    flush_rows(ctx.session)
    record_save(
        ctx, note, "create", [("credits", None, document.number), ("total", None, note.total)], is_new=True
    )
    return note


def _credited(
    ctx: Ctx, side: Side, document: Any, rest: Rest, typed: Mapping[str, Any], n: int
) -> tuple[Any, Problem | None]:
    line, qty, amount = rest.line, typed.get("qty") or ZERO, typed.get("amount")
    if not qty and not amount:
        return None, None
    decimals = currency_decimals(ctx, document.currency)
    if qty > rest.qty:
        text = T("Only {left} of it is left to be credited.", left=decimal_text(rest.qty))
        return None, Problem(text, f"lines.{n}.qty")
    if amount is None:
        last = qty == rest.qty
        amount = (
            rest.amount if last else min(rest.amount, round_half_up(line.amount * qty / line.qty, decimals))
        )
    amount = round_half_up(amount, decimals)
    if amount > rest.amount:
        text = T("Only {left} of it is left to be credited.", left=decimal_text(rest.amount))
        return None, Problem(text, f"lines.{n}.amount")
    tax = rest.tax if amount == rest.amount else round_half_up(line.tax * amount / line.amount, decimals)
    values = {
        "order_id": line.order_id, "order": line.order, "order_line_id": line.order_line_id, "source_id": line.id,
        "text": line.text, "qty": qty, "price": line.price if qty else ZERO, "amount": amount, "tax_pct": line.tax_pct,
        "included": line.included, "tax": tax, "total": amount if line.included else amount + tax,
    }  # fmt: skip
    if side is SALES:
        values |= {"kind": line.kind, "tax_code_id": line.tax_code_id, "pct": line.pct}
    return side.line(**values), None


def problems(ctx: Ctx, note: Any) -> list[Problem]:
    """What is wrong with a credit note that is to be issued: its document is gone, or has less left than it takes."""
    side = side_of(note)
    document = note.credits
    if document is None or document.state != "issued":
        return [Problem(T("The document that it lowers is not issued any more."))]
    sources = {line.id: line for line in document.lines}
    left = rests(ctx, side, list(sources.values()), states=("issued",), without=note.id)
    return [
        Problem(T("Line {line}: only {left} of it is left to be credited.", line=sources[line.source_id].position,
                  left=decimal_text(left[line.source_id].amount)))
        for line in note.lines
        if line.amount > left[line.source_id].amount or line.qty > left[line.source_id].qty
    ]  # fmt: skip


def credit_over(
    ctx: Ctx, side: Side, order: Any, over: Mapping[int, Decimal], dated: date, reason: str
) -> list[Any]:
    """Drafts of notes for what of an order's lines (line → quantity) is invoiced or billed and should not be, on the newest
    documents first. Refused where there is nothing."""
    line, head = side.line, side.document
    rest = dict(over)
    lines = ctx.session.scalars(
        select(line)
        .join(head, (head.id == line.document_id) & (head.tenant_id == line.tenant_id))
        .where(among(line.order_line_id, list(rest)), head.state == "issued", head.kind != side.against)
        .order_by(line.id.desc())
    ).all()
    left = rests(ctx, side, lines)
    wanted: dict[int, list[dict[str, Any]]] = {}
    for each in lines:
        qty = min(rest[each.order_line_id], left[each.id].qty)
        if qty > 0:
            rest[each.order_line_id] -= qty
            wanted.setdefault(each.document_id, []).append({"line": each.position, "qty": qty})
    if not wanted:
        raise Refused(T("Nothing of {number} is invoiced that came back.", number=order.number))
    documents = ctx.session.scalars(select(head).where(among(head.id, list(wanted))).order_by(head.id)).all()
    return [credit(ctx, each, wanted[each.id], reason, dated) for each in documents]


def credit_returns(ctx: Ctx, order: CustomerOrder, dated: date, reason: str) -> list[Any]:
    """Credit notes for pieces of a customer order that are invoiced and came back, or never left."""
    over = {e.line.id: -e.open for e in invoiceable.billable(ctx, [order.id]) if e.open < 0}
    return credit_over(ctx, SALES, order, over, dated, reason)


def debit_returns(ctx: Ctx, order: PurchaseOrder, dated: date, reason: str) -> list[Any]:
    """Debit notes for what of a purchase order is billed and went back to the vendor, or never came."""
    over = {m.line_id: -m.open for m in matching.of_orders(ctx, [order]) if m.open < 0}
    return credit_over(ctx, PURCHASES, order, over, dated, reason)
