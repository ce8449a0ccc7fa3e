"""A company that trades: customer orders, purchases, stock and its views, nobody who makes anything. From a customer order to
goods on their way; and every page there is answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.base_api import TenantInfo
from core.kernel.hub import Hub
from plugins.catalog.demo import loader
from tests.hub_pages import crawl
from tests.journeys.steps import (
    RECEIVING,
    cell,
    inputs,
    line_id,
    link,
    receive,
    refused,
    submit,
    table,
    take_order,
    words,
)

PLUGINS = ["orders", "purchasing", "stock", "inventory"]
STOCK = "/inventory/stock"
JERSEY = "FAB-SJ160"


@pytest.fixture
def trader(hub: Hub, make_tenant: Callable[..., TenantInfo]) -> TenantInfo:
    """The company, with the demo's master data."""
    info = make_tenant(plugins=PLUGINS)
    with hub.context(info) as ctx:
        assert {p for p in ctx.enabled if not p.startswith("base_")} == {
            "catalog", *PLUGINS, "buying", "receiving", "shipping",
        }  # fmt: skip
        loader.load(ctx, 0)
    return info


@pytest.mark.parametrize(
    "whole", [False, pytest.param(True, marks=pytest.mark.more)], ids=["the story", "and every page"]
)
def test_from_a_customer_order_to_a_shipment(
    trader: TenantInfo, client_as: Callable[..., Any], whole: bool
) -> None:
    merch, purch, wh, mgr = (client_as(role, of=trader) for role in ("merch", "purch", "wh", "mgr"))
    sold = take_order(merch, "C01", "HL-1", "ST-2601 @NVY, S-20, M-30", "US-LAX", "2.55")

    # material is bought for stock and comes in part
    lines = submit(
        purch, "/purchasing/order/new", material_class="main", supplier="S01", order_date="2026-11-03",
        required_date="2026-11-20",
    )  # fmt: skip
    typed = {"material": JERSEY, "color": "NVY", "qty": "300", "price": "4"}
    form = inputs(purch.get(lines).text) | {f"lines-0-{name}": value for name, value in typed.items()}
    submit(purch, lines, **form)
    order = lines.removesuffix("/lines")
    submit(purch, f"{order}/do/issue")
    line = line_id(wh.get(RECEIVING).text, JERSEY)
    receive(wh, "2026-11-10", "DN-1", **{f"lines-{line}-received": "120.5"})

    # finished goods are there already: a count brings them in, a reservation keeps them for the order
    count = submit(
        wh, "/stock/document/new?kind=count", kind="count", store="MAIN", day="2026-11-16", cause="opening",
        **{"lines-0-style": "ST-2601", "lines-0-color": "NVY", "lines-0-size": "S", "lines-0-qty": "15",
           "lines-1-style": "ST-2601", "lines-1-color": "NVY", "lines-1-size": "M", "lines-1-qty": "40"},
    )  # fmt: skip
    submit(wh, f"{count}/do/post")
    form = wh.get(link(wh.get(sold).text, "Reserve stock")).text
    assert "Customer order" in form.partition("page-form")[2]  # nothing else keeps stock here
    kept = submit(wh, "/stock/document/new?kind=reserve", **{**inputs(form), "store": "MAIN"})
    submit(wh, f"{kept}/do/fill")
    submit(wh, f"{kept}/do/post")
    assert "RV-2026-0001" in words(wh.get(kept).text)
    assert link(wh.get(kept).text, "SO-2026-0001") == sold
    more = submit(
        wh, "/stock/document/new?kind=reserve", kind="reserve", store="MAIN", owner="SO-2026-0001",
        **{"lines-0-style": "ST-2601", "lines-0-color": "NVY", "lines-0-size": "M", "lines-0-qty": "1"},
    )  # fmt: skip
    assert "the order still needs 0" in refused(wh, f"{more}/do/post")

    # what is there leaves
    made = submit(
        wh, "/shipping/shipment/new", customer_order="SO-2026-0001", destination="US-LAX", store="MAIN", mode="air",
        day="2026-11-23",
    )  # fmt: skip
    page = wh.get(made).text
    shipment = submit(
        wh, made, **{**inputs(page), cell(page, "NVY S"): "10", cell(page, "NVY M"): "30", "_then": "confirm"}
    )
    submit(wh, f"{shipment}/do/ship")

    # the views say so, without figures of factories
    main = wh.get(f"{STOCK}/main").text
    (row,) = table(main, "Material", "On hand")
    assert [row[k] for k in ("Material", "On hand", "Available", "On order")] == [
        JERSEY,
        "120.5",
        "120.5",
        "179.5",
    ]
    assert "At factories" not in main
    assert order.rpartition("/")[2] in wh.get(link(main, "179.5")).text
    (garments,) = table(wh.get(f"{STOCK}/garments").text, "Style", "Total")
    assert [garments[k] for k in ("S", "M", "Total")] == ["5", "10", "15"]
    card = wh.get(link(wh.get(f"{STOCK}/garments?show=reserved").text, "5")).text
    assert [m["Document"] for m in table(card, "Document", "Balance")] == ["SH-2026-0001", "RV-2026-0001"]
    ageing = table(wh.get(f"{STOCK}/ageing?group=garment").text, "Size", "Idle days")
    assert {row["Size"] for row in ageing} == {"S", "M"}
    assert "RL-2026" not in wh.get(sold).text
    returned = submit(
        wh, "/stock/document/new?kind=customer_return", kind="customer_return", store="MAIN", owner="SO-2026-0001",
        cause="defect", quality="good",
    )  # fmt: skip
    submit(wh, f"{returned}/do/fill")
    assert "30" in words(wh.get(returned).text)
    assert crawl(mgr) == [] if whole else mgr.get("/").status_code == 200


def test_every_page_of_its_first_day_answers(trader: TenantInfo, client_as: Callable[..., Any]) -> None:
    client = client_as("wh", of=trader)
    assert crawl(client) == []
    menu = client.get("/").text.partition("<main")[0]
    assert "/stock/document/?kind=count" in menu
    for absent in ("/outsourcing/", "/factory_stock/", "/tna/", "/material_gate/"):
        assert absent not in menu, absent
