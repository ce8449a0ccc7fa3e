"""Pieces on factory orders: what is left is visible per size, and what was given away cannot be taken back unseen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core.api import Ctx, Refused, run_action
from core.entities import crud, query
from plugins.orders.models import CustomerOrder, OrderLine
from plugins.orders.services import allocation, inputs
from plugins.orders.services.lines import save_lines
from plugins.orders.services.open_work import open_order_styles
from plugins.orders.shown.figures import figures
from tests.plugins.orders.conftest import Factories, catalogue, line, make_order


@pytest.fixture
def shop(factories: Factories, ctx: Ctx) -> Ctx:
    catalogue(ctx)
    return ctx


@pytest.fixture
def ordered(shop: Ctx, factories: Factories) -> CustomerOrder:
    """ST-1 in navy S 10, M 20 and white S 5; of navy 4 S and 25 M are on factory orders."""
    order = make_order(shop, customer_po="HL-77")
    save_lines(shop, order, [line(sizes=[("S", 10), ("M", 20)]), line(color="WHT", sizes=[("S", 5)])])
    run_action(shop, shop.registry.get("orders.order"), order, "confirm")
    factories.hold(order.lines[0], S=4, M=25)
    return order


def test_what_is_left_is_known_per_size_style_and_destination(shop: Ctx, ordered: CustomerOrder) -> None:
    found = figures(shop, ordered)
    cells = [(s["size"], s["qty"], s["allocated"], s["unallocated"]) for s in found["lines"][0]["sizes"]]
    assert cells == [("S", 10, 4, 6), ("M", 20, 25, 0), ("L", 0, 0, 0), ("XL", 0, 0, 0)]
    assert (found["allocated"], found["unallocated"]) == (29, 11)
    assert [(s["size"], s["unallocated"]) for s in found["sizes"][:2]] == [("S", 11), ("M", 0)]
    assert [(d["destination"], d["unallocated"]) for d in found["destinations"]] == [("US-LAX", 11)]
    left = {(line_id, pieces) for (line_id, _s), pieces in allocation.unallocated(shop, ordered).items()}
    assert left == {(ordered.lines[0].id, 6), (ordered.lines[1].id, 5)}


def refused(ctx: Ctx, order: CustomerOrder, *typed: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as found:
        save_lines(ctx, order, typed)
    return [(p.field, str(p)) for p in found.value.problems]


def test_pieces_may_grow_but_not_fall_below_what_factories_have(shop: Ctx, ordered: CustomerOrder) -> None:
    navy, white = (replace(t, name=f"lines-{i}") for i, t in enumerate(inputs.as_inputs(ordered.lines)))
    found = refused(shop, ordered, replace(navy, sizes=(("S", "3"), ("M", "24"))), white)
    assert found == [
        ("lines-0-size-S", "Size S: 4 pieces are on factory orders already; it cannot be less."),
        ("lines-0-size-M", "Size M: 25 pieces are on factory orders already; it cannot be less."),
    ]
    assert refused(shop, ordered, white) == [
        (
            "",
            "ST-1 NVY US-LAX 2026-12-18: 29 pieces are on factory orders already; the line cannot be removed.",
        )
    ]
    for change, field in (({"destination": "JP-TYO"}, "destination"),):
        [(at, said)] = refused(shop, ordered, replace(navy, sizes=(("S", 4), ("M", 25)), **change), white)
        assert at == f"lines-0-{field}"
        assert "only pieces, price and ship date may change" in said
    save_lines(
        shop, ordered, [replace(navy, sizes=(("S", 40), ("M", 25)), ship_date="2026-12-30", price="3")]
    )
    assert [(row.qty, row.ship_date) for row in ordered.lines] == [(65, date(2026, 12, 30))]


def test_an_order_with_work_outside_does_not_go_back_to_draft(
    shop: Ctx, ordered: CustomerOrder, factories: Factories
) -> None:
    entity = shop.registry.get("orders.order")
    with pytest.raises(Refused, match="29 pieces of SO-2026-0001 are on factory orders"):
        run_action(shop, entity, ordered, "to_draft")
    factories.held.clear()
    run_action(shop, entity, ordered, "to_draft")
    assert ordered.state == "draft"


def test_a_line_that_documents_point_to_stays_with_0_pieces(
    shop: Ctx, ordered: CustomerOrder, factories: Factories, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.held.clear()
    navy, white = inputs.as_inputs(ordered.lines)
    monkeypatch.setattr(allocation, "referenced", lambda ctx, ids: {navy.id})
    save_lines(shop, ordered, [white])
    assert [(row.id, row.qty) for row in ordered.lines] == [(white.id, 5), (navy.id, 0)]
    assert ordered.qty == 5
    save_lines(shop, ordered, inputs.as_inputs(ordered.lines))
    monkeypatch.undo()
    save_lines(shop, ordered, [white])
    assert shop.session.scalars(select(OrderLine.id).where(OrderLine.order_id == ordered.id)).all() == [
        white.id
    ]


def test_open_work_offers_one_row_per_order_style_and_destination(
    shop: Ctx, ordered: CustomerOrder, factories: Factories, count_queries: Any
) -> None:
    entity = shop.registry.get("orders.order")
    make_order(shop)  # a draft has no open work
    other = make_order(shop, customer_po="KT-1")
    save_lines(
        shop, other,
        [line("KID", "RED", [("110", 3)], ship_date="2026-12-11"), line("234", sizes=[("S", 7)], destination="JP-TYO")],
    )  # fmt: skip
    run_action(shop, entity, other, "confirm")
    found = open_order_styles(shop)
    assert [
        (o.order_number, o.customer_po, o.style, o.destination, o.unallocated, o.ordered) for o in found
    ] == [
        ("SO-2026-0003", "KT-1", "KID", "US-LAX", 3, 3),
        ("SO-2026-0003", "KT-1", "234", "JP-TYO", 7, 7),
        ("SO-2026-0001", "HL-77", "ST-1", "US-LAX", 11, 35),
    ]
    assert [(found[2].colors[s.color_id], found[2].size_codes[s.size_id], s.unallocated) for s in found[2].sizes] == [
        ("NVY", "S", 6), ("NVY", "M", 0), ("WHT", "S", 5),
    ]  # fmt: skip
    assert [o.style for o in open_order_styles(shop, search="hl-7")] == ["ST-1"]
    assert [o.style for o in open_order_styles(shop, search="so-2026-0003")] == ["KID", "234"]
    assert [o.style for o in open_order_styles(shop, search="ki")] == ["KID", "234"]
    assert [o.style for o in open_order_styles(shop, style_id=found[1].style_id)] == ["234"]
    assert open_order_styles(shop, order_ids=[]) == []
    assert open_order_styles(shop, customer_id=-1) == []
    factories.hold(ordered.lines[0], S=10)
    factories.hold(ordered.lines[1], S=5)
    assert [o.order_number for o in open_order_styles(shop)] == ["SO-2026-0003"] * 2
    assert len(open_order_styles(shop, include_full=True)) == 3
    assert len(open_order_styles(shop, limit=1)) == 1


def test_the_list_loads_unallocated_pieces_once_a_page(
    shop: Ctx, ordered: CustomerOrder, factories: Factories, count_queries: Any
) -> None:
    entity = shop.registry.get("orders.order")

    def look() -> tuple[int, Any]:
        shop.session.expire_all()
        shop.memo.clear()
        factories.calls = 0
        with count_queries() as log:
            page = query.fetch_page(shop, entity, query.ListQuery(search="SO-"))
        assert factories.calls == 1
        return log.count, page

    few, page = look()
    assert page.values["unallocated"] == {ordered.id: 11}
    for n in range(30):
        order = make_order(shop, customer_po=f"P{n}")
        save_lines(shop, order, [line(sizes=[("S", n + 1)])])
        factories.hold(order.lines[0], S=n)
    many, page = look()
    assert len(page.rows) == 31
    assert sorted(page.values["unallocated"].values()) == [1] * 30 + [11]
    assert many == few


def test_queries_of_open_work_and_figures_do_not_grow(
    shop: Ctx, ordered: CustomerOrder, count_queries: Any
) -> None:
    entity = shop.registry.get("orders.order")

    def look(order_id: int) -> tuple[int, int]:
        shop.session.expire_all()
        shop.memo.clear()
        with count_queries() as work:
            open_order_styles(shop)
        order = crud.get_row(shop, entity, order_id)
        shop.memo.clear()
        with count_queries() as page:
            figures(shop, order)
        return work.count, page.count

    few = look(ordered.id)
    order = make_order(shop)
    typed = [
        line(ship_date=f"2027-01-{day:02}", color=color, destination=place, sizes=[("S", 1)])
        for day in range(1, 11)
        for color in ("NVY", "WHT")
        for place in ("US-LAX", "JP-TYO")
    ]
    save_lines(shop, order, [*typed, line("KID", "RED", [("110", 3)]), line("234", sizes=[("S", 7)])])
    run_action(shop, entity, order, "confirm")
    assert look(order.id) == few
    assert few[0] <= 7  # and what is bought finished
    assert few[1] <= 13
