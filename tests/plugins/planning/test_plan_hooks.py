"""What every plugin tells of what is wanted and what there is: everything once, and whose it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.api import Ctx, EntityRef, Refused, run_action, save_row
from core.base_api import TenantInfo
from core.kernel.hub import Hub
from plugins.catalog.api import Garment, Key, PlanDemand, PlanSupply
from plugins.catalog.testing import make_color, make_style
from plugins.orders.testing import make_order
from plugins.outsourcing.testing import make_factory_order
from plugins.planning.services import gathering
from plugins.purchasing.testing import make_purchase_order
from plugins.stock.api import Demand, arrivals, demands
from plugins.stock.testing import make_stock

D = Decimal


def wanted(ctx: Ctx, **more: Any) -> dict[str, Decimal]:
    """Wanted by kind."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for each in gathering.demands(ctx, **more):
        found[each.kind] += each.qty
    return dict(found)


def there(ctx: Ctx, **more: Any) -> dict[tuple[str, bool, bool], Decimal]:
    """There or to come, by kind of document, whether it is firm, and whether it is meant for somebody."""
    found: dict[tuple[str, bool, bool], Decimal] = defaultdict(Decimal)
    for each in gathering.supplies(ctx, **more):
        found[each.source.entity, each.firm, each.meant is not None] += each.qty
    return dict(found)


def test_an_order_wants_its_pieces_and_safety_stock_stands_once(ctx: Ctx, sold: Any) -> None:
    assert wanted(ctx) == {"order": D(300), "safety": D(40)}
    first = next(each for each in gathering.demands(ctx) if each.kind == "order")
    assert isinstance(first, PlanDemand)
    assert isinstance(first.item, Garment)
    assert (first.number, first.line, first.qty, first.due) == (sold.number, 1, D(100), sold.ship_date)
    assert not first.made_from_need
    assert there(ctx) == {}
    assert wanted(ctx, until=date(2026, 12, 1)) == {"safety": D(40)}
    assert wanted(ctx, styles=(), materials=()) == {}
    assert wanted(ctx, styles=[first.item.style], materials=()) == {"order": D(300)}


def test_a_live_order_says_what_it_asks_for_line_by_line(ctx: Ctx, sold: Any) -> None:
    (asked,) = ctx.hooks.asked_pieces(entity="orders.order", row=sold)
    assert sum(qty for line in asked for qty in line.pieces.values()) == 300
    assert asked[0].line == 1
    assert asked[0].due == sold.ship_date
    run_action(ctx, ctx.registry.get("orders.order"), sold, "cancel", {"reason": "no more wanted"})
    assert ctx.hooks.asked_pieces(entity="orders.order", row=sold) == []


