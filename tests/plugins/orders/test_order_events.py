"""The confirmation of a customer order as an event, and who is told of it."""

from __future__ import annotations

from datetime import date

import pytest

from core.api import Ctx, run_action
from plugins.orders.services import inputs, lines, milestones
from tests.plugins.conftest import days_of

from .conftest import line, make_order

ENTITY = "orders.order"
FIRST, LATER = date(2026, 11, 23), date(2026, 11, 27)


@pytest.fixture
def today(monkeypatch):
    """Says which day it is."""

    def set_to(day):
        monkeypatch.setattr(Ctx, "today", lambda self: day)

    set_to(FIRST)
    return set_to


def do(ctx, row, action, **given):
    return run_action(ctx, ctx.registry.get(ENTITY), row, action, given)


def test_confirmed_taken_back_and_confirmed_again(told, today, shop):
    order = make_order(shop)
    lines.save_lines(shop, order, [line()])
    assert days_of(shop, ENTITY, order.id) == {}
    told.since()
    do(shop, order, "confirm")
    assert told.since() == [(ENTITY, (order.id,))]
    assert days_of(shop, ENTITY, order.id) == {"orders.confirmed": FIRST}
    today(LATER)
    do(shop, order, "to_draft")
    assert told.since() == [(ENTITY, (order.id,))]
    assert days_of(shop, ENTITY, order.id) == {}
    do(shop, order, "confirm")
    assert days_of(shop, ENTITY, order.id) == {"orders.confirmed": LATER}
    told.since()
    for action in ("cancel", "reopen", "close"):
        do(shop, order, action, **({} if action == "close" else {"reason": "so it is"}))
        assert told.since() == [(ENTITY, (order.id,))]
        assert days_of(shop, ENTITY, order.id) == {"orders.confirmed": LATER}  # it was confirmed all the same


def test_a_draft_that_was_cancelled_was_never_confirmed(today, shop):
    order = make_order(shop)
    lines.save_lines(shop, order, [line()])
    do(shop, order, "cancel", reason="so it is")
    assert days_of(shop, ENTITY, order.id) == {}


def test_a_copy_is_not_confirmed(today, shop):
    order = make_order(shop)
    lines.save_lines(shop, order, [line()])
    do(shop, order, "confirm")
    assert days_of(shop, ENTITY, do(shop, order, "copy").id) == {}


def test_lines_that_change_are_told_of_and_lines_that_do_not_are_not(told, shop):
    order = make_order(shop)
    told.since()
    lines.save_lines(shop, order, [line()])
    assert told.since() == [(ENTITY, (order.id,))]
    lines.save_lines(shop, order, inputs.as_inputs(lines.order_lines(shop, order)))
    assert told.since() == []
    lines.save_lines(shop, order, [line(ship_date=date(2026, 12, 24))])
    assert told.since() == [(ENTITY, (order.id,))]


def test_many_orders_cost_what_one_costs(shop, count_queries):
    ids = []
    for _ in range(5):
        order = make_order(shop)
        lines.save_lines(shop, order, [line()])
        do(shop, order, "confirm")
        ids.append(order.id)
    for asked in (ids[:1], ids):
        with count_queries() as log:
            assert set(milestones.customer_order_milestones(shop, asked)) == set(asked)
        assert log.count == 1
