"""The life of a customer order, told by the people who live it."""

from __future__ import annotations

import threading
import time
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.api import Ctx, Refused, Stale, audit_history, run_action
from core.base_api import Denied
from core.entities import crud, transitions
from core.entities.recording import flush_rows
from plugins.catalog.models import Partner
from plugins.orders.models import CustomerOrder
from plugins.orders.services import text_entry
from plugins.orders.services.lines import save_lines
from plugins.orders.services.text_entry import Defaults
from plugins.orders.shown.figures import figures
from tests.plugins.orders.conftest import DAY, facts, line, make_order


def do(ctx: Ctx, order: CustomerOrder, action: str, **given: Any) -> Any:
    return run_action(ctx, ctx.registry.get("orders.order"), order, action, given)


def reread(ctx: Ctx, order: CustomerOrder) -> CustomerOrder:
    found: CustomerOrder = crud.get_row(ctx, ctx.registry.get("orders.order"), order.id)
    return found


def test_an_order_takes_what_it_can_from_its_customer(shop: Ctx) -> None:
    order = make_order(shop, customer_po="HL-1")
    assert (order.number, order.state, order.currency, order.incoterm) == (
        "SO-2026-0001",
        "draft",
        "USD",
        "FOB",
    )
    assert order.terms is not None
    assert make_order(shop, currency="TWD", incoterm="CIF").number == "SO-2026-0002"
    left_empty = make_order(shop, currency=None, incoterm="", terms=None)  # as the form gives it
    shop.session.flush()
    shop.session.refresh(left_empty)
    assert (left_empty.terms_id, left_empty.terms.code) == (order.terms_id, "NET60")


