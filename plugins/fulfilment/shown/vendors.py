"""Panels: the vendors of a customer order, the orders behind a purchase order, and what differs between the two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from core.api import Ctx, Panel, T, Text
from plugins.catalog.api import CUSTOMER_PRICES, SUPPLIER_PRICES
from plugins.fulfilment.services import aligning, allotting, differences, split, tabs
from plugins.fulfilment.services.labels import Labels
from plugins.fulfilment.services.sides import INFORMS, Difference, bound
from plugins.fulfilment.words import CUSTOMER_ORDER, PURCHASE_ORDER
from plugins.orders.api import CustomerOrder
from plugins.purchasing.api import GOODS, PurchaseOrder

MOST = 40
"""Differences that are shown; the rest is counted."""


def words(each: Difference) -> Text:
    """What differs, said of both documents."""
    n, order = each.qty, each.at.order
    if each.kind == "over":
        return T("{n} more than {order} wants", n=n, order=order)
    if each.kind == "stray":
        return T("{n} pieces: {order} wants other goods now", n=n, order=order)
    if each.kind == "short":
        return T("{n} pieces will not come: short-closed", n=n)
    if each.kind == "never":
        return T("{n} pieces will not come: never available", n=n)
    if each.kind == "grown":
        return T("{order} wants {n} more", n=n, order=order)
    if each.kind == "added":
        return T("{order} wants {n} that are not on it yet", n=n, order=order)
    if each.kind == "spare":
        return T("{n} that nobody ordered, and the vendor sends to the customer", n=n)
    return T("expected {day}, to be shipped {ship}", day=each.day, ship=each.at.ship_date)


def told(ctx: Ctx, found: Sequence[Difference], note: Text | str = "") -> dict[str, Any]:
    """Differences as a template shows them: late lines once, whatever their sizes."""
    seen: dict[Any, Difference] = {}
    for each in found:
        seen.setdefault(
            (each.at.po_id, each.at.bought[:2], each.day)
            if each.kind == "late"
            else each.at.id or (each.kind, each.at.cell, each.at.line_id),
            each,
        )
    shown = list(seen.values())[:MOST]
    labels = Labels(
        ctx,
        styles={d.at.style_id for d in shown},
        colors={d.at.color_id for d in shown},
        sizes={d.at.size_id for d in shown},
    )
    rows = [
        {
            "at": d.at,
            "what": _goods(labels, d),
            "words": words(d),
            "tone": "warn" if d.kind in INFORMS else "bad",
        }
        for d in shown
    ]
    return {"rows": rows, "more": len(seen) - len(rows), "note": note}


def _goods(labels: Labels, each: Difference) -> str:
    at = each.at
    parts = [labels.styles.get(at.style_id, ""), labels.colors.get(at.color_id, "")]
    return " ".join(parts if each.kind == "late" else [*parts, labels.sizes.get(at.size_id, "")])


def of_document(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """What stands on the page of a customer order or a purchase order."""
    if entity == CUSTOMER_ORDER:
        return of_customer_order(ctx, row)
    return of_purchase(ctx, row) if entity == PURCHASE_ORDER else []


def of_customer_order(ctx: Ctx, order: CustomerOrder) -> list[Panel]:
    """Vendor tabs of an order that is no draft, once anybody has a part of it or is to be asked."""
    if order.state == "draft" or not order.qty or not ctx.can(f"{PURCHASE_ORDER}.view"):
        return []
    found = tabs.of_order(ctx, order)
    if not any(tab.vendor for tab in found) and not split.offered(ctx, order):
        return []
    needs = [line.need for tab in found for line in tab.lines]
    values = {
        "tabs": found, "currency": order.currency, "qty": sum(tab.qty for tab in found),
        "amount": sum((tab.amount for tab in found), start=0), "sold": ctx.can(CUSTOMER_PRICES),
        "bought": ctx.can(SUPPLIER_PRICES), "entity": ctx.registry.get(PURCHASE_ORDER),
        "labels": Labels(
            ctx, styles={n.style_id for n in needs}, colors={n.color_id for n in needs},
            sizes={size for tab in found for size in tab.sizes()}, destinations={n.destination_id for n in needs},
        ),
        "differences": told(ctx, differences.of_orders(ctx, [order.id])),
    }  # fmt: skip
    return [Panel(T("By vendor"), "fulfilment/panel_vendors.html", values, order=30)]


def of_purchase(ctx: Ctx, po: PurchaseOrder) -> list[Panel]:
    """Customer orders that a purchase order of goods buys for, what is free of it, what differs."""
    if po.material_class != GOODS or not ctx.can("orders.order.view"):
        return []
    rows = bound(ctx, purchase_ids=[po.id]) if po.state != "cancelled" else []
    seen = ctx.scope.visible(ctx.registry.get(CUSTOMER_ORDER), {row.order_id for row in rows})
    pieces: dict[tuple[int, str], int] = defaultdict(int)
    for row in rows:
        if row.order_id in seen:
            pieces[row.order_id, row.order] += row.qty
    values = {
        "orders": sorted((number, order_id, qty) for (order_id, number), qty in pieces.items()),
        "free": sum(max(0, qty) for qty in allotting.free(ctx, po).values()),
        "differences": told(ctx, [d for d in differences.of_purchase(ctx, po.id) if d.at.order_id in seen]),
    }
    return [Panel(T("For customer orders"), "fulfilment/panel_orders.html", values, order=25)]


def proposed_for_purchase(ctx: Ctx, po: PurchaseOrder) -> list[Panel]:
    """What bringing in line would do."""
    return [_proposed(ctx, aligning.changes(ctx, po))]


def proposed_for_order(ctx: Ctx, order: CustomerOrder) -> list[Panel]:
    """The same for all purchase orders of a customer order."""
    return [_proposed(ctx, [d for d in differences.of_orders(ctx, [order.id]) if d.asks])]


def _proposed(ctx: Ctx, found: Sequence[Difference]) -> Panel:
    note = T("Drafts are changed, issued orders are revised; nothing goes below what was accepted.")
    return Panel(
        T("What it would change"), "fulfilment/differences.html", {"differences": told(ctx, found, note)}
    )
