"""Drafts of invoices: from what was delivered of customer orders, or a percentage of them; their lines changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from core.api import Ctx, Problem, Refused, T, next_number, record_save
from core.db import flush_rows
from core.money import currency_decimals, line_amount, round_half_up
from core.values import ZERO, decimal_text
from kit.papers import check_editable, made_now
from plugins.invoicing.models import Invoice, InvoiceLine
from plugins.invoicing.services import invoiceable, taxing
from plugins.invoicing.services.invoiceable import Advance, Billable
from plugins.invoicing.services.sides import locked
from plugins.orders.api import CustomerOrder

SERIES = "invoicing_invoice"


def check_together(orders: Sequence[CustomerOrder]) -> None:
    """Refused unless the orders can stand on one invoice: of one customer, in one currency, confirmed or closed."""
    problems = [
        Problem(T("{number} is not confirmed.", number=order.number))
        for order in orders
        if order.state not in ("confirmed", "closed")
    ]
    if len({order.customer_id for order in orders}) > 1:
        problems.append(Problem(T("The orders are of several customers: an invoice is for one.")))
    if len({order.currency for order in orders}) > 1:
        problems.append(Problem(T("The orders are in several currencies: an invoice is in one.")))
    if problems:
        raise Refused(problems)


def _begin(ctx: Ctx, orders: Sequence[CustomerOrder], kind: str, dated: date) -> Invoice:
    first = orders[0]
    return Invoice(
        number=next_number(ctx, SERIES), state="draft", kind=kind, partner=first.customer, partner_id=first.customer_id,
        currency=first.currency, dated=dated, terms=first.terms, terms_id=first.terms_id, **made_now(ctx),
    )  # fmt: skip


def _made(ctx: Ctx, row: Invoice) -> Invoice:
    """The draft with its totals, on record."""
    settle_lines(ctx, row)
    ctx.session.add(row)
    flush_rows(ctx.session)
    changes = [("order", None, number) for number in sorted({line.order.number for line in row.lines})]
    record_save(ctx, row, "create", [*changes, ("total", None, row.total)], is_new=True)
    return row


def settle_lines(ctx: Ctx, row: Invoice) -> None:
    """Number the lines, fill in their tax and add the invoice up."""
    for position, line in enumerate(row.lines, 1):
        line.position = position
    taxing.add_up(row, taxing.spread_tax(row.lines, currency_decimals(ctx, row.currency)))


def invoice_goods(ctx: Ctx, orders: Sequence[CustomerOrder], dated: date) -> Invoice:
    """A draft with every piece of the orders that may be invoiced, less what was invoiced in advance.

    Refused where nothing is left to invoice, where prices are open, and where the orders do not go together.
    """
    check_together(orders)
    ids = [order.id for order in orders]
    locked(ctx, CustomerOrder, ids)
    rows = [each for each in invoiceable.billable(ctx, ids) if each.open > 0]
    if not rows:
        raise Refused(T("Nothing of {numbers} is left to invoice.", numbers=_numbers(orders)))
    row = _begin(ctx, orders, "goods", dated)
    rules = taxing.Rules(ctx, orders, dated)
    by_id = {order.id: order for order in orders}
    row.lines = [goods_line(ctx, rules, by_id[e.line.order_id], e, e.open) for e in rows]
    row.lines += deductions(row.lines, invoiceable.advances(ctx, ids))
    return _made(ctx, row)


def goods_line(
    ctx: Ctx, rules: taxing.Rules, order: CustomerOrder, each: Billable, qty: Decimal
) -> InvoiceLine:
    """Pieces of an order line at its price. Refused where that is open."""
    line = each.line
    if line.price is None:
        raise Refused(
            T(
                "{number}: the price of {style} is open.",
                number=order.number,
                style=line.order_style.style.code,
            )
        )
    rate = rules.rate(order, line.order_style.style_id, line.destination_id)
    return InvoiceLine(
        kind="goods", order=order, order_id=order.id, order_line=line, order_line_id=line.id, qty=qty,
        price=line.price, amount=line_amount(ctx, qty, line.price, order.currency), **_taxed(rate),
    )  # fmt: skip


def _taxed(rate: taxing.Rate) -> dict[str, Any]:
    code = rate.code
    return {"tax_code_id": code.id if code else None, "tax_pct": rate.pct, "included": rate.included}


def deductions(lines: Sequence[InvoiceLine], found: Sequence[Advance]) -> list[InvoiceLine]:
    """What advances take off these lines: never more than the lines of the same order and rate amount to."""
    room: dict[tuple[int, int | None, Decimal, bool], Decimal] = {}
    for line in lines:
        if line.kind in ("goods", "deduction"):
            room[_rate_key(line)] = room.get(_rate_key(line), ZERO) + line.amount
    taken = []
    for each in found:
        part = min(each.left, room.get(_rate_key(each.line), ZERO))
        if part > 0:
            room[_rate_key(each.line)] -= part
            taken.append(deduction(each, part))
    return taken


def deduction(each: Advance, part: Decimal) -> InvoiceLine:
    """A line that takes off ``part`` of an advance."""
    line = each.line
    return InvoiceLine(
        kind="deduction", order=line.order, order_id=line.order_id, source_id=line.id, text=each.number,
        amount=-part, tax_code_id=line.tax_code_id, tax_pct=line.tax_pct, included=line.included,
    )  # fmt: skip


def _rate_key(line: InvoiceLine) -> tuple[int, int | None, Decimal, bool]:
    return line.order_id, line.tax_code_id, line.tax_pct, line.included


def invoice_share(
    ctx: Ctx, orders: Sequence[CustomerOrder], pct: Decimal, dated: date, text: str = ""
) -> Invoice:
    """A draft over a percentage of the orders, a line for each order and rate. It is deducted from what is invoiced later.

    Refused where more than 100 % of an order would be invoiced in advance, and where prices are open.
    """
    check_together(orders)
    ids = [order.id for order in orders]
    locked(ctx, CustomerOrder, ids)
    row = _begin(ctx, orders, "share", dated)
    rules, decimals = taxing.Rules(ctx, orders, dated), currency_decimals(ctx, row.currency)
    worth: dict[int, dict[tuple[Any, ...], tuple[taxing.Rate, Decimal]]] = {order.id: {} for order in orders}
    by_id = {order.id: order for order in orders}
    for each in invoiceable.order_lines(ctx, ids):
        if each.qty:
            order = by_id[each.order_id]
            line = goods_line(ctx, rules, order, Billable(each, ZERO, ZERO), Decimal(each.qty))
            key = (line.tax_code_id, line.tax_pct, line.included)
            rate = rules.rate(order, each.order_style.style_id, each.destination_id)
            _rate, sum_ = worth[order.id].get(key, (rate, ZERO))
            worth[order.id][key] = (rate, sum_ + line.amount)
    for order in orders:
        for rate, amount in worth[order.id].values():
            part = round_half_up(amount * pct / 100, decimals)
            if part:
                row.lines.append(
                    InvoiceLine(kind="share", order=order, order_id=order.id, pct=pct, text=text, amount=part, **_taxed(rate))
                )  # fmt: skip
    if not row.lines:
        raise Refused(
            T(
                "{numbers} is worth nothing: there is nothing to take a percentage of.",
                numbers=_numbers(orders),
            )
        )
    if problems := share_problems(ctx, row, {order.id: _sum(worth[order.id]) for order in orders}):
        raise Refused(problems)
    return _made(ctx, row)


def _sum(worth: Mapping[Any, tuple[taxing.Rate, Decimal]]) -> Decimal:
    return sum((amount for _rate, amount in worth.values()), ZERO)


def share_problems(ctx: Ctx, row: Invoice, worth: Mapping[int, Decimal]) -> list[Problem]:
    """Orders of which more would be invoiced than they are worth: this share, other live ones and goods invoiced together."""
    done = invoiceable.invoiced_amounts(ctx, list(worth), without=row.id or 0)
    problems = []
    for order_id, whole in worth.items():
        mine = sum((line.amount for line in row.lines if line.order_id == order_id), ZERO)
        if done.get(order_id, ZERO) + mine > whole:
            number = next(line.order.number for line in row.lines if line.order_id == order_id)
            problems.append(
                Problem(
                    T("{number}: {done} of {worth} {currency} is invoiced already; {more} more is too much.", number=number,
                      done=decimal_text(done.get(order_id, ZERO)), worth=decimal_text(whole), currency=row.currency,
                      more=decimal_text(mine)),
                    "pct",
                )
            )  # fmt: skip
    return problems


def add_charge(ctx: Ctx, row: Invoice, data: Mapping[str, Any]) -> None:
    """A charge (freight, samples) on a draft, taxed as its order is without regard to styles."""
    order = row.lines[0].order
    rate = taxing.Rules(ctx, [order], row.dated).rate(order)
    amount = round_half_up(data["amount"], currency_decimals(ctx, row.currency))
    row.lines.append(
        InvoiceLine(kind="charge", order=order, order_id=order.id, text=data["text"], qty=Decimal(1), price=amount,
                    amount=amount, **_taxed(rate))
    )  # fmt: skip
    settle_lines(ctx, row)
    record_save(ctx, row, "lines", [(data["text"], None, amount)])


def change_lines(ctx: Ctx, row: Invoice, rows: Sequence[Mapping[str, Any]]) -> None:
    """Quantities of a draft as typed, by order line; what is not named stays, 0 leaves a line out, charges by their position.

    Refused with every line that would be invoiced beyond what may be; deductions are taken anew.
    """
    check_editable(ctx, row, "draft")
    orders = list({line.order_id: line.order for line in row.lines}.values())
    ids = [order.id for order in orders]
    locked(ctx, CustomerOrder, ids)
    found = {each.line.id: each for each in invoiceable.billable(ctx, ids, without=row.id)}
    mine = {line.order_line_id: line for line in row.lines if line.kind == "goods"}
    charges = {line.id: line for line in row.lines if line.kind == "charge"}
    rules = taxing.Rules(ctx, orders, row.dated)
    by_id = {order.id: order for order in orders}
    problems, changes = list[Problem](), list[tuple[str, Any, Any]]()
    for n, typed in enumerate(rows):
        qty = typed["qty"]
        if typed.get("charge"):
            charge = charges.get(typed["charge"])
            if charge is not None and not qty:
                changes.append((charge.text, charge.amount, ZERO))
                row.lines.remove(charge)
            continue
        each = found.get(typed.get("line") or 0)
        if each is None:
            problems.append(Problem(T("This is not on an order of the invoice."), f"lines.{n}.line"))
            continue
        if qty > each.open:
            text = T(
                "Only {open} may be invoiced: {base} were delivered, {done} are invoiced.",
                open=decimal_text(max(each.open, ZERO)),
                base=decimal_text(each.base),
                done=decimal_text(each.invoiced),
            )
            problems.append(Problem(text, f"lines.{n}.qty"))
            continue
        line = mine.get(each.line.id)
        before = line.qty if line is not None else ZERO
        if qty == before:
            continue
        changes.append((each.line.order_style.style.code, before, qty))
        if line is not None:
            row.lines.remove(line)
        if qty:
            row.lines.append(goods_line(ctx, rules, by_id[each.line.order_id], each, qty))
    if problems:
        raise Refused(problems)
    if not changes:
        return
    goods = [line for line in row.lines if line.kind == "goods"]
    if not goods:
        raise Refused(T("Every line is 0: nothing is left to invoice."))
    rest = [line for line in row.lines if line.kind == "charge"]
    goods.sort(key=lambda line: (line.order_id, line.order_line.position if line.order_line else 0))
    row.lines = [*goods, *deductions(goods, invoiceable.advances(ctx, ids, without=row.id)), *rest]
    settle_lines(ctx, row)
    record_save(ctx, row, "lines", changes)


def _numbers(orders: Sequence[CustomerOrder]) -> str:
    return ", ".join(order.number for order in orders)


def follow_date(ctx: Ctx, row: Invoice) -> None:
    """The rates of a draft are those of its date; deductions keep what was invoiced in advance."""
    codes = taxing.said_rates(ctx, taxing.grouped(row.lines))
    changed = False
    for line in row.lines:
        code = codes.get(line.tax_code_id or 0)
        if code is not None and line.kind != "deduction":
            pct = taxing.rate_on(code, row.dated)
            changed, line.tax_pct = changed or pct != line.tax_pct, pct
    if changed:
        settle_lines(ctx, row)
