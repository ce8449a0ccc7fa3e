"""Saving lines: what is stored, every refusal at its input, and nothing saved when anything is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.api import Ctx, Refused, Stale, audit_history, run_action
from core.base_api import Denied
from plugins.orders.models import CustomerOrder
from plugins.orders.services import inputs, lines
from plugins.orders.services.inputs import LineInput
from plugins.orders.services.lines import save_lines
from tests.plugins.orders.conftest import DAY, facts, line

LAX, TYO = "US-LAX", "JP-TYO"


def refusals(ctx: Ctx, order: CustomerOrder, *typed: LineInput, **options: Any) -> list[tuple[str, str]]:
    before, version = facts(ctx, order), order.version
    with pytest.raises(Refused) as refused:
        save_lines(ctx, order, typed, **options)
    assert not ctx.session.new
    assert not ctx.session.dirty
    assert (facts(ctx, order), order.version) == (before, version)
    return [(p.field, str(p)) for p in refused.value.problems]


def test_lines_are_stored_with_every_size_of_the_run(shop: Ctx, order: CustomerOrder) -> None:
    save_lines(
        shop, order, [line("st-1", "wht", [("m", " 1,200 "), ("S", 3)], price="2.55", ship_date="2026/12/18")]
    )
    assert facts(shop, order) == [
        ("ST-1", "WHT", LAX, DAY, Decimal("2.55"), 1203, (("S", 3), ("M", 1200), ("L", 0), ("XL", 0)))
    ]
    assert (order.qty, order.ship_date, order.version) == (1203, DAY, 2)


def test_a_draft_may_leave_the_price_open(shop: Ctx, order: CustomerOrder) -> None:
    save_lines(shop, order, [line(price="")])
    assert facts(shop, order)[0][4] is None


def test_a_single_colour_need_not_be_said(shop: Ctx, order: CustomerOrder) -> None:
    save_lines(shop, order, [line("234", "")])
    assert facts(shop, order)[0][1] == "NVY"


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"style": "999"}, "lines-0-style", "no style “999”"),
    ({"style": " "}, "lines-0-style", "style is missing"),
    ({"style": "OLD"}, "lines-0-style", "no longer in use"),
    ({"color": "RED"}, "lines-0-color", "“RED” is not a colour of ST-1. It comes in NVY, WHT"),
    ({"color": ""}, "lines-0-color", "colour is missing. ST-1 comes in NVY, WHT"),
    ({"destination": "MARS"}, "lines-0-destination", "no destination “MARS”"),
    ({"destination": ""}, "lines-0-destination", "destination is missing"),
    ({"ship_date": ""}, "lines-0-ship_date", "ship date is missing"),
    ({"ship_date": "2026-02-30"}, "lines-0-ship_date", "not a date"),
    ({"price": "-1"}, "lines-0-price", "negative"),
    ({"price": "1.1234567"}, "lines-0-price", "At most 6 decimals"),
    ({"price": "two"}, "lines-0-price", "not a number"),
    ({"sizes": [("110", "5")]}, "lines-0-size-110", "“110” is not in the run of ST-1: S, M, L, XL"),
    ({"sizes": [("S", "1"), ("s", "2")]}, "lines-0-size-s", "stands twice"),
    ({"sizes": [("S", "1.5")]}, "lines-0-size-S", "whole pieces"),
    ({"sizes": [("S", "-2")]}, "lines-0-size-S", "negative"),
    ({"sizes": [("S", "ten")]}, "lines-0-size-S", "not a number"),
    ({"sizes": [("S", "12345678")]}, "lines-0-size-S", "too large"),
    ({"sizes": [("S", "0"), ("M", "")]}, "lines-0-color", "needs pieces"),
    ({"sizes": []}, "lines-0-color", "needs pieces"),
    ({"qty": "4"}, "lines-0-qty", "add up to 3, not to 4"),
    ({"id": 4711}, "lines-0-color", "removed by somebody else"),
]


@pytest.mark.parametrize(("data", "field", "message"), WRONG)
def test_bad_input_is_refused_at_its_input(
    shop: Ctx, order: CustomerOrder, data: dict[str, Any], field: str, message: str
) -> None:
    [(at, said)] = refusals(shop, order, line(**data))
    assert at == field
    assert message in said


def test_everything_wrong_is_found_at_once(shop: Ctx, order: CustomerOrder) -> None:
    found = refusals(
        shop,
        order,
        line(name="lines-0", price="x", sizes=[("S", "1.5"), ("110", "1")]),
        line(name="lines-1"),
        line("NONE", name="lines-2", ship_date="soon"),
    )
    assert [field for field, _m in found] == [
        "lines-0-price", "lines-0-size-S", "lines-0-size-110", "lines-2-style", "lines-2-ship_date",
    ]  # fmt: skip


def test_inputs_that_lines_share_say_it_once(shop: Ctx, order: CustomerOrder) -> None:
    at = {"style": "blocks-0-style", "price": "blocks-0-price"}
    found = refusals(
        shop, order, *(line("NONE", c, name=f"lines-{i}", at=at) for i, c in enumerate(("NVY", "WHT")))
    )
    assert [field for field, _m in found] == ["blocks-0-style"]


def test_the_same_line_twice_is_refused(shop: Ctx, order: CustomerOrder) -> None:
    [(field, said)] = refusals(shop, order, line(), line("st-1", " nvy", price="3", name="lines-1"))
    assert field == "lines-1-color"
    assert "Twice the same: style ST-1, colour NVY, US-LAX, 2026-12-18 stands in line 1 already." in said
    save_lines(shop, order, [line(), line(destination=TYO), line(ship_date="2026-12-19"), line(color="WHT")])
    assert len(facts(shop, order)) == 4


def typed_again(shop: Ctx, order: CustomerOrder) -> list[LineInput]:
    return inputs.as_inputs(lines.order_lines(shop, order))


def test_lines_change_grow_move_and_go(shop: Ctx, order: CustomerOrder) -> None:
    save_lines(shop, order, [line(), line(color="WHT"), line("KID", "RED", [("110", 5)])])
    one, two, _three = typed_again(shop, order)
    ids = [row.id for row in lines.order_lines(shop, order)]
    save_lines(
        shop, order, [replace(two, price="9"), replace(one, sizes=(("S", 9),), ship_date="2026-12-25")]
    )
    assert [f[:6] for f in facts(shop, order)] == [
        ("ST-1", "WHT", LAX, DAY, Decimal(9), 3),
        ("ST-1", "NVY", LAX, date(2026, 12, 25), Decimal("2.5"), 9),
    ]
    assert [row.id for row in lines.order_lines(shop, order)] == [ids[1], ids[0]]
    assert [s.style.code for s in order.styles] == ["ST-1"]
    assert (order.qty, order.ship_date) == (12, DAY)


def test_lines_may_swap_their_dates_and_come_back_after_removal(shop: Ctx, order: CustomerOrder) -> None:
    save_lines(shop, order, [line(price="1"), line(ship_date="2026-12-25", price="2")])
    one, two = typed_again(shop, order)
    ids = [one.id, two.id]
    save_lines(shop, order, [replace(one, ship_date="2026-12-25"), replace(two, ship_date=DAY)])
    assert [(f[3], f[4]) for f in facts(shop, order)] == [(date(2026, 12, 25), Decimal(1)), (DAY, Decimal(2))]
    save_lines(
        shop, order, [replace(two, id=None, ship_date=DAY, price="7"), replace(one, ship_date="2026-12-25")]
    )
    assert [row.id for row in lines.order_lines(shop, order)] == [ids[1], ids[0]]
    save_lines(shop, order, [replace(one, style="234"), replace(two, ship_date="2027-01-01")])
    assert [f[0] for f in facts(shop, order)] == ["234", "ST-1"]


def test_adding_keeps_what_is_there(shop: Ctx, order: CustomerOrder) -> None:
    save_lines(shop, order, [line()])
    row = {"style": "ST-1", "color": "WHT", "destination": LAX, "ship_date": DAY, "price": "2.5",
           "sizes": [{"size": "S", "pcs": 1}]}  # fmt: skip
    run_action(shop, shop.registry.entity_for(order), order, "lines", {"lines": [row]})
    assert [f[1] for f in facts(shop, order)] == ["NVY", "WHT"]
    with pytest.raises(Refused) as refused:
        run_action(
            shop, shop.registry.entity_for(order), order, "lines", {"lines": [{**row, "color": "NVY"}]}
        )
    [problem] = refused.value.problems
    assert (problem.field, "line 1 already" in str(problem)) == ("lines.0.color", True)


def test_only_what_changed_is_kept_in_the_audit_trail(shop: Ctx, order: CustomerOrder) -> None:
    save_lines(shop, order, [line(), line(color="WHT")])
    one, two = typed_again(shop, order)
    version = order.version
    save_lines(shop, order, [one, two])
    assert order.version == version
    save_lines(shop, order, [one, replace(two, sizes=(("S", 8),))])
    newest = audit_history(shop, "orders.order", order.id)[0]
    assert newest.changes == [["ST-1 WHT US-LAX 2026-12-18", "S 1 M 2 @ 2.5", "S 8 @ 2.5"]]


def test_a_stale_save_is_refused_and_shows_the_difference(shop: Ctx, order: CustomerOrder) -> None:
    seen = order.version
    save_lines(shop, order, [line()], seen)
    with pytest.raises(Stale) as stale:
        save_lines(shop, order, [line(color="WHT")], seen)
    assert stale.value.changes == [("ST-1 NVY US-LAX 2026-12-18", None, "S 1 M 2 @ 2.5")]
    assert len(facts(shop, order)) == 1


CONFIRMED: list[tuple[Sequence[LineInput], str, str]] = [
    ([], "", "at least one line"),
    ([line(price="")], "lines-0-price", "price is missing"),
    ([line(price="0")], "lines-0-price", "needs a reason"),
    ([line(ship_date="2026-11-01")], "lines-0-ship_date", "before the order date"),
]


@pytest.mark.parametrize(("typed", "field", "message"), CONFIRMED)
def test_a_confirmed_order_stays_complete(
    shop: Ctx, order: CustomerOrder, typed: list[LineInput], field: str, message: str
) -> None:
    save_lines(shop, order, [line()])
    run_action(shop, shop.registry.get("orders.order"), order, "confirm")
    [(at, said)] = refusals(shop, order, *typed)
    assert at == field
    assert message in said


def test_a_price_of_0_is_kept_with_its_reason(shop: Ctx, order: CustomerOrder) -> None:
    save_lines(shop, order, [line()])
    run_action(shop, shop.registry.get("orders.order"), order, "confirm")
    save_lines(shop, order, [line(price="0")], reason="replacement for claim 7")
    assert facts(shop, order)[0][4] == 0
    assert audit_history(shop, "orders.order", order.id)[0].reason == "replacement for claim 7"


def test_a_closed_order_and_a_reader_cannot_change_lines(
    shop: Ctx, order: CustomerOrder, ctx_as: Any
) -> None:
    entity = shop.registry.get("orders.order")
    save_lines(shop, order, [line()])
    run_action(shop, entity, order, "confirm")
    run_action(shop, entity, order, "close")
    [(_field, said)] = refusals(shop, order, line())
    assert "Closed" in said
    shop.session.commit()
    with ctx_as("fin") as reader, pytest.raises(Denied):
        save_lines(reader, reader.session.get_one(CustomerOrder, (reader.tenant.id, order.id)), [line()])
