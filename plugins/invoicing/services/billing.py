"""Bills of vendors against purchase orders: drafts from what was accepted, their lines, posting, cancelling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from core.api import Ctx, Problem, Refused, T, next_number, record_save
from core.db import flush_rows
from core.money import currency_decimals, line_amount, too_much
from kit.papers import check_editable, future_problems, made_now
from plugins.invoicing.models import Bill, BillLine
from plugins.invoicing.services import crediting, matching, prepaid, settled, taxing, terms
from plugins.invoicing.services.sides import PURCHASES, locked
from plugins.purchasing.api import PurchaseOrder

SERIES = "invoicing_bill"


def bill_orders(ctx: Ctx, orders: Sequence[PurchaseOrder], vendor_number: str, dated: date) -> Bill:
    """A draft with everything of the orders that was accepted and is not billed yet, at the prices ordered.

    Refused where the orders do not go together or nothing is left to bill.
    """
    problems = [Problem(T("{number} is not issued.", number=o.number)) for o in orders if o.snapshot is None]
    if len({o.supplier_id for o in orders}) > 1:
        problems.append(Problem(T("The orders are of several vendors: a bill is of one.")))
    if len({o.currency for o in orders}) > 1:
        problems.append(Problem(T("The orders are in several currencies: a bill is in one.")))
    if problems:
        raise Refused(problems)
    first, ids = orders[0], [o.id for o in orders]
    locked(ctx, PurchaseOrder, ids)
    row = Bill(
        number=next_number(ctx, SERIES), state="draft", kind="bill", partner=first.supplier,
        partner_id=first.supplier_id, vendor_number=vendor_number.strip(), currency=first.currency, dated=dated,
        due_date=last_due(ctx, first, dated), **made_now(ctx),
    )  # fmt: skip
    if problems := number_problems(ctx, row, row.vendor_number):
        raise Refused(problems)
    by_id = {o.id: o for o in orders}
    matches = [each for each in matching.of_orders(ctx, orders) if each.open > 0]
    if not matches:
        numbers = ", ".join(o.number for o in orders)
        raise Refused(T("Nothing of {numbers} is left to be billed.", numbers=numbers))
    row.lines = [_line(ctx, by_id[m.order_id], m, m.open, m.price) for m in matches]
    _settle(ctx, row)
    ctx.session.add(row)
    flush_rows(ctx.session)
    changes: list[tuple[str, Any, Any]] = [("order", None, o.number) for o in orders]
    record_save(ctx, row, "create", [*changes, ("total", None, row.total)], is_new=True)
    return row


def last_due(ctx: Ctx, order: PurchaseOrder, dated: date) -> date:
    """The day the last instalment of an order's terms is due."""
    found = order.terms.lines if order.terms else ()
    return max((terms.due_day(line.trigger, line.days, dated) for line in found), default=dated)


def number_problems(ctx: Ctx, row: Bill | None, number: str, partner_id: int = 0) -> list[Problem]:
    """A vendor's number stands on one live bill of his."""
    if not number:
        return []
    taken = ctx.session.scalar(
        select(Bill.number).where(
            Bill.partner_id == (row.partner_id if row is not None else partner_id), Bill.kind == "bill",
            func.lower(Bill.vendor_number) == number.casefold(), Bill.state != "cancelled",
            Bill.id != ((row.id if row is not None else None) or 0),
        ).limit(1)
    )  # fmt: skip
    if taken is None:
        return []
    return [
        Problem(
            T("{number} of this vendor is entered already: {taken}.", number=number, taken=taken),
            "vendor_number",
        )
    ]


def check(ctx: Ctx, row: Bill | None, data: Mapping[str, Any], children: Any) -> list[Problem]:
    """``validate`` of the entity."""
    problems = number_problems(ctx, row, str(data.get("vendor_number") or ""))
    if data.get("due_date") and data.get("dated") and data["due_date"] < data["dated"]:
        problems.append(Problem(T("Due a day before its date."), "due_date"))
    return problems


