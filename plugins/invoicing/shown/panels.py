"""What was invoiced and paid, on the page of an order."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.api import Ctx, Panel, T
from plugins.catalog.api import CUSTOMER_PRICES, SUPPLIER_PRICES
from plugins.invoicing.models import Payment, PaymentPart
from plugins.invoicing.services import holding, ratios, settled
from plugins.invoicing.services.sides import PURCHASES, SALES, Side
from plugins.invoicing.words import AGEING, COUNTING

SHOWN = 20


def of_order(ctx: Ctx, order: Any) -> list[Panel]:
    """Money of a customer order, once it is no draft."""
    if order.state == "draft" or not (ctx.can(f"{SALES.entity}.view") and ctx.can(CUSTOMER_PRICES)):
        return []
    deposit = holding.deposits(ctx, [order.id]).get(order.id)
    return [_panel(ctx, SALES, order, {"deposit": deposit})]


def of_purchase(ctx: Ctx, order: Any) -> list[Panel]:
    """Money of a purchase order, once it is no draft."""
    if order.state == "draft" or not (ctx.can(f"{PURCHASES.entity}.view") and ctx.can(SUPPLIER_PRICES)):
        return []
    return [_panel(ctx, PURCHASES, order, {"deposit": None})]


def of_partner(ctx: Ctx, partner: Any) -> list[Panel]:
    """What a customer owes us and what we owe a vendor, by currency, with the payment ratio."""
    if not ctx.can(f"{AGEING}.view"):
        return []
    found = [
        (side, currency, money, ratios.ratio(money))
        for side, right in ((SALES, CUSTOMER_PRICES), (PURCHASES, SUPPLIER_PRICES))
        if ctx.can(right)
        for currency, money in sorted(ratios.of_partner(ctx, side, partner.id).items())
    ]
    values = {"rows": [(side is SALES, *rest) for side, *rest in found], "partner": partner}
    return [Panel(T("Invoices and payments"), "invoicing/partner.html", values, order=70)] if found else []


def _panel(ctx: Ctx, side: Side, order: Any, more: dict[str, Any]) -> Panel:
    money = settled.of_orders(ctx, side, [order.id])[order.id]
    head, line = side.document, side.line
    papers = ctx.session.scalars(
        select(head)
        .where(
            head.id.in_(
                select(line.document_id).where(line.order_id == order.id, line.tenant_id == head.tenant_id)
            )
        )
        .order_by(head.id.desc())
        .limit(SHOWN)
    ).all()
    before = ctx.session.execute(
        select(Payment, settled.signed(side, PaymentPart.applied))
        .join(
            PaymentPart, (PaymentPart.payment_id == Payment.id) & (PaymentPart.tenant_id == Payment.tenant_id)
        )
        .where(side.prepaid_column() == order.id, Payment.state.in_(COUNTING))
        .order_by(Payment.id.desc())
        .limit(SHOWN)
    ).all()
    partner = order.customer if side is SALES else order.supplier
    values = {
        "money": money, "ratio": ratios.ratio(money), "papers": papers, "before": before, "order": order,
        "entity": ctx.registry.get(side.entity), "url": f"/{side.entity.replace('.', '/')}", "partner": partner,
        "direction": side.direction, "sales": side is SALES,
        "may_pay": ctx.can("invoicing.payment.create"), **more,
    }  # fmt: skip
    return Panel(T("Invoices and payments") if side is SALES else T("Bills and payments"), "invoicing/panel.html", values,
                 order=70)  # fmt: skip
