"""What the Hub page shows of factory orders: figures with the list behind each, and the open ones by ship date."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import case, func, select

from core.api import Ctx, Panel, T, Tile, list_panel
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.services import due

LIST = "/outsourcing/order/"
SOON = timedelta(days=21)
OPEN = ("draft", "issued", "in_production")


def tiles(ctx: Ctx) -> list[Tile]:
    """Counts of factory orders, in one query: drafts, issued without a signed contract, in production, shipping soon."""
    if not ctx.can("outsourcing.order.view"):
        return []
    row, until = FactoryOrder, ctx.today() + SOON
    unsigned = row.state.in_(("issued", "in_production")) & (row.contract_status != "signed")
    soon = row.state.in_(OPEN) & (row.ship_date <= until)
    tests = (row.state == "draft", unsigned, row.state == "in_production", soon)
    counts = ctx.session.execute(
        select(*(func.coalesce(func.sum(case((test, 1), else_=0)), 0) for test in tests)).where(
            row.state.in_(OPEN)
        )
    ).one()
    drafts, unsigned_n, running, soon_n = (int(n) for n in counts)
    statuses = "&".join(f"contract_status={s}" for s in ("none", "generated", "sent", "void"))
    return [
        *_payments(ctx),
        Tile(T("Factory orders in draft"), drafts, f"{LIST}?state=draft", "neutral", 10),
        Tile(T("Issued without a signed contract"), unsigned_n,
             f"{LIST}?state=issued&state=in_production&{statuses}", "warn" if unsigned_n else "good", 11),
        Tile(T("In production"), running, f"{LIST}?state=in_production", "info", 12),
        Tile(T("Shipping within 3 weeks"), soon_n, f"{LIST}?state=open&ship_date_to={until.isoformat()}",
             "warn" if soon_n else "neutral", 13),
    ]  # fmt: skip


def _payments(ctx: Ctx) -> list[Tile]:
    """Instalments overdue or due within a week, and what is to be paid first."""
    if not ctx.can("outsourcing.payment.view"):
        return []
    found = due.instalments(ctx)
    late = any(each.part.overdue for each in found)
    href = f"{LIST}{found[0].order.id}#payments" if len(found) == 1 else f"{LIST}?payment=due"
    return [Tile(T("Payments due within a week"), len(found), href,
                 "bad" if late else "warn" if found else "good", 14)]  # fmt: skip


def panels(ctx: Ctx) -> list[Panel]:
    """Open factory orders, the earliest ship date first."""
    found = list_panel(
        ctx, "outsourcing.order", T("Open factory orders, the next to ship first"), place="tab:outsourcing",
        filters={"state": OPEN}, sort="ship_date", order=10, without=("currency", "total", "customers"),
    )  # fmt: skip
    return [found] if found else []
