"""The demo company's money: deposits, invoices in two currencies, one overdue, a bill that asks for more than agreed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import Ctx, Refused, run_action, save_row
from plugins.catalog.api import Partner
from plugins.invoicing.models import Invoice, TaxCode
from plugins.invoicing.services import billing, drafting
from plugins.invoicing.words import CUSTOMER_ORDER, INVOICE, PAYMENT, TAX
from plugins.orders.api import CustomerOrder
from plugins.purchasing.api import PurchaseOrder

TODAY = date(2026, 11, 23)


def load(ctx: Ctx, shift: int) -> None:
    """Made through the services that people use; dates move by ``shift`` days. Twice is harmless."""
    if ctx.session.scalar(select(TaxCode.id).limit(1)) is not None:
        return
    move = timedelta(days=shift)
    _codes(ctx)
    orders = list(
        ctx.session.scalars(
            select(CustomerOrder).where(CustomerOrder.state == "confirmed").order_by(CustomerOrder.id)
        )
    )
    for n, order in enumerate(orders[:3]):
        day = max(order.order_date, TODAY + move - timedelta(days=(95, 40, 5)[n]))
        row = drafting.invoice_share(ctx, [order], Decimal(30), min(day, ctx.today()), "訂金 Deposit")
        _do(ctx, INVOICE, row, "issue")
        if n != 0:
            _pay(ctx, order.customer, row, min(day + timedelta(days=2), ctx.today()), fee=Decimal(15))
    if orders:
        _taiwanese(ctx, orders[-1])
    _bill(ctx, move)


def _codes(ctx: Ctx) -> None:
    entity = ctx.registry.get(TAX)
    everything: list[dict[str, Any]] = [{}]
    codes: tuple[tuple[str, str, dict[str, str], int, str], ...] = (
        ("ZERO", "Zero-rated export", {"zh_Hant_TW": "外銷零稅率", "zh_Hans_CN": "出口零税率"}, 0, "Export, zero-rated"),
        ("VAT5", "Business tax", {"zh_Hant_TW": "營業稅", "zh_Hans_CN": "营业税"}, 5, ""),
        ("VAT5I", "Business tax, included", {"zh_Hant_TW": "營業稅（內含）", "zh_Hans_CN": "营业税（内含）"}, 5, ""),
    )  # fmt: skip
    for code, name, names, pct, reason in codes:
        rules = everything if code == "ZERO" else []
        save_row(
            ctx, entity, None,
            {"code": code, "name": name, "names": names, "included": code == "VAT5I", "exempt_reason": reason, "active": True},
            {"rates": [{"valid_from": date(2020, 1, 1), "pct": Decimal(pct)}], "rules": rules},
        )  # fmt: skip


def _taiwanese(ctx: Ctx, order: CustomerOrder) -> None:
    """A sale in local currency with tax, of an order made for it: paid in part."""
    entity = ctx.registry.get(CUSTOMER_ORDER)
    copy = run_action(ctx, entity, order, "copy", {"customer_po": "TW-7781", "shift_days": 0})
    save_row(
        ctx, entity, copy,
        {"currency": "TWD", "tax_code": ctx.session.scalars(select(TaxCode).where(TaxCode.code == "VAT5")).one()},
    )  # fmt: skip
    run_action(ctx, entity, copy, "confirm")
    row = drafting.invoice_share(
        ctx, [copy], Decimal(50), ctx.today() - timedelta(days=1), "首期款 First half"
    )
    _do(ctx, INVOICE, row, "issue")


def _bill(ctx: Ctx, move: timedelta) -> None:
    """The first purchase order of which something came: the vendor asks for a higher price on one line."""
    found = ctx.session.scalars(
        select(PurchaseOrder).where(PurchaseOrder.state == "issued").order_by(PurchaseOrder.id)
    )
    for order in found:
        try:
            row = billing.bill_orders(ctx, [order], "V-2026-0417", min(TODAY + move, ctx.today()))
        except Refused:  # nothing of it came yet
            continue
        line = row.lines[0]
        billing.change_lines(
            ctx, row, [{"line": line.order_line_id, "qty": line.qty, "price": line.price * Decimal("1.05")}]
        )
        return


def _pay(ctx: Ctx, partner: Partner, row: Invoice, day: date, fee: Decimal) -> None:
    payment = save_row(
        ctx, ctx.registry.get(PAYMENT), None,
        {"direction": "in", "partner": partner, "paid_on": day, "currency": row.currency, "amount": row.total - fee,
         "bank_fee": fee, "rounding": Decimal(0), "reference": f"TT {row.number}", "notes": ""},
        {"parts": [{"document": row.number, "amount": None, "rate": None, "applied": None}]},
    )  # fmt: skip
    _do(ctx, PAYMENT, payment, "post")


def _do(ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any] | None = None) -> Any:
    return run_action(ctx, ctx.registry.get(entity), row, action, data)