def _line(ctx: Ctx, order: PurchaseOrder, match: matching.Match, qty: Decimal, price: Decimal) -> BillLine:
    return BillLine(
        order=order, order_id=order.id, order_line_id=match.line_id, text=match.name[:400], qty=qty, price=price,
        amount=line_amount(ctx, qty, price, order.currency), tax_pct=order.tax_pct, included=False,
    )  # fmt: skip


def _settle(ctx: Ctx, row: Bill) -> None:
    for position, line in enumerate(row.lines, 1):
        line.position = position
    taxing.add_up(row, taxing.spread_tax(row.lines, currency_decimals(ctx, row.currency)))


def change_lines(ctx: Ctx, row: Bill, rows: Sequence[Mapping[str, Any]]) -> None:
    """Quantities and prices of a draft as the vendor's paper says them, by line of the purchase orders; 0 leaves a line out.
    More or dearer than ordered is kept as it is: the page shows by how much."""
    check_editable(ctx, row, "draft")
    orders = list({line.order_id: line.order for line in row.lines}.values())
    by_id = {order.id: order for order in orders}
    found = {m.line_id: m for m in matching.of_orders(ctx, orders, without=row.id)}
    mine = {line.order_line_id: line for line in row.lines}
    problems, changes = list[Problem](), list[tuple[str, Any, Any]]()
    for n, typed in enumerate(rows):
        match = found.get(typed["line"])
        if match is None:
            problems.append(Problem(T("This is not on an order of the bill."), f"lines.{n}.line"))
            continue
        line = mine.get(match.line_id)
        qty = typed["qty"]
        price = typed.get("price")
        price = price if price is not None else line.price if line is not None else match.price
        if (much := too_much(qty, price)) is not None:
            problems.append(Problem(much, f"lines.{n}.qty"))
            continue
        if (line.qty, line.price) == (qty, price) if line is not None else not qty:
            continue
        changes.append(
            (match.name, f"{line.qty:f} × {line.price:f}" if line else None, f"{qty:f} × {price:f}")
        )
        if line is not None:
            row.lines.remove(line)
        if qty:
            row.lines.append(_line(ctx, by_id[match.order_id], match, qty, price))
    if not problems and not row.lines:
        problems.append(Problem(T("Every line is 0: nothing is left on the bill.")))
    if problems:
        raise Refused(problems)
    if changes:
        row.lines.sort(key=lambda line: (line.order_id, line.order_line_id or 0))
        _settle(ctx, row)
        record_save(ctx, row, "lines", changes)


def post(ctx: Ctx, row: Bill) -> None:
    """draft → issued: we owe it. Refused without the vendor's number, and for debit notes beyond their bill."""
    locked(ctx, PurchaseOrder, sorted({line.order_id for line in row.lines}))
    problems = future_problems(ctx, row.dated, "dated")
    if row.kind == "debit":
        problems += crediting.problems(ctx, row)
    else:
        if not row.vendor_number:
            problems.append(Problem(T("Type the vendor's number first."), "vendor_number"))
        problems += number_problems(ctx, row, row.vendor_number)
    if not row.lines:
        problems.append(Problem(T("There is nothing on it.")))
    if problems:
        raise Refused(problems)
    row.due_date = row.due_date or row.dated


def posted(ctx: Ctx, row: Bill) -> None:
    """What follows: prepayments of its orders are used up."""
    flush_rows(ctx.session)
    prepaid.use_up(ctx, PURCHASES, sorted({line.order_id for line in row.lines}))


def cancel(ctx: Ctx, row: Bill) -> None:
    """It no longer counts. Refused while payments or debit notes hang on it."""
    if row.state == "issued":
        locked(ctx, Bill, [row.id])
        if numbers := settled.holding(ctx, PURCHASES, row):
            raise Refused(T("{numbers} hang on it: take them back first.", numbers=", ".join(numbers)))
    prepaid.give_back(ctx, PURCHASES, row)


def differs(ctx: Ctx, row: Bill) -> bool:
    """Does a bill ask for more, or for other prices, than was ordered and accepted?"""
    return row.kind == "bill" and any(each.differs for each in matching.of_bill(ctx, row))
