"""What the pages of invoices, bills and payments show beyond their fields, as exact values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import Ctx, pick
from core.values import ZERO
from plugins.invoicing.models import Bill, Invoice, InvoiceLine, Payment, PaymentPart
from plugins.invoicing.services import issuing, matching, settled, targets, taxing
from plugins.invoicing.services.sides import PURCHASES, SALES, Side
from plugins.invoicing.shown.columns import badge
from plugins.invoicing.words import COUNTING

AMOUNTS = (
    "price", "amount", "tax", "total", "subtotal", "open", "paid", "prepaid", "credited", "base", "asked", "dearer",
    "price_gap", "settles", "rest",
)  # fmt: skip
"""Names of figures that tell what something costs."""


def of_invoice(ctx: Ctx, row: Invoice) -> dict[str, Any]:
    """Lines, taxes, instalments, how it is paid. A fixed number of queries."""
    lines = issuing.full_lines(ctx, row)
    groups = taxing.grouped(lines)
    codes = taxing.said_rates(ctx, groups)
    return {
        "lines": [_line(line) for line in lines],
        "taxes": [
            {"name": pick(code.names, code.name) if (code := codes.get(g.code_id or 0)) else "", "pct": g.pct,
             "included": g.included, "exempt": code.exempt_reason if code and not g.pct else "", "base": g.base, "tax": g.tax}
            for g in groups if g.tax or g.code_id
        ],
        "subtotal": row.subtotal, "total": row.total, "tax_total": row.tax,
        "dues": [{"due_on": due.due_on, "amount": due.amount} for due in row.dues],
        **_standing(ctx, SALES, row),
    }  # fmt: skip


def _line(line: InvoiceLine) -> dict[str, Any]:
    what = line.order_line
    style, color = (what.order_style.style, what.color) if what is not None else (None, None)
    return {
        "position": line.position, "kind": line.kind, "order": line.order.number, "order_id": line.order_id,
        "order_line": line.order_line_id, "customer_po": line.order.customer_po, "style": style.code if style else "",
        "style_name": pick(style.names, style.name) if style else "", "color": color.code if color else "",
        "color_name": pick(color.names, color.name) if color else "",
        "destination": what.destination.code if what else "", "text": line.text, "pct": line.pct, "qty": line.qty,
        "price": line.price, "amount": line.amount, "tax_pct": line.tax_pct, "tax": line.tax, "total": line.total,
    }  # fmt: skip


def _standing(ctx: Ctx, side: Side, row: Any) -> dict[str, Any]:
    """How an issued document stands, its payments, notes and prepayments."""
    if row.state != "issued" or row.kind == side.against:
        return {"stand": None, "badge": None, "payments": [], "notes": []}
    stand = settled.of_documents(ctx, side, [row.id])[row.id]
    head = side.document
    notes = ctx.session.scalars(
        select(head).where(head.credits_id == row.id, head.state != "cancelled").order_by(head.id)
    )
    money = ctx.session.execute(
        select(Payment, settled.signed(side, PaymentPart.applied))
        .join(
            PaymentPart, (PaymentPart.payment_id == Payment.id) & (PaymentPart.tenant_id == Payment.tenant_id)
        )
        .where(side.part_column() == row.id, Payment.state.in_(("draft", *COUNTING)))
        .order_by(Payment.paid_on, Payment.id)
    )
    return {
        "stand": {"due": stand.due, "open": stand.open, "paid": stand.paid, "prepaid": stand.prepaid,
                  "credited": stand.credited},
        "badge": badge(stand, row.due_date, ctx.today()),
        "payments": [
            {"id": p.id, "number": p.number, "state": p.state, "paid_on": p.paid_on, "amount": applied} for p, applied in money
        ],
        "notes": [{"id": n.id, "number": n.number, "state": n.state, "dated": n.dated, "total": n.total} for n in notes],
    }  # fmt: skip


def of_bill(ctx: Ctx, row: Bill) -> dict[str, Any]:
    """The three-way match line by line, totals, how it is paid. A fixed number of queries."""
    lines: list[dict[str, Any]]
    if row.kind == "debit":
        lines = [
            {"order": line.order.number, "order_id": line.order_id, "name": line.text, "billed": line.qty,
             "asked": line.price, "amount": line.amount, "position": line.position}
            for line in row.lines
        ]  # fmt: skip
    else:
        lines = [
            {"order": m.order, "order_id": m.order_id, "position": n, "name": m.name, "uom": m.uom, "ordered": m.ordered,
             "accepted": m.accepted, "before": m.before, "billed": m.billed, "more": m.more, "price": m.price,
             "asked": m.asked, "dearer": m.dearer, "price_gap": m.price_gap, "amount": m.amount, "differs": m.differs}
            for n, m in enumerate(matching.of_bill(ctx, row), 1)
        ]  # fmt: skip
    return {
        "lines": lines, "differs": any(line.get("differs") for line in lines), "subtotal": row.subtotal, "tax_total": row.tax,
        "total": row.total, "dues": [], "price_gap": sum((line.get("price_gap", ZERO) for line in lines), ZERO),
        **_standing(ctx, PURCHASES, row),
    }  # fmt: skip


def of_payment(ctx: Ctx, row: Payment) -> dict[str, Any]:
    """What it settles, and what of it is not split yet."""
    parts = row.parts
    found = targets.called(ctx, [part.document for part in parts])
    total = sum((part.amount for part in parts), Decimal(0))
    names = {"invoice": "invoicing/invoice", "bill": "invoicing/bill",
             "order": "orders/order", "purchase": "purchasing/order"}  # fmt: skip
    return {
        "settles": row.settles, "rest": row.settles - total,
        "parts": [
            {"document": part.document, "href": f"/{names[target.kind]}/{target.id}" if target else "",
             "currency": target.currency if target else "", "amount": part.amount, "rate": part.rate,
             "applied": part.applied, "ahead": target is not None and target.kind in ("order", "purchase")}
            for part in parts for target in [found.get(part.document.casefold())]
        ],
    }  # fmt: skip
