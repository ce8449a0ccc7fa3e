"""What receiving shows on the Hub page: an alert, what waits for a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from core.api import Alert, Ctx, T, Task, hookimpl
from plugins.catalog.api import Partner
from plugins.purchasing.api import due
from plugins.receiving.models import Receipt, ReceiptLine

RECEIPT = "/receiving/receipt/"
SHEET = "/receiving/sheet/"
MOST = 5


@hookimpl(specname="lines_page")
def sheet(ctx: Ctx, asked: str) -> str | None:
    """The receiving sheet with these lines, for who may receive."""
    return f"{SHEET}?{asked}=1" if ctx.can("receiving.receipt.create") else None


@hookimpl
def alerts(ctx: Ctx) -> list[Alert]:
    """Lines that should have come by now."""
    late = due.overdue(ctx) if ctx.can("receiving.receipt.create") else []
    if not late:
        return []
    worst = late[0]
    return [
        Alert(T("{n} purchase lines are overdue, {number} by {days} days.", n=due.count(late), number=worst.number,
                days=worst.late), f"{SHEET}?overdue=1")
    ]  # fmt: skip


@hookimpl
def tasks(ctx: Ctx) -> list[Task]:
    """At most five of a kind, of those that this person may do."""
    return [*_inspect(ctx), *_post(ctx)]


def _inspect(ctx: Ctx) -> Iterable[Task]:
    """Receipts with something that waits for inspection."""
    if not ctx.can("receiving.receipt.inspect"):
        return
    line = ReceiptLine
    waits = (
        select(line.id)
        .where(
            line.receipt_id == Receipt.id,
            line.tenant_id == Receipt.tenant_id,
            line.received > line.accepted + line.rejected,
        )
        .correlate(Receipt)
        .exists()
    )
    for row in _receipts(ctx, Receipt.state == "posted", Receipt.inspect.is_(True), waits):
        yield Task(T("Inspect the receipt"), f"{row[1]} {row[2]}", f"{RECEIPT}{row[0]}/inspect", row[3],
                   source="receiving")  # fmt: skip


def _post(ctx: Ctx) -> Iterable[Task]:
    """Receipts that were kept as drafts."""
    if not ctx.can("receiving.receipt.post"):
        return
    for row in _receipts(ctx, Receipt.state == "draft"):
        yield Task(
            T("Post the receipt"), f"{row[1]} {row[2]}", f"{RECEIPT}{row[0]}", row[3], source="receiving"
        )


def _receipts(ctx: Ctx, *which: ColumnElement[bool]) -> Sequence[Any]:
    """(id, number, supplier, day) of the oldest receipts."""
    return ctx.session.execute(
        select(Receipt.id, Receipt.number, Partner.code, Receipt.received_on)
        .join(Partner, (Partner.id == Receipt.supplier_id) & (Partner.tenant_id == Receipt.tenant_id))
        .where(*which)
        .order_by(Receipt.id)
        .limit(MOST)
    ).all()
