"""Issuing and cancelling invoices and credit notes: what they say is kept, checked against what may be invoiced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.api import Ctx, Problem, Refused, T
from core.db import flush_rows
from core.money import currency_decimals
from core.values import ZERO, decimal_text
from kit.papers import Named, future_problems
from kit.printing.glyphs import check_glyphs
from plugins.base_company.api import our_party
from plugins.invoicing.models import (
    Due,
    Invoice,
    InvoiceLine,
    InvoiceSnapshot,
    SaidDue,
    SaidLine,
    SaidTax,
    TaxCode,
)
from plugins.invoicing.services import crediting, drafting, invoiceable, prepaid, settled, taxing, terms
from plugins.invoicing.services.sides import SALES, locked
from plugins.orders.api import CustomerOrder, OrderLine, OrderStyle, clear_orders


def issue(ctx: Ctx, row: Invoice) -> None:
    """draft → issued: what it says is kept, and it is owed from now on.

    Refused with every line that goes beyond what may be invoiced, deducted or credited; then nothing is changed.
    """
    lines = full_lines(ctx, row)
    orders = sorted({line.order_id for line in lines})
    locked(ctx, CustomerOrder, orders)
    if row.credits_id is not None:
        locked(ctx, Invoice, [row.credits_id])
    problems = future_problems(ctx, row.dated, "dated")
    if not lines:
        problems.append(Problem(T("There is nothing on it.")))
    if row.total < 0:
        problems.append(Problem(T("The total is below 0.")))
    problems += crediting.problems(ctx, row) if row.kind == "credit" else _beyond(ctx, row, lines, orders)
    if problems:
        raise Refused(problems)
    groups = taxing.grouped(lines)
    if row.kind != "credit":
        advance = -sum((line.total for line in lines if line.kind == "deduction"), ZERO)
        found = terms.instalments(
            None if row.kind == "share" else row.terms,
            row.total,
            advance,
            row.dated,
            currency_decimals(ctx, row.currency),
        )
        row.dues = [Due(position=n, due_on=d.due_on, amount=d.amount) for n, d in enumerate(found, 1)]
        row.due_date = max((d.due_on for d in found), default=row.dated)
    said = _said(ctx, row, lines, groups)
    check_glyphs(ctx, said)
    row.snapshot = said


def issued(ctx: Ctx, row: Invoice) -> None:
    """What follows once it is issued: prepayments of its orders are used up, and orders may be cleared."""
    orders = sorted({line.order_id for line in row.lines})
    prepaid.use_up(ctx, SALES, orders)
    clear_orders(ctx, orders)


def _beyond(ctx: Ctx, row: Invoice, lines: Sequence[InvoiceLine], orders: Sequence[int]) -> list[Problem]:
    mine = defaultdict[int, Decimal](Decimal)
    for line in lines:
        if line.order_line_id is not None:
            mine[line.order_line_id] += line.qty
    problems = [
        Problem(
            T("{order} {style}: {qty} pieces, but only {open} may be invoiced ({done} are invoiced already).",
              order=_order(lines, each.line.order_id), style=each.line.order_style.style.code,
              qty=decimal_text(mine[each.line.id]), open=decimal_text(max(each.open, ZERO)), done=decimal_text(each.invoiced))
        )
        for each in (invoiceable.billable(ctx, orders, states=("issued",)) if mine else ())
        if mine.get(each.line.id, ZERO) > max(each.open, ZERO)
    ]  # fmt: skip
    taken = {line.source_id: -line.amount for line in lines if line.kind == "deduction"}
    left = {e.line.id: e.left for e in invoiceable.advances(ctx, orders, states=("issued",))} if taken else {}
    problems += [
        Problem(T("{number} was deducted meanwhile: only {left} of it is left.", number=line.text,
                  left=decimal_text(left.get(line.source_id or 0, ZERO))))
        for line in lines
        if line.kind == "deduction" and taken[line.source_id] > left.get(line.source_id or 0, ZERO)
    ]  # fmt: skip
    return problems


def _order(lines: Sequence[InvoiceLine], order_id: int) -> str:
    return next(line.order.number for line in lines if line.order_id == order_id)


def full_lines(ctx: Ctx, row: Invoice) -> list[InvoiceLine]:
    """Its lines with what they name; a fixed number of queries."""
    line = InvoiceLine
    return list(
        ctx.session.scalars(
            select(line)
            .where(line.document_id == row.id)
            .order_by(line.position, line.id)
            .options(
                selectinload(line.order),
                selectinload(line.order_line)
                .selectinload(OrderLine.order_style)
                .selectinload(OrderStyle.style),
                selectinload(line.order_line).selectinload(OrderLine.color),
                selectinload(line.order_line).selectinload(OrderLine.destination),
            )
        )
    )


def said_now(ctx: Ctx, row: Invoice) -> InvoiceSnapshot:
    """What a draft would say."""
    lines = full_lines(ctx, row)
    return _said(ctx, row, lines, taxing.grouped(lines))


def _said(
    ctx: Ctx, row: Invoice, lines: Sequence[InvoiceLine], groups: Sequence[taxing.Group]
) -> InvoiceSnapshot:
    codes = taxing.said_rates(ctx, groups)
    return InvoiceSnapshot(
        number=row.number, kind=row.kind, dated=row.dated, currency=row.currency, seller=our_party(ctx),
        buyer=row.partner.party(),
        terms=Named(code=row.terms.code, name=row.terms.name, names=row.terms.names) if row.terms else None,
        credits=row.credits.number if row.credits else "", because=row.because, notes=row.notes,
        lines=tuple(_line(line, row) for line in lines),
        taxes=tuple(_tax(group, codes.get(group.code_id or 0)) for group in groups),
        dues=tuple(SaidDue(due_on=due.due_on, amount=due.amount) for due in row.dues),
        subtotal=row.subtotal, tax=row.tax, total=row.total,
    )  # fmt: skip


def _tax(group: taxing.Group, code: TaxCode | None) -> SaidTax:
    return SaidTax(
        code=code.code if code else "", name=code.name if code else "", names=code.names if code else None, pct=group.pct,
        included=group.included, exempt_reason=code.exempt_reason if code and not group.pct else "", base=group.base,
        tax=group.tax,
    )  # fmt: skip


def _line(line: InvoiceLine, row: Invoice) -> SaidLine:
    what = line.order_line
    style, color = (what.order_style.style, what.color) if what is not None else (None, None)
    return SaidLine(
        position=line.position, kind=line.kind, order=line.order.number, customer_po=line.order.customer_po,
        style=style.code if style else "", name=style.name if style else "", names=style.names if style else None,
        color=color.code if color else "", color_name=color.name if color else "",
        color_names=color.names if color else None, destination=what.destination.code if what else "",
        about=line.text if line.kind == "deduction" else "", text=line.text, pct=line.pct, qty=line.qty, price=line.price,
        amount=line.amount,
    )  # fmt: skip


def cancel(ctx: Ctx, row: Invoice) -> None:
    """A draft is dropped, an issued one no longer counts. Refused while money, credit notes or deductions hang on it."""
    if row.state == "issued":
        locked(ctx, Invoice, [row.id])
        if numbers := settled.holding(ctx, SALES, row):
            raise Refused(T("{numbers} hang on it: take them back first.", numbers=", ".join(numbers)))
    prepaid.give_back(ctx, SALES, row)


def cancelled(ctx: Ctx, row: Invoice) -> None:
    """What follows: prepayments it had used go to other invoices of its orders, and these may be open again."""
    flush_rows(ctx.session)
    orders = sorted({line.order_id for line in row.lines})
    prepaid.use_up(ctx, SALES, orders)
    clear_orders(ctx, orders)


__all__ = ["cancel", "cancelled", "drafting", "full_lines", "issue", "issued", "said_now"]
