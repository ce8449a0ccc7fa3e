"""Events in the life of a factory order: each happens, is taken back, and is told of once with the right ids."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.api import Ctx
from core.entities import crud
from plugins.orders.services import inputs
from plugins.orders.services import lines as order_lines
from plugins.outsourcing.services import milestones, rows
from plugins.outsourcing.shown import alerts
from tests.plugins.conftest import days_of
from tests.plugins.outsourcing.conftest import picked, priced, sized

from .conftest import SHIP, do, made, sold

ENTITY = "outsourcing.order"
ISSUE, LATER, MUCH_LATER = date(2026, 9, 25), date(2026, 9, 29), date(2026, 11, 10)


@pytest.fixture
def today(monkeypatch):
    """Says which day it is."""

    def set_to(day):
        monkeypatch.setattr(Ctx, "today", lambda self: day)

    set_to(ISSUE)
    return set_to


def days(ctx, order):
    found = days_of(ctx, ENTITY, order.id)
    return {
        code.removeprefix("outsourcing."): day
        for code, day in found.items()
        if code.startswith("outsourcing.")
    }


def pay(ctx, *parts, kind="deposit", day=LATER):
    order = parts[0][0]
    amount = sum((Decimal(a) for _o, a in parts), Decimal(0))
    return crud.save_row(
        ctx,
        ctx.registry.get("outsourcing.payment"),
        None,
        {"factory": order.factory, "paid_on": day, "kind": kind, "currency": "USD", "amount": amount},
        {"splits": [{"order": o, "amount": Decimal(a), "rate": None, "applied": None} for o, a in parts]},
    )


def mine(told, *orders):
    """Every telling since then named exactly these factory orders."""
    heard = told.since()
    assert heard
    assert {ids for entity, ids in heard if entity == ENTITY} == {tuple(sorted(o.id for o in orders))}
    return len(heard)


def test_issue_and_withdrawal(told, today, shop, fo):
    assert days(shop, fo) == {}
    told.since()
    do(shop, fo, "issue")
    assert mine(told, fo) == 1
    assert days(shop, fo) == {"issued": ISSUE}
    today(LATER)
    do(shop, fo, "withdraw")
    assert mine(told, fo) == 1
    assert days(shop, fo) == {}
    do(shop, fo, "issue")
    assert days(shop, fo) == {"issued": LATER}


def test_start_and_reopening(told, today, shop, issued):
    today(MUCH_LATER)
    told.since()
    do(shop, issued, "start")
    assert mine(told, issued) == 1
    assert days(shop, issued) == {"issued": ISSUE, "started": MUCH_LATER}
    do(shop, issued, "reopen", reason="not yet")
    assert mine(told, issued) == 1
    assert days(shop, issued) == {"issued": ISSUE}
    today(date(2026, 11, 12))
    do(shop, issued, "start")
    assert days(shop, issued)["started"] == date(2026, 11, 12)


def test_a_cancelled_order_was_issued_all_the_same(told, today, shop, issued):
    told.since()
    do(shop, issued, "cancel", reason="no")
    assert mine(told, issued) == 1
    assert days(shop, issued) == {"issued": ISSUE}


def test_contract_signed_removed_and_void_by_revision(told, today, shop, issued):
    today(MUCH_LATER)
    told.since()
    do(shop, issued, "generate_contract", language="en")
    do(shop, issued, "mark_sent")
    assert told.since() == []  # nobody plans by a contract that is not signed
    pdf = contract_bytes(shop, issued)
    do(shop, issued, "upload_signed", file=("signed.pdf", pdf), signer="Mr Li", signed_on=LATER)
    assert mine(told, issued) == 1
    assert (
        days(shop, issued)["contract_signed"] == LATER
    )  # the day it was signed, not the day it was uploaded
    do(shop, issued, "upload_signed", file=("again.pdf", pdf), signer="Mr Li", signed_on=date(2026, 10, 2))
    assert days(shop, issued)["contract_signed"] == date(2026, 10, 2)
    do(shop, issued, "remove_signed", reason="wrong copy")
    assert "contract_signed" not in days(shop, issued)
    do(shop, issued, "upload_signed", file=("signed.pdf", pdf), signer="Mr Li", signed_on=LATER)
    told.since()
    do(shop, issued, "revise", reason="dearer", style_prices=priced(ST_1="2.60"), reprice="all")
    assert mine(told, issued) == 1
    assert "contract_signed" not in days(shop, issued)


def contract_bytes(ctx, order):
    from plugins.outsourcing.services import contracts

    made_one = contracts.current(ctx, order)
    return contracts.file_of(ctx, made_one)[2]


def test_the_first_posted_deposit_counts(told, today, shop, issued):
    today(MUCH_LATER)
    told.since()
    first, second = pay(shop, (issued, "100")), pay(shop, (issued, "50"), day=date(2026, 10, 5))
    assert told.since() == []  # a draft
    do(shop, second, "post")
    assert mine(told, issued) == 1
    assert days(shop, issued)["deposit_posted"] == date(2026, 10, 5)
    do(shop, first, "post")
    assert days(shop, issued)["deposit_posted"] == LATER
    do(shop, first, "reverse", reason="bounced")
    assert days(shop, issued)["deposit_posted"] == date(2026, 10, 5)
    told.since()
    do(shop, second, "reverse", reason="bounced")
    assert mine(told, issued) == 1
    assert "deposit_posted" not in days(shop, issued)


@pytest.mark.parametrize("kind", ["progress", "balance"])
def test_other_payments_are_no_deposit(today, shop, issued, kind):
    today(MUCH_LATER)
    do(shop, pay(shop, (issued, "10"), kind=kind), "post")
    assert "deposit_posted" not in days(shop, issued)


def another(ctx):
    so = sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 20}), po="PO-2")
    order = made(ctx)
    do(ctx, order, "add_work", work=picked(so.number, "ST-1"))
    do(ctx, order, "issue")
    return order


def test_one_payment_for_two_orders_is_told_of_once(told, today, shop, issued):
    today(MUCH_LATER)
    other = another(shop)
    payment = pay(shop, (issued, "100"), (other, "20"))
    told.since()
    do(shop, payment, "post")
    assert mine(told, issued, other) == 1
    assert days(shop, other)["deposit_posted"] == LATER


def test_a_deposit_that_moves_is_told_of_at_both_ends(told, today, shop, issued):
    today(MUCH_LATER)
    other = another(shop)
    do(shop, pay(shop, (issued, "100")), "post")
    do(shop, issued, "cancel", reason="no")
    told.since()
    do(shop, issued, "transfer", to=other, paid_on=MUCH_LATER)
    heard = told.since()
    assert (ENTITY, tuple(sorted((issued.id, other.id)))) in heard
    assert days(shop, other)["deposit_posted"] == MUCH_LATER


def test_a_draft_tells_of_its_lines(told, shop, fo):
    told.since()
    do(shop, fo, "set_quantities", line=1, sizes=sized("NVY", S=50))
    assert mine(told, fo) == 1
    cell = rows.cells(shop, [fo.id])[0]
    do(shop, fo, "edit_lines", lines=[{"line": 1, "sizes": [{"cell": cell.id, "pcs": "40"}]}])
    assert mine(told, fo) == 1
    do(shop, fo, "remove_line", line=2)
    assert mine(told, fo) == 1


# --- ship dates of customer orders ---------------------------------------------------------------------------------------


def move(ctx, so, day, destination="US-LAX"):
    found = inputs.as_inputs(order_lines.order_lines(ctx, so))
    for each in found:
        if each.destination == destination:
            object.__setattr__(each, "ship_date", day)
    order_lines.save_lines(ctx, so, found)


def test_a_draft_follows_the_ship_date_of_the_customer_order(told, shop, so, fo):
    told.since()
    sooner = date(2026, 12, 4)
    move(shop, so, sooner)
    assert [(line.position, line.ship_date) for line in rows.lines(shop, fo)] == [(1, sooner), (2, SHIP)]
    assert fo.ship_date == sooner
    assert told.since() == [("orders.order", (so.id,)), (ENTITY, (fo.id,))]
    assert alerts.moved(shop) == []


def test_an_issued_one_keeps_its_date_until_it_is_revised(told, shop, so, issued):
    told.since()
    sooner = date(2026, 12, 4)
    move(shop, so, sooner)
    assert {line.ship_date for line in rows.lines(shop, issued)} == {SHIP}
    assert issued.ship_date == SHIP
    assert (ENTITY, (issued.id,)) in told.since()
    (alert,) = alerts.moved(shop)
    assert "2026-12-04" in str(alert.message)
    assert "2026-12-18" in str(alert.message)
    do(
        shop,
        issued,
        "revise",
        reason="customer",
        lines=[{"line": 1, "ship_date": sooner}],
        reprice="all",
    )
    assert mine(told, issued) == 1
    assert issued.ship_date == sooner
    assert alerts.moved(shop) == []


def test_orders_that_no_factory_order_makes_are_told_of_alone(told, shop):
    so = sold(shop, ("ST-1", "NVY", "US-LAX", {"S": 20}))
    told.since()
    move(shop, so, date(2026, 12, 4))
    assert told.since() == [("orders.order", (so.id,))]


def test_cancelling_the_customers_order_reaches_the_factory_order(told, shop, so, issued):
    told.since()
    do(shop, so, "cancel", reason="bankrupt")
    assert [entity for entity, _ids in told.since()].count(ENTITY) >= 1


def test_many_orders_cost_what_one_costs(today, shop, issued, count_queries):
    today(MUCH_LATER)
    orders = [issued, *(another(shop) for _ in range(2))]
    for order in orders:
        do(shop, pay(shop, (order, "10")), "post")
        do(shop, order, "start")
    ids = [order.id for order in orders]
    for asked in (ids[:1], ids):
        with count_queries() as log:
            found = milestones.factory_order_milestones(shop, asked)
        assert all(len(found[id]) == 3 for id in asked)
        assert log.count == 3