def test_what_was_shipped_is_not_asked_for_again(
    ctx: Ctx, sold: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = sold.lines[0]
    first, second, *_others = line.sizes
    gone = {(line.id, first.size_id): first.qty, (line.id, second.size_id): 30}
    monkeypatch.setattr(
        "plugins.orders.services.planned.supplied", lambda ctx, ids: gone if sold.id in ids else {}
    )
    (asked,) = ctx.hooks.asked_pieces(entity="orders.order", row=sold)
    assert [list(each.pieces.values()) for each in asked] == [[70, 100]]


def test_a_factory_order_is_a_supply_for_its_order_and_wants_its_material(ctx: Ctx, sold: Any) -> None:
    made = make_factory_order(ctx, sold, issue=False)
    assert wanted(ctx) == {"order": D(300), "need": D(315), "safety": D(40)}
    assert there(ctx) == {("outsourcing.order", False, True): D(300)}
    run_action(ctx, ctx.registry.get("outsourcing.order"), made, "issue")
    assert there(ctx) == {("outsourcing.order", True, True): D(300)}
    (meant,) = {each.meant for each in gathering.supplies(ctx)}
    assert meant == EntityRef("orders.order", sold.id)


def test_stock_and_purchase_orders_are_supplies_of_whom_they_are_kept_for(ctx: Ctx, sold: Any) -> None:
    make_stock(ctx, "FAB", "120")
    make_purchase_order(ctx, ("FAB", "200", "2"), issue=False)
    make_purchase_order(ctx, ("FAB", "100", "2"))
    assert there(ctx) == {
        ("stock.store", True, False): D(120),
        ("purchasing.order", False, False): D(200),
        ("purchasing.order", True, False): D(100),
    }
    assert all(
        isinstance(each, PlanSupply) and isinstance(each.item, Key) for each in gathering.supplies(ctx)
    )
    assert gathering.supplies(ctx)[0].on_hand
    assert there(ctx, materials=()) == {}


@pytest.fixture
def reading(hub: Hub, demo_tenant: TenantInfo) -> Iterator[Ctx]:
    """The demo tenant, for reading."""
    with hub.context(demo_tenant, write=False) as ctx:
        yield ctx


def test_what_was_issued_and_shipped_is_wanted_no_more(reading: Ctx) -> None:
    """The demo company, counted again from the documents' own figures."""
    ids = list(reading.session.scalars(select(Demand.id).where(Demand.state.in_(("draft", "open")))))
    needed = {(d, n.key): n.required for d, found in demands.needs(reading, ids).items() for n in found}
    gone = arrivals.sent(reading, ids)
    left = sum((max(D(0), qty - gone.get(key, D(0))) for key, qty in needed.items()), D(0))
    assert wanted(reading)["need"] == left > 0
    kept = [each for each in gathering.supplies(reading) if each.on_hand and each.meant is not None]
    assert kept
    assert {each.meant.entity for each in kept if each.meant} <= {"outsourcing.order", "orders.order"}
    claimed = [each for each in gathering.supplies(reading) if each.source.entity == "purchasing.order"]
    assert any(each.meant for each in claimed)
    assert all(each.qty > 0 for each in gathering.supplies(reading))


def test_customers_pieces_by_day(ctx: Ctx, sold: Any) -> None:
    (answer,) = [
        a for a in ctx.hooks.promised_pieces(since=sold.ship_date, until=sold.ship_date, styles=None) if a
    ]
    assert sum(answer.values()) == 300
    assert not [
        a for a in ctx.hooks.promised_pieces(since=date(2027, 1, 1), until=date(2027, 2, 1), styles=None) if a
    ]
    assert not [a for a in ctx.hooks.supplied_cells(order_ids=[sold.id]) if a]


def test_as_many_statements_however_many_documents(
    ctx: Ctx, sold: Any, count_queries: Callable[[], Any]
) -> None:
    """plan_demand and plan_supply ask alike for one document of each kind and for three."""
    make_factory_order(ctx, sold)
    make_factory_order(
        ctx, make_order(ctx, ("ST-1", "NVY", "US-LAX", {"S": 5}), customer_po="PO-0"), issue=False
    )
    make_purchase_order(ctx)
    make_purchase_order(ctx, issue=False)
    make_stock(ctx, "FAB", "120")
    forecast(ctx, date(2027, 1, 5), 30)
    ctx.session.commit()
    with count_queries() as one:
        gathering.demands(ctx), gathering.supplies(ctx)
    for n in (2, 3):
        make_factory_order(
            ctx, make_order(ctx, ("ST-1", "NVY", "US-LAX", {"S": 5 * n}), customer_po=f"PO-{n}"), issue=n == 2
        )
        make_purchase_order(ctx, ("FAB", "50", "2"), issue=n == 2)
    ctx.session.commit()
    with count_queries() as many:
        gathering.demands(ctx), gathering.supplies(ctx)
    assert many.count == one.count


def forecast(ctx: Ctx, month: date, qty: int, mix: str = "S-1, M-2, L-1", **more: Any) -> Any:
    """A forecast of navy ST-1, as the form makes it."""
    style, color = make_style(ctx, "ST-1", ("NVY",)), make_color(ctx, "NVY")
    data = {"style": style, "color": color, "month": month, "qty": qty, "mix": mix, "notes": "", **more}
    return save_row(ctx, ctx.registry.get("planning.forecast"), None, data)


def test_a_forecast_is_consumed_by_orders_of_its_month_size_by_size(ctx: Ctx, sold: Any) -> None:
    row = forecast(ctx, sold.ship_date, 600)
    assert row.month == sold.ship_date.replace(day=1)
    assert wanted(ctx) == {"order": D(300), "safety": D(40), "forecast": D(50 + 200 + 50)}
    forecast(ctx, date(2027, 1, 20), 10, "")
    assert wanted(ctx)["forecast"] == 310
    assert wanted(ctx, until=date(2026, 12, 31))["forecast"] == 300


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"month": date(2026, 10, 31)}, "month"),
        ({"mix": "S-1, S-2"}, "mix"),
        ({"mix": "XXL-1"}, "mix"),
        ({"mix": "S"}, "mix"),
    ],
)
def test_a_forecast_that_cannot_be_is_refused_where_it_was_typed(
    ctx: Ctx, sold: Any, data: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        forecast(ctx, **{"month": date(2026, 12, 5), "qty": 10, **data})
    assert {problem.field for problem in refused.value.problems} == {field}
