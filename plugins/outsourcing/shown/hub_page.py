"""What the Hub page shows of factory orders: figures with the list behind each, and the open ones by ship date."""

from __future__ import annotations

from datetime import timedelta

from core.api import Ctx, Panel, T, Tile, hookimpl, list_panel
from plugins.outsourcing.services import due, live
from plugins.outsourcing.words import FACTORY_ORDER

LIST = "/outsourcing/order/"
SOON = timedelta(days=21)
OPEN = ("draft", "issued", "in_production")


@hookimpl(specname="dashboard_tiles")
def tiles(ctx: Ctx) -> list[Tile]:
    """Counts of factory orders: drafts, issued without a signed contract, in production, shipping soon."""
    if not ctx.can("outsourcing.order.view"):
        return []
    until, orders = ctx.today() + SOON, live.orders(ctx, *OPEN)
    drafts, running = (sum(1 for o in orders if o.state == state) for state in ("draft", "in_production"))
    unsigned = sum(1 for o in orders if o.state != "draft" and o.contract_status != "signed")
    soon = sum(1 for o in orders if o.ship_date is not None and o.ship_date <= until)
    statuses = "&".join(f"contract_status={s}" for s in ("none", "generated", "sent", "void"))
    return [
        *_payments(ctx),
        Tile(T("Factory orders in draft"), drafts, f"{LIST}?state=draft", "neutral", 10),
        Tile(T("Issued without a signed contract"), unsigned,
             f"{LIST}?state=issued&state=in_production&{statuses}", "warn" if unsigned else "good", 11),
        Tile(T("In production"), running, f"{LIST}?state=in_production", "info", 12),
        Tile(T("Shipping within 3 weeks"), soon, f"{LIST}?state=open&ship_date_to={until.isoformat()}",
             "warn" if soon else "neutral", 13),
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


@hookimpl(specname="dashboard_panels")
def panels(ctx: Ctx) -> list[Panel]:
    """Open factory orders, the earliest ship date first."""
    found = list_panel(
        ctx, FACTORY_ORDER, T("Open factory orders, the next to ship first"), place="tab:outsourcing",
        filters={"state": OPEN}, sort="ship_date", order=10, without=("currency", "total", "customers"),
    )  # fmt: skip
    return [found] if found else []