def test_from_the_first_line_to_the_archive(shop: Ctx, order: CustomerOrder, ctx_as: Any) -> None:
    with ctx_as("merch") as ctx:
        mine = reread(ctx, order)
        with pytest.raises(Refused, match="at least one line"):
            do(ctx, mine, "confirm")
        texts = {"quick": "234, S-5\nST-1 @WHT, M-3"}
        text_entry.save_entry(ctx, mine, [], texts, Defaults("US-LAX", DAY.isoformat()))
        with pytest.raises(Refused, match=r"234 NVY US-LAX: The price is missing.*ST-1 WHT US-LAX"):
            do(ctx, mine, "confirm")
        text_entry.save_entry(ctx, mine, [], texts, Defaults("US-LAX", DAY.isoformat(), "2"))
        do(ctx, mine, "confirm")
        assert mine.state == "confirmed"
        do(ctx, mine, "to_draft")
        do(ctx, mine, "confirm")
        do(ctx, mine, "close")
        with pytest.raises(Denied):
            do(ctx, mine, "reopen", reason="one more colour")
    with ctx_as("mgr") as ctx:
        mine = reread(ctx, order)
        do(ctx, mine, "reopen", reason="one more colour")
        assert mine.state == "confirmed"
        did = [(e.action, e.to_state, e.reason) for e in audit_history(ctx, "orders.order", order.id)]
    assert did == [
        ("reopen", "confirmed", "one more colour"), ("close", "closed", ""), ("confirm", "confirmed", ""),
        ("to_draft", "draft", ""), ("confirm", "confirmed", ""), ("lines", None, ""), ("lines", None, ""),
        ("create", "draft", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("before", ["draft", "confirmed"])
def test_a_cancelled_order_comes_back_as_it_was(shop: Ctx, order: CustomerOrder, before: str) -> None:
    save_lines(shop, order, [line()])
    if before == "confirmed":
        do(shop, order, "confirm")
    with pytest.raises(Refused):
        do(shop, order, "cancel")
    do(shop, order, "cancel", reason="customer went away")
    assert order.state == "cancelled"
    assert figures(shop, order)["unallocated"] == 0
    with pytest.raises(Refused):
        do(shop, order, "confirm")
    do(shop, order, "reopen", reason="and came back")
    assert order.state == before


def test_a_free_sample_is_confirmed_with_a_reason(shop: Ctx, order: CustomerOrder) -> None:
    save_lines(shop, order, [line(price="0")])
    entity = shop.registry.get("orders.order")
    offered = {a.name for a in transitions.available(shop, entity, order)}
    assert "confirm_free" in offered
    assert "confirm" not in offered
    with pytest.raises(Refused, match="needs a reason"):
        do(shop, order, "confirm")
    do(shop, order, "confirm_free", reason="salesman sample")
    assert order.state == "confirmed"


GUARDS = [
    ({"ship_date": "2026-11-01"}, {}, "before the order date"),
    ({}, {"active": False}, "no longer active"),
]


@pytest.mark.parametrize(("data", "customer", "message"), GUARDS)
def test_what_stops_a_confirmation(
    shop: Ctx, order: CustomerOrder, data: dict[str, Any], customer: dict[str, Any], message: str
) -> None:
    save_lines(shop, order, [line(**data)])
    for name, value in customer.items():
        setattr(order.customer, name, value)
    flush_rows(shop.session)
    with pytest.raises(Refused, match=message):
        do(shop, order, "confirm")
    assert order.state == "draft"


def test_the_header_of_a_confirmed_order(shop: Ctx, order: CustomerOrder) -> None:
    entity = shop.registry.get("orders.order")
    save_lines(shop, order, [line()])
    do(shop, order, "confirm")
    other = Partner(code="C2", name="Other", is_customer=True, currency="USD")
    shop.session.add(other)
    flush_rows(shop.session)
    for data, field in (
        ({"customer": other}, "customer"),
        ({"currency": "TWD"}, "currency"),
        ({"order_date": date(2027, 1, 1)}, "order_date"),
    ):
        with pytest.raises(Refused) as refused:
            crud.save_row(shop, entity, order, data)
        assert [p.field for p in refused.value.problems] == [field]
    crud.save_row(shop, entity, order, {"customer_po": "HL-1 rev 2"})
    assert order.customer_po == "HL-1 rev 2"


def test_a_customer_without_currency_and_one_that_left(shop: Ctx) -> None:
    poor = Partner(code="C3", name="Poor", is_customer=True)
    gone = Partner(code="C4", name="Gone", is_customer=True, currency="USD", active=False)
    shop.session.add_all([poor, gone])
    flush_rows(shop.session)
    for customer, field in ((poor, "currency"), (gone, "customer")):
        with pytest.raises(Refused) as refused:
            make_order(shop, customer=customer)
        assert [p.field for p in refused.value.problems] == [field]


def test_copying_last_years_order(shop: Ctx, order: CustomerOrder, ctx_as: Any) -> None:
    save_lines(shop, order, [line(), line("KID", "RED", [("110", 4)], price="9.123456")])
    do(shop, order, "confirm")
    with ctx_as("merch") as ctx:
        made = do(ctx, reread(ctx, order), "copy", customer_po="HL-2", shift_days="364")
        assert (made.number, made.state, made.customer_po) == ("SO-2026-0002", "draft", "HL-2")
        assert (made.order_date, made.ship_date, made.qty) == (ctx.today(), date(2027, 12, 17), 7)
        assert made.created_by_id == ctx.user.id
        old, new = facts(ctx, order), facts(ctx, made)
        assert [f[:3] + f[4:] for f in new] == [f[:3] + f[4:] for f in old]
        assert {f[3] for f in new} == {date(2027, 12, 17)}
        do(ctx, made, "confirm")
    with ctx_as("fin") as ctx, pytest.raises(Denied):
        do(ctx, reread(ctx, order), "copy")


def test_the_demo_orders(shop: Ctx, make_tenant: Any, hub: Any) -> None:
    from plugins.catalog.demo import loader
    from plugins.orders.demo import loader as demo

    with hub.context(make_tenant()) as ctx:
        loader.load(ctx, 7)
        demo.load(ctx, 7)
        demo.load(ctx, 7)
        entity = ctx.registry.get("orders.order")
        first = crud.get_row(ctx, entity, "SO-26001")
        found = figures(ctx, first)
        assert (first.state, first.currency, found["qty"], str(found["total"])) == (
            "confirmed",
            "USD",
            2520,
            "6426.00",
        )
        assert (first.order_date, first.ship_date) == (date(2026, 9, 17), date(2026, 12, 18))
        assert first.terms is not None
        seventh = figures(ctx, crud.get_row(ctx, entity, "SO-26007"))
        assert [(d["destination"], d["qty"]) for d in seventh["destinations"]] == [
            ("CA-VAN", 1300),
            ("US-LAX", 260),
        ]
        assert seventh["total"] == Decimal("19032.00")
        sixth = figures(ctx, crud.get_row(ctx, entity, "SO-26006"))
        assert sixth["lines"][0]["sizes"][-1]["qty"] == 0


def test_two_people_save_at_once_and_the_second_is_told(
    shop: Ctx, order: CustomerOrder, hub: Any, tenant: Any
) -> None:
    shop.session.commit()
    started, said = threading.Event(), []

    def second() -> None:
        try:
            with hub.context(tenant) as ctx:
                mine = reread(ctx, order)
                started.set()
                save_lines(ctx, mine, [line(color="WHT")], 1)
        except Stale as stale:
            said.append(str(stale))
        finally:
            started.set()

    with hub.context(tenant) as ctx:
        save_lines(ctx, reread(ctx, order), [line()], 1)
        thread = threading.Thread(target=second)
        thread.start()
        started.wait(0.3)
        time.sleep(0.2)
    thread.join()
    assert len(said) == 1
    assert "was changed by system at" in said[0]
    shop.session.expire_all()
    assert [f[1] for f in facts(shop, order)] == ["NVY"]


def test_orders_are_found_by_style(shop: Ctx, order: CustomerOrder, ctx_as: Any) -> None:
    save_lines(shop, order, [line("KID", "RED", [("110", 4)])])
    with ctx_as("merch") as ctx:
        hits = ctx.hooks.each("search", query="ki", limit=8)
    assert [(h.label, h.title, h.href) for h in hits] == [(order.number, "KID", f"/orders/order/{order.id}")]
    with ctx_as("") as ctx:
        assert ctx.hooks.each("search", query="ki", limit=8) == []
