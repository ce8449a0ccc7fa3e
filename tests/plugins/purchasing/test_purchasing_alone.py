"""Purchasing with nothing but the catalog: no stock, no receipts, no factory orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.api import get_row
from core.base_api import TenantInfo
from core.kernel.hub import Hub
from plugins.purchasing.services import due, lines
from plugins.purchasing.shown import figures
from tests.plugins.outsourcing.conftest import catalogue, do
from tests.plugins.purchasing.conftest import D, goods, line, order


def test_an_order_lives_without_stock(
    hub: Hub, make_tenant: Callable[..., TenantInfo], client_as: Callable[..., Any]
) -> None:
    info = make_tenant(plugins=["purchasing"])
    with hub.context(info) as ctx:
        assert {p for p in ctx.enabled if not p.startswith("base_")} == {"catalog", "purchasing"}
        catalogue(ctx)
        goods(ctx)
        row = order(ctx)
        lines.save(ctx, row, [line(ctx, "FAB", "100", color="NVY"), line(ctx, "FAB", "50", color="WHT")])
        do(ctx, row, "issue")
        said = figures.order_figures(ctx, row)
        assert (said["progress"], [each["balance"] for each in said["lines"]]) == ("issued", [D(100), D(50)])
        assert [each["allocations"] for each in said["lines"]] == [[], []]
        assert len(due.orders_out(ctx)) == 1
        number = row.id
    client = client_as("purch", of=info)
    page = client.get(f"/purchasing/order/{number}")
    assert page.status_code == 200
    assert "/receiving/" not in page.text
    assert 'name="made_for"' not in client.get("/purchasing/order/new").text
    assert client.get("/purchasing/order/?progress=none").text.count(f"/purchasing/order/{number}") > 0
    assert client.get("/").status_code == 200
    with hub.context(info) as ctx:
        row = get_row(ctx, ctx.registry.get("purchasing.order"), number)
        do(ctx, row, "close")  # nobody receives: people know what came
        assert row.state == "closed"
