"""From the question to the promise, over HTTP: kits, shortages, promise dates, a forecast that orders consume."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from core.api import Ctx, EntityRef, run_action, save_row
from plugins.catalog.api import Garment
from plugins.catalog.testing import make_material
from plugins.orders.testing import make_order
from plugins.outsourcing.testing import make_factory_order
from plugins.planning.services import promises, shortages
from plugins.planning.services.kits import analysis
from plugins.planning.services.kits.asking import read_lines
from plugins.planning.services.kits.building import Options
from plugins.purchasing.testing import make_purchase_order
from plugins.stock.testing import make_stock

Client = Callable[..., Any]


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_can_we_make_it_and_by_when(ctx: Ctx, sold: Any, client_as: Client) -> None:
    make_stock(ctx, "FAB", "210")
    draft = make_order(
        ctx, ("ST-1", "NVY", "US-LAX", {"S": 150, "M": 150}), customer_po="PO-2", confirm=False
    )
    number, row_id, first = draft.number, draft.id, sold.number
    client = client_as("merch")
    page = words(client.get("/planning/kits/?what=ST-1+%40NVY,+S-1,+M-2,+L-1&sets=60").text)
    assert "50 sets 200 pieces ✕ 10 short of 60" in page
    assert "50 sets: held back by FAB (for 1 more: 4.2 yd needed)" in page
    assert "bottleneck 4.2000 210 yd 50 42" in page
    address, key = f"/orders/order/{row_id}", "planning-order-panel"
    assert (
        f'data-part="{key}" data-plugin="planning"' in client.get(address).text
    )  # drawn when somebody comes to it
    part = words(client.get(f"{address}?part={key}", headers={"X-Part": "planning"}).text)
    assert (part.strip().startswith("Kit analysis"), "Activity" in part) == (True, False)
    for plugin, other in (("planning", "orders"), ("nobody", key), ("orders", key)):
        assert client.get(f"{address}?part={other}", headers={"X-Part": plugin}).status_code == 404
    page = words(client.get(f"{address}?part={key}").text)  # without script: a page with all of it
    assert part in page
    assert "200 sets ✕ 100 short of 300" in page
    assert "made anew" in page
    page = words(client.get("/planning/kits/orders").text)
    assert first in page
    assert number not in page  # a draft is promised to nobody
    assert "300 198" in page  # complete mixes of three sizes
    for address in (
        "kits/export/csv?what=ST-1",
        "kits/orders/export/csv",
        "promises/?style=ST-1",
        "shortages/",
    ):
        assert client.get(f"/planning/{address}").status_code == 200
    page = words(client.get("/planning/kits/?what=ST-9%0AST-1,+XXL-1&until=soon").text)
    assert "Line 1: There is no style “ST-9”." in page
    assert "Line 2: ST-1 has no size XXL." in page


def test_what_is_short_is_bought_in_one_click(ctx: Ctx, sold: Any, client_as: Client) -> None:
    fo = make_factory_order(ctx, sold)
    make_stock(ctx, "FAB", "100")
    make_purchase_order(ctx, ("FAB", "50", "2"))
    number, row_id = fo.number, fo.id
    (row,) = shortages.shortages(ctx, EntityRef("outsourcing.order", row_id), None)
    assert (row.open, row.free, row.short_now, row.coming, row.short_then, row.state) == (
        315,
        100,
        215,
        50,
        165,
        "short",
    )
    page = client_as("prod").get(f"/planning/shortages/?document={number}").text
    assert "short" in words(page)
    address = f"/outsourcing/order/{row_id}?part=planning-shortage-panel"
    page = words(client_as("purch").get(address, headers={"X-Part": "planning"}).text)
    assert "1 of 1 groups lack something now. Buy what is short" in page
    assert "short 315 215 215" in page
    page = client_as("purch").get(f"/planning/shortages/?document={number}").text
    assert page.count(f"/outsourcing/order/{row_id}/do/buy") == 1
    answer = client_as("merch").get(f"/planning/shortages/export/csv?document={number}")
    assert answer.status_code == 200


def test_an_order_is_promised_what_its_own_factory_order_brings(ctx: Ctx, sold: Any) -> None:
    lines = [(1, sold.ship_date, {Garment(line.order_style.style_id, line.color_id, s.size_id): s.qty for s in line.sizes})
             for line in sold.lines]  # fmt: skip
    ref = EntityRef("orders.order", sold.id)
    (before,) = promises.promise_lines(ctx, lines, ref)
    assert before.made
    make_factory_order(ctx, sold, issue=False)
    (after,) = promises.promise_lines(ctx, lines, ref)
    assert (after.day, after.late, after.made) == (sold.ship_date, 0, False)
    assert promises.promise_lines(ctx, lines, None)[0].made  # for anybody else they are promised


def test_a_forecast_is_typed_and_compared(ctx: Ctx, sold: Any, client_as: Client) -> None:
    day = sold.ship_date.isoformat()
    client = client_as("merch")
    typed = {"style": "ST-1", "color": "NVY", "month": day, "qty": "400", "mix": "S-1, M-2, L-1"}
    for field, value in (("qty", "0"), ("month", "2026-10-01"), ("mix", "Q-1")):
        answer = client.post("/planning/forecast/new", data={**typed, field: value})
        assert answer.status_code == 422
        assert f'id="e-{field}"' in answer.text
    answer = client.post("/planning/forecast/new", data=typed, follow_redirects=True)
    assert "M 200 100 100" in words(answer.text)
    assert "400 300 -100" in words(client.get("/planning/forecast/compare").text)
    assert "300" in client.get("/planning/forecast/compare/export/csv").text


def test_as_many_statements_however_much_it_takes(
    ctx: Ctx, sold: Any, count_queries: Callable[[], Any]
) -> None:
    lines, problems = read_lines(ctx, "ST-1, S-1")
    assert not problems
    with count_queries() as one:
        analysis.analyse(ctx, lines[0].ask, Options())
    make_stock(ctx, "FAB", "100")
    for n in range(3):
        make_order(ctx, ("ST-1", "NVY", "US-LAX", {"S": 5}), customer_po=f"M-{n}")
    ctx.session.commit()
    with count_queries() as first:
        analysis.open_orders(ctx, Options())
    make_order(ctx, ("ST-1", "NVY", "US-LAX", {"M": 5}), customer_po="M-9")
    ctx.session.commit()
    with count_queries() as more:
        analysis.open_orders(ctx, Options())
    assert first.count == more.count
    assert one.count < 20


def test_whom_it_is_meant_for_and_what_others_still_need(ctx: Ctx, sold: Any) -> None:
    make_stock(ctx, "FAB", "105")
    lines, _problems = read_lines(ctx, "ST-1, S-1")
    assert analysis.analyse(ctx, lines[0].ask, Options()).sets == 100
    fo = make_factory_order(ctx, sold)
    assert analysis.analyse(ctx, lines[0].ask, Options()).sets == 100
    assert analysis.analyse(ctx, lines[0].ask, Options(leave=True)).sets == 0
    own = frozenset({EntityRef("outsourcing.order", fo.id)})
    assert analysis.analyse(ctx, lines[0].ask, Options(leave=True, own=own)).sets == 100
    po = make_purchase_order(ctx, ("FAB", "210", "2"), issue=False)
    day = ctx.today()
    assert analysis.analyse(ctx, lines[0].ask, Options(until=day)).sets == 100
    po.required_date = day
    run_action(ctx, ctx.registry.get("purchasing.order"), po, "issue")
    assert analysis.analyse(ctx, lines[0].ask, Options(until=day)).sets == 300


@pytest.mark.once
def test_kits_are_a_reading_for_programs(ctx: Ctx, sold: Any) -> None:
    from plugins.planning.services.told import list_kits

    make_stock(ctx, "FAB", "21")
    (row,) = list_kits(
        ctx,
        {
            "what": "ST-1, S-1",
            "sets": 30,
            "until": None,
            "finished": False,
            "leave": False,
            "substitutes": False,
        },
    )
    assert (row["sets"], row["missing"], row["bottleneck"]) == (20, 10.5, True)


def test_a_substitute_counts_where_that_is_asked(ctx: Ctx, sold: Any) -> None:
    make_stock(ctx, "FAB", "105")
    make_stock(ctx, "ALT", "42")
    rows = {code: make_material(ctx, code) for code in ("FAB", "ALT")}
    values = {"main": rows["FAB"], "by": rows["ALT"], "ratio": Decimal(2), "priority": 10, "strategy": "after_main",
              "valid_from": ctx.today(), "customers": [], "styles": []}  # fmt: skip
    kind = ctx.registry.get("engineering.substitute")
    save_row(ctx, kind, None, values, {child.name: [] for child in kind.children})
    lines, _problems = read_lines(ctx, "ST-1, S-1")
    assert analysis.analyse(ctx, lines[0].ask, Options()).sets == 100
    assert analysis.analyse(ctx, lines[0].ask, Options(substitutes=True)).sets == 120
