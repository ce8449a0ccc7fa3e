"""Goods wait for their deposit; what was delivered is what may be invoiced."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from core import ledger
from core.api import Ctx, Refused, run_action, save_row
from plugins.fulfilment.models import Context, OrderContext
from plugins.invoicing.services import holding, invoiceable
from plugins.invoicing.testing import make_invoice, make_payment
from plugins.orders.models import CustomerOrder
from plugins.shipping.models import Shipment
from plugins.stock.api import garment, stores

D = Decimal


def terms(ctx: Ctx, order: CustomerOrder, *lines: tuple[int, str, int]) -> None:
    """The order has these payment terms."""
    entity = ctx.registry.get("catalog.payment_term")
    rows = [{"pct": D(pct), "trigger": trigger, "days": days} for pct, trigger, days in lines]
    order.terms = save_row(ctx, entity, None, {"code": "T", "name": "T", "active": True}, {"lines": rows})
    ctx.session.flush()


def shipment(ctx: Ctx, order: CustomerOrder) -> Shipment:
    """A confirmed one over the whole order, whose goods are there."""
    line = order.lines[0]
    seller = ledger.Place("supplier", order.customer_id)
    store = ledger.Place("store", stores.default(ctx).id)
    moves = [
        ledger.Move(
            "opening", garment(line.order_style.style_id, line.color_id, s.size_id), seller, store, D(s.qty)
        )
        for s in line.sizes
        if s.qty
    ]
    ledger.post(ctx, moves, entity="stock.testing", entity_id=order.id, on=ctx.today())
    row: Shipment = run_action(
        ctx, ctx.registry.get("orders.order"), order, "ship", {"destination": line.destination}
    )
    entity = ctx.registry.entity_for(row)
    if row.state == "draft":
        if not row.lines:
            run_action(ctx, entity, row, "fill")
        run_action(ctx, entity, row, "confirm")
    return row


def test_no_deposit_no_shipment(office: Ctx, sold: CustomerOrder, do: Any) -> None:
    office.set_setting("invoicing.hold", True)
    office.set_setting("invoicing.basis", "delivered")
    terms(office, sold, (30, "before_delivery", 0), (70, "bl_date", 30))
    with pytest.raises(Refused, match="is left to invoice"):  # nothing has left yet
        make_invoice(office, sold)
    row = shipment(office, sold)
    with pytest.raises(Refused, match=r"30 % \(450.00 USD\).*450.00 is missing"):
        do(row, "ship")
    make_payment(office, sold, "449.99")
    with pytest.raises(Refused, match=r"0.01 is missing"):
        do(row, "ship")
    make_payment(office, sold, "0.01")
    do(row, "ship")
    [goods] = invoiceable.billable(office, [sold.id])
    assert (
        goods.base == goods.open == 300
    )  # by goods_sent of shipping; goods_delivered and goods_returned: test_returns
    invoice = make_invoice(office, sold)
    assert [due.amount for due in invoice.dues] == [D("450.00"), D("1050.00")]


def test_who_has_the_right_lets_goods_go(office: Ctx, sold: CustomerOrder, do: Any) -> None:
    office.set_setting("invoicing.hold", True)
    terms(office, sold, (100, "contract_signed", 0))
    row = shipment(office, sold)
    do(row, "ship", override_code="trusted", override_reason="paid always")
    assert row.state == "shipped"


def test_the_context_of_an_order_wants_its_deposit(office: Ctx, sold: CustomerOrder, do: Any) -> None:
    """Whatever the settings and the terms say; terms may want more."""
    context = Context(code="X", name="X", reference="optional", ships_via="own", deposit_pct=D(50))
    office.session.add(context)
    office.session.flush()
    office.session.add(OrderContext(row_id=sold.id, business_context_id=context.id))
    terms(office, sold, (80, "before_delivery", 0), (20, "shipment", 0))
    assert holding.deposits(office, [sold.id])[sold.id].pct == 50
    with pytest.raises(Refused, match=r"50 % \(750.00 USD\).*750.00 is missing"):
        do(shipment(office, sold), "ship")
    office.set_setting("invoicing.hold", True)
    assert holding.deposits(office, [sold.id])[sold.id].pct == 80


def test_rules_of_others_hold_too(office: Ctx, sold: CustomerOrder, monkeypatch: Any) -> None:
    assert holding.deposits(office, [sold.id]) == {}
    office.set_setting("invoicing.hold", True)  # deposit_rules
    terms(office, sold, (20, "before_delivery", 0), (80, "shipment", 0))
    found = holding.deposits(office, [sold.id])[sold.id]
    assert (found.pct, found.wanted, found.missing) == (D(20), D("300.00"), D("300.00"))
    assert replace(found, paid=D(400)).missing == 0
