"""Over HTTP: a deposit, the shipment held, paid, shipped, invoiced, paid, cleared; and what came back is credited."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import Ctx, run_action
from plugins.fulfilment.models import Allocation
from plugins.invoicing.models import Invoice
from plugins.invoicing.services import billing, drafting, invoiceable
from plugins.invoicing.testing import make_invoice, make_payment
from plugins.orders.models import CustomerOrder
from plugins.orders.testing import make_order
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from tests.journeys.steps import refused, submit
from tests.plugins.fulfilment.trade import came, sold, went_back
from tests.plugins.invoicing.test_holding import shipment, terms

D = Decimal
FRESH = {"dated": "2026-11-23"}


def _id(address: str) -> int:
    found = re.search(r"/(\d+)(?:/\w+)?$", address)
    assert found
    return int(found[1])


def test_from_deposit_to_cleared(ctx: Ctx, client_as: Callable[..., Any]) -> None:
    ctx.set_setting("invoicing.hold", True)
    order = sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 60, "M": 40}))
    terms(ctx, order, (30, "before_delivery", 0), (70, "bl_date", 30))
    came(ctx, order, ("ST-1", {"S": 60, "M": 40}), place="ours", final=True)
    paper = shipment(ctx, order)
    ctx.session.commit()
    boss = client_as("mgr")
    base, ship = f"/orders/order/{order.id}", f"/shipping/shipment/{paper.id}/do/ship"

    deposit = submit(boss, f"{base}/do/invoice_share", pct="30", text="deposit", **FRESH)
    submit(boss, f"{deposit}/do/issue")
    assert "150.00 is missing" in refused(boss, ship)
    number = ctx.session.get(Invoice, (ctx.tenant.id, _id(deposit))).number  # type: ignore[union-attr]
    form = boss.get(f"/invoicing/payment/new?pays={number}").text
    assert 'value="150.00"' in form or 'value="150"' in form
    head = {"direction": "in", "partner": "C1", "paid_on": "2026-11-23", "currency": "USD"}
    paid = submit(
        boss, "/invoicing/payment/new", **head, amount="140", bank_fee="10", **{"parts-0-document": number}
    )
    submit(boss, f"{paid}/do/post")
    submit(boss, ship)

    invoice = submit(boss, f"{base}/do/invoice", **FRESH)
    assert "350.00" in boss.get(invoice).text
    submit(boss, f"{invoice}/do/issue")
    assert "is left to invoice" in refused(boss, f"{base}/do/invoice", **FRESH)
    page = boss.get(base).text
    assert "150.00 of 500.00 USD is paid." in page
    rest = submit(boss, "/invoicing/payment/new", **head, amount="350")
    assert "The parts" in refused(boss, f"{rest}/do/post") or "document is paid" in refused(
        boss, f"{rest}/do/post"
    )
    submit(boss, f"{rest}/do/fill")
    submit(boss, f"{rest}/do/post")
    ctx.session.expire_all()
    assert order.state == "closed", boss.get(base).text[-3000:]
    assert boss.get(f"/invoicing/ageing/?partner={order.customer_id}").status_code == 200
    assert boss.get("/invoicing/ageing/export/csv").status_code == 200


def test_a_deposit_that_is_paid_clears_no_order_that_was_not_delivered(ctx: Ctx) -> None:
    traded = sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 10}))
    made = make_order(ctx, customer_po="PO-MADE")  # by factories: fulfilment keeps no count of it
    for order in (traded, made):
        share = drafting.invoice_share(ctx, [order], D(30), ctx.today(), "deposit")
        run_action(ctx, ctx.registry.get("invoicing.invoice"), share, "issue")
        make_payment(ctx, share, str(share.total))
        assert order.state == "confirmed"
    told = [each[made.id] for each in ctx.hooks.clearing(order_ids=[made.id]) if made.id in each]
    assert [[str(sentence) for sentence in each] for each in told] == [["300 pieces are not invoiced."]]


def test_what_came_back_is_credited_and_debited(ctx: Ctx) -> None:
    order = sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 10}))
    came(ctx, order, ("ST-1", {"S": 10}), final=True)
    row = make_invoice(ctx, order)  # by goods_delivered
    assert row.total == D("50.00")
    purchase = _bought(ctx, order)
    bill = billing.bill_orders(ctx, [purchase], "V-1", ctx.today())
    run_action(ctx, ctx.registry.get("invoicing.bill"), bill, "post")
    went_back(ctx, order, "ST-1", {"S": 3}, bearer="vendor", remedy="credit")  # told by goods_returned
    assert [each.open for each in invoiceable.billable(ctx, [order.id])] == [D(-3)]
    entity = ctx.registry.get("orders.order")
    (note,) = run_action(ctx, entity, order, "credit_returns", {"reason": "defect"})
    assert (note.kind, note.total, note.credits_id) == ("credit", D("15.00"), row.id)
    (debit,) = run_action(
        ctx, ctx.registry.get("purchasing.order"), purchase, "debit_returns", {"reason": "defect"}
    )
    assert (debit.kind, debit.total) == ("debit", D("7.50"))


def _bought(ctx: Ctx, order: CustomerOrder) -> PurchaseOrder:
    lines = [line.id for line in order.lines]
    allotted = select(Allocation.purchase_line_id).where(Allocation.order_line_id.in_(lines))
    orders = select(PurchaseLine.order_id).where(PurchaseLine.id.in_(allotted))
    return ctx.session.scalars(select(PurchaseOrder).where(PurchaseOrder.id.in_(orders))).one()
