"""What purchasing shows on the Hub page: figures, alerts, what waits for a person, a tab."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from core.api import Alert, Ctx, Panel, T, Task, Tile, list_panel
from plugins.catalog.models import Partner
from plugins.purchasing.models import PurchaseOrder, Receipt, ReceiptLine
from plugins.purchasing.services import due

ORDER, RECEIPT = "/purchasing/order/", "/purchasing/receipt/"
SHEET = "/purchasing/receiving/"
MOST = 5


def _list(ctx: Ctx, sheet: str) -> str:
    """The receiving sheet for who may receive, else the orders that are out."""
    return (
        f"{SHEET}?{sheet}"
        if ctx.can("purchasing.receipt.create")
        else f"{ORDER}?state=issued&sort=required_date"
    )


def tiles(ctx: Ctx) -> list[Tile]:
    """Orders that are out, lines overdue, lines due within a week."""
    if not ctx.can("purchasing.order.view"):
        return []
    late, soon = due.overdue(ctx), due.soon(ctx)
    return [
        Tile(T("Overdue purchase lines"), due.count(late), _list(ctx, "overdue=1"), "bad" if late else "good", 40,
             "purchasing"),
        Tile(T("Receipts due within a week"), due.count(soon), _list(ctx, "due=1"), "info" if soon else "neutral", 41,
             "purchasing"),
        Tile(T("Purchase orders out"), len(due.orders_out(ctx)), f"{ORDER}?state=issued", "neutral", 42, "purchasing"),
    ]  # fmt: skip


def alerts(ctx: Ctx) -> list[Alert]:
    """Lines that should have come by now."""
    late = due.overdue(ctx) if ctx.can("purchasing.receipt.create") else []
    if not late:
        return []
    worst = late[0]
    return [
        Alert(T("{n} purchase lines are overdue, {number} by {days} days.", n=due.count(late), number=worst.number,
                days=worst.late), f"{SHEET}?overdue=1")
    ]  # fmt: skip


def panels(ctx: Ctx) -> list[Panel]:
    """Orders that are out, the next required first."""
    found = list_panel(
        ctx, "purchasing.order", T("Purchase orders out, the next required first"), place="tab:purchasing", order=20,
        filters={"state": ("issued",)}, sort="required_date",
        columns=("number", "supplier", "progress", "received_pct", "balance", "eta", "overdue", "factory_order"),
    )  # fmt: skip
    return [found] if found else []


def tasks(ctx: Ctx) -> list[Task]:
    """At most five of a kind, of those that this person may do."""
    return [*_drafts(ctx), *_chase(ctx), *_inspect(ctx), *_post(ctx)]


def _drafts(ctx: Ctx) -> Iterable[Task]:
    """Drafts this person began."""
    if ctx.user is None or not ctx.can("purchasing.order.issue"):
        return
    po = PurchaseOrder
    for order_id, number, supplier, required in ctx.session.execute(
        select(po.id, po.number, Partner.code, po.required_date)
        .join(Partner, (Partner.id == po.supplier_id) & (Partner.tenant_id == po.tenant_id))
        .where(po.material_class.in_(due.CLASSES), po.state == "draft", po.created_by_id == ctx.user.id)
        .order_by(po.id)
        .limit(MOST)
    ):
        yield Task(
            T("Issue the draft"), f"{number} {supplier}", f"{ORDER}{order_id}", required, source="purchasing"
        )


def _chase(ctx: Ctx) -> Iterable[Task]:
    """Orders with overdue lines, for the buyer."""
    if not ctx.can("purchasing.order.issue"):
        return
    for worst, n in due.by_order(due.overdue(ctx))[:MOST]:
        subject = str(T("{number} {supplier}, {n} lines", number=worst.number, supplier=worst.supplier, n=n))
        yield Task(
            T("Chase the delivery"), subject, f"{ORDER}{worst.order_id}", worst.day, "bad", "purchasing"
        )


def _inspect(ctx: Ctx) -> Iterable[Task]:
    """Receipts with something that waits for inspection."""
    if not ctx.can("purchasing.receipt.inspect"):
        return
    line = ReceiptLine
    waits = (
        select(line.id)
        .where(line.receipt_id == Receipt.id, line.tenant_id == Receipt.tenant_id,
               line.received > line.accepted + line.rejected)
        .correlate(Receipt)
        .exists()
    )  # fmt: skip
    for row in _receipts(ctx, Receipt.state == "posted", Receipt.inspect.is_(True), waits):
        yield Task(T("Inspect the receipt"), f"{row[1]} {row[2]}", f"{RECEIPT}{row[0]}/inspect", row[3],
                   source="purchasing")  # fmt: skip


def _post(ctx: Ctx) -> Iterable[Task]:
    """Receipts that were kept as drafts."""
    if not ctx.can("purchasing.receipt.post"):
        return
    for row in _receipts(ctx, Receipt.state == "draft"):
        yield Task(
            T("Post the receipt"), f"{row[1]} {row[2]}", f"{RECEIPT}{row[0]}", row[3], source="purchasing"
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
