"""What purchasing shows on the Hub page: figures, what waits for a person, a tab."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from core.api import Ctx, NavItem, Panel, T, Task, Tile, hookimpl, list_panel
from plugins.catalog.api import Partner
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.services import due
from plugins.purchasing.words import PURCHASE_ORDER

ORDER = "/purchasing/order/"
MOST = 5
LISTS = (
    ("main", T("POs, main material"), 10),
    ("trim", T("POs, trims"), 20),
    ("goods", T("POs, finished goods"), 25),
)


@hookimpl
def nav_items(ctx: Ctx) -> list[NavItem]:
    """A list for each class."""
    if not ctx.can("purchasing.order.view"):
        return []
    return [
        NavItem(label, f"{ORDER}?material_class={code}", "purchasing", place) for code, label, place in LISTS
    ]


def _list(ctx: Ctx, asked: str) -> str:
    """Where this person works with lines, else the orders that are out."""
    for page in ctx.hooks.lines_page(asked=asked):
        return str(page)
    return f"{ORDER}?state=issued&sort=required_date"


def tiles(ctx: Ctx) -> list[Tile]:
    """Orders that are out, lines overdue, lines due within a week."""
    if not ctx.can("purchasing.order.view"):
        return []
    late, soon = due.overdue(ctx), due.soon(ctx)
    return [
        Tile(T("Overdue purchase lines"), due.count(late), _list(ctx, "overdue"), "bad" if late else "good", 40,
             "purchasing"),
        Tile(T("Receipts due within a week"), due.count(soon), _list(ctx, "due"), "info" if soon else "neutral", 41,
             "purchasing"),
        Tile(T("Purchase orders out"), len(due.orders_out(ctx)), f"{ORDER}?state=issued", "neutral", 42, "purchasing"),
    ]  # fmt: skip


def panels(ctx: Ctx) -> list[Panel]:
    """Orders that are out, the next required first."""
    found = list_panel(
        ctx, PURCHASE_ORDER, T("Purchase orders out, the next required first"), place="tab:purchasing", order=20,
        filters={"state": ("issued",)}, sort="required_date",
        columns=("number", "supplier", "progress", "received_pct", "balance", "eta", "overdue", "made_for"),
    )  # fmt: skip
    return [found] if found else []


def tasks(ctx: Ctx) -> list[Task]:
    """At most five of a kind, of those that this person may do."""
    return [*_drafts(ctx), *_chase(ctx)]


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
