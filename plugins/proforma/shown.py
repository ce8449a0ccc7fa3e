"""The newest proforma invoice on the page of its purchase order, older ones below."""

from __future__ import annotations

from core.api import Ctx, Panel, T
from plugins.proforma.services import invoices
from plugins.purchasing.api import PurchaseOrder


def of_order(ctx: Ctx, order: PurchaseOrder) -> list[Panel]:
    """One panel, none where there is no invoice yet or the person may not see them."""
    if not ctx.can(f"{invoices.ENTITY}.view"):
        return []
    found = invoices.of_order(ctx, order.id)
    if not found:
        return []
    values = {
        "newest": found[0],
        "older": found[1:],
        "stale": invoices.stale(found[0], order),
        "order": order,
    }
    return [Panel(T("Proforma invoice"), "proforma/panel.html", values, order=35)]
