"""Columns of lists: what is open, how far it is paid, which orders it is about. A fixed number of queries a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from core.api import Ctx, Filter, T, Text
from core.db import among
from plugins.invoicing.models import Invoice, PaymentPart
from plugins.invoicing.services import settled
from plugins.invoicing.services.settled import Standing
from plugins.invoicing.services.sides import PURCHASES, SALES, Side

Values = Mapping[int, Any]


def _stands(ctx: Ctx, side: Side, rows: Sequence[Any]) -> dict[int, Standing]:
    """Of the issued ones, once a page."""
    ids = [row.id for row in rows if row.state == "issued" and row.kind != side.against]
    return ctx.memo.each(
        f"invoicing.{side.part}", ids, lambda wanted: settled.of_documents(ctx, side, wanted)
    )


def badge(stand: Standing, due: date | None, today: date) -> tuple[Text, str]:
    """How far a document is paid, in a word and its colour."""
    if stand.open < 0:
        return T("Paid too much"), "warn"
    if not stand.open:
        return (T("Paid"), "good") if stand.due else (T("Credited"), "done")
    if due is not None and due < today:
        return T("{n} days overdue", n=(today - due).days), "bad"
    return (T("Partly paid"), "info") if stand.settled else (T("Not paid"), "neutral")


def _open(ctx: Ctx, side: Side, rows: Sequence[Any]) -> Values:
    return {row_id: stand.open for row_id, stand in _stands(ctx, side, rows).items()}


def _badges(ctx: Ctx, side: Side, rows: Sequence[Any]) -> Values:
    due = {row.id: row.due_date for row in rows}
    return {i: badge(stand, due[i], ctx.today()) for i, stand in _stands(ctx, side, rows).items()}


def _orders(ctx: Ctx, side: Side, rows: Sequence[Any]) -> Values:
    line, order = side.line, side.order
    found: dict[int, list[str]] = {}
    for row_id, number in ctx.session.execute(
        select(line.document_id, order.number)
        .join(order, (order.id == line.order_id) & (order.tenant_id == line.tenant_id))
        .where(among(line.document_id, [row.id for row in rows]))
        .distinct()
        .order_by(order.number)
    ):
        found.setdefault(row_id, []).append(number)
    return {row_id: ", ".join(numbers) for row_id, numbers in found.items()}


def open_of_invoices(ctx: Ctx, rows: Sequence[Any]) -> Values:
    """What customers still owe of these."""
    return _open(ctx, SALES, rows)


def invoice_badges(ctx: Ctx, rows: Sequence[Any]) -> Values:
    """How far these are paid."""
    return _badges(ctx, SALES, rows)


def customer_orders(ctx: Ctx, rows: Sequence[Any]) -> Values:
    """Numbers of their customer orders."""
    return _orders(ctx, SALES, rows)


def open_of_bills(ctx: Ctx, rows: Sequence[Any]) -> Values:
    """What we still owe of these."""
    return _open(ctx, PURCHASES, rows)


def bill_badges(ctx: Ctx, rows: Sequence[Any]) -> Values:
    """How far these are paid."""
    return _badges(ctx, PURCHASES, rows)


def purchase_orders(ctx: Ctx, rows: Sequence[Any]) -> Values:
    """Numbers of their purchase orders."""
    return _orders(ctx, PURCHASES, rows)


def paid_documents(ctx: Ctx, rows: Sequence[Any]) -> Values:
    """Numbers of what payments are for."""
    found: dict[int, list[str]] = {}
    part = PaymentPart
    for row_id, number in ctx.session.execute(
        select(part.payment_id, part.document)
        .where(among(part.payment_id, [row.id for row in rows]))
        .order_by(part.position)
    ):
        found.setdefault(row_id, []).append(number)
    return {row_id: ", ".join(numbers) for row_id, numbers in found.items()}


def overdue_filter(right: str) -> Filter:
    """Invoices whose last day is past, paid or not; what is open of them stands in its column."""

    def apply(ctx: Ctx, query: Any, value: str) -> Any:
        past = Invoice.due_date < ctx.today()
        return query.where(Invoice.state == "issued", past if value == "past" else ~past)

    return Filter(
        "past", T("Due day"), lambda ctx: [("past", T("Past")), ("to_come", T("To come"))], apply, right=right
    )
