"""Inventory over HTTP: views and what is behind their figures, documents, periods, the proof, rights, the switch."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from sqlalchemy import update

from core import ledger
from core.api import Ctx
from core.base_api import TenantInfo
from core.kernel import dependencies, enablement
from core.kernel.hub import Hub
from core.ledger.tables import Balance
from core.work import clock as daily
from core.work import jobs
from plugins.orders.models import CustomerOrder
from tests.plugins.outsourcing.conftest import catalogue, do
from tests.plugins.purchasing.conftest import bought, came, goods, got, ids, line
from tests.plugins.stock.conftest import fab, fabric, paper, put, shirt, st, take, thread

STOCK = "/inventory/stock"
DOC = "/stock/document"


@pytest.fixture
def full(depot: Ctx) -> Ctx:
    """100 yd of navy came in September, 30 were issued in October; 5 shirts; committed."""
    put(depot, fabric(depot, lot="A"), "100", on=date(2026, 9, 1))
    take(depot, fabric(depot, lot="A"), "30", on=date(2026, 10, 1))
    put(depot, shirt(depot), "5", kind="goods_in", on=date(2026, 11, 2))
    depot.session.commit()
    return depot


def links(html: str) -> dict[str, str]:
    """Text of each link → its address (the last one wins)."""
    return {
        text: unescape(href) for href, text in re.findall(r'<a[^>]*href="([^"]+)"[^>]*>([^<]+)</a>', html)
    }


def test_each_figure_opens_its_movements(full: Ctx, client_as: Callable[..., Any]) -> None:
    merch = client_as("merch")
    page = merch.get(f"{STOCK}/main")
    assert page.status_code == 200
    found = links(page.text)
    for figure, words in (("70", ("100", "Receipt", "70 yd")), ("30", ("30 yd",))):
        opened = merch.get(found[figure])
        assert opened.status_code == 200
        for word in words:
            assert word in opened.text
    past = merch.get(f"{STOCK}/main?on=2026-09-30")
    assert "As it was at the end of 2026-09-30" in past.text
    assert "100 yd" in merch.get(links(past.text)["100"]).text
    goods = merch.get(f"{STOCK}/garments")
    assert "ST-1" in goods.text
    assert "5 pcs" in merch.get(links(goods.text)["5"]).text


@pytest.mark.parametrize(
    ("address", "status"),
    [("main?on=yesterday", 422), ("card?kind=material&id=999999", 404), ("card?kind=spoon&id=1", 404),
     ("card?kind=material&id=1&show=all", 404), ("expected?id=999999", 404), ("main?page=99", 200), ("low", 200),
     ("ageing", 200), ("ageing?group=garment&class=slow", 200), ("garments?show=nonsense", 200), ("periods", 200),
     ("trim?q=%25", 200), ("", 302)],
)  # fmt: skip
def test_odd_addresses(full: Ctx, client_as: Callable[..., Any], address: str, status: int) -> None:
    assert client_as("wh").get(f"{STOCK}/{address}").status_code == status


def test_no_page_carries_inline_style_or_script(full: Ctx, client_as: Callable[..., Any]) -> None:
    wh = client_as("wh")
    card = links(wh.get(f"{STOCK}/main").text)["70"]
    for address in (
        f"{STOCK}/main",
        f"{STOCK}/garments",
        f"{STOCK}/ageing",
        f"{STOCK}/periods",
        card,
        f"{DOC}/new?kind=count",
        "/?tab=inventory",
    ):
        text = wh.get(address).text
        assert "<svg" in text or address != card
        assert not re.search(r'\sstyle="|\son\w+="|<style|<script(?![^>]*nonce)', text), address


def test_closing_reopening_and_the_proof(full: Ctx, client_as: Callable[..., Any], hub: Hub) -> None:
    fin, mgr, merch = client_as("fin"), client_as("mgr"), client_as("merch")
    assert merch.post(f"{STOCK}/periods/close", data={"until": "2026-10-31"}).status_code == 403
    wrong = fin.post(f"{STOCK}/periods/close", data={"until": "2026-12-31"})
    assert wrong.status_code == 422
    assert "when it is over" in wrong.text
    assert fin.post(f"{STOCK}/periods/close", data={"until": "soon"}).status_code == 422
    assert fin.post(f"{STOCK}/periods/close", data={"until": "2026-10-31"}).status_code == 302
    assert "2026-10-31" in fin.get(f"{STOCK}/periods").text
    assert fin.post(f"{STOCK}/periods/reopen", data={"until": "2026-10-31", "reason": "x"}).status_code == 403
    assert mgr.post(f"{STOCK}/periods/reopen", data={"until": "2026-10-31", "reason": " "}).status_code == 422
    assert (
        mgr.post(f"{STOCK}/periods/reopen", data={"until": "2026-10-31", "reason": "late slip"}).status_code
        == 302
    )
    assert "Never verified" in fin.get(f"{STOCK}/periods").text
    asked = fin.post(f"{STOCK}/verify")
    assert asked.status_code == 302
    assert asked.location.startswith("/jobs/")
    jobs.run_due(hub, tenants=[full.tenant])
    shown = fin.get(f"{STOCK}/periods").text
    assert "No difference" in shown
    assert "Fin" in shown
    with hub.context(full.tenant, write=False) as ctx:
        proof = ledger.last_verified(ctx)
        assert proof is not None
        assert (proof.faults, proof.by) == (0, "Fin")


def night(hub: Hub, tenant: TenantInfo) -> None:
    """What a worker does when a new day begins."""
    with hub.context(tenant) as ctx:
        assert daily.ask(ctx) > 0
    while jobs.run_due(hub, tenants=[tenant]):
        pass


def test_every_night_the_figures_are_proved_and_each_view_says_so(
    full: Ctx, client_as: Callable[..., Any], hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    full.session.commit()
    wh = client_as("wh")
    views = (
        "main",
        "trim",
        "garments",
        "low",
        "ageing",
        "periods",
        links(wh.get(f"{STOCK}/main").text)["70"],
    )
    addresses = [v if v.startswith("/") else f"{STOCK}/{v}" for v in views]
    assert [a for a in addresses if "Never verified" not in wh.get(a).text] == []
    night(hub, full.tenant)
    for address in addresses:
        shown = wh.get(address).text
        assert "No difference" in shown, address
        assert "Last verified at 2026-11-23" in shown, address
        assert "by the system" in shown, address
    # the next night finds what somebody changed behind the hub's back, and says so everywhere
    with hub.context(full.tenant) as ctx:
        ctx.session.execute(
            update(Balance).where(Balance.tenant_id == full.tenant.id).values(qty=Balance.qty + 1)
        )
    monkeypatch.setenv("HUB_TODAY", "2026-11-24")
    night(hub, full.tenant)
    assert [a for a in addresses if "No difference" in wh.get(a).text or "faults" not in wh.get(a).text] == []


def test_the_hub_page_says_what_is_short(full: Ctx, client_as: Callable[..., Any]) -> None:
    take(full, fabric(full, lot="A"), "30")
    full.session.commit()
    page = client_as("wh").get("/?tab=inventory").text
    assert "1 materials are below their safety stock: FAB" in page
    assert "Latest movements" in page


def test_nobody_sees_another_company(
    full: Ctx, other_tenant: TenantInfo, client_as: Callable[..., Any]
) -> None:
    row = paper(full, "count", fab(full, "70", lot="A"))
    item = fabric(full)
    full.session.commit()
    stranger = client_as("mgr", other_tenant)
    assert stranger.get(f"{DOC}/{row.id}").status_code == 404
    assert stranger.post(f"{DOC}/{row.id}/do/post").status_code == 404
    assert stranger.get(f"{STOCK}/card?kind=material&id={item.id}&color={item.color_id}").status_code == 404
    assert "FAB" not in stranger.get(f"{STOCK}/main").text


def test_switched_off_for_one_and_on_again(
    full: Ctx,
    so: CustomerOrder,
    tenant: TenantInfo,
    other_tenant: TenantInfo,
    client_as: Callable[..., Any],
    hub: Hub,
) -> None:
    do(full, paper(full, "reserve", st(full, "3"), owner=so.number), "post")
    draft = paper(full, "count", fab(full, "70", lot="A"))
    full.session.commit()
    wh, others = client_as("wh"), client_as("mgr", other_tenant)
    addresses = (f"{STOCK}/main", f"{STOCK}/periods", f"{STOCK}/garments", f"{STOCK}/ageing")
    with hub.context(tenant) as ctx:
        enablement.disable_plugin(ctx, "inventory")
    for address in addresses:
        assert wh.get(address).status_code == 404, address
    home = wh.get("/").text
    assert "/inventory/" not in home
    assert "safety stock" not in home
    order = wh.get(f"/orders/order/{so.id}")
    assert order.status_code == 200
    assert "Reserve stock" in order.text  # documents belong to stock: they stay, without the way to a card
    assert "/inventory/" not in order.text + wh.get(f"{DOC}/{draft.id}").text
    assert others.get(f"{STOCK}/main").status_code == 200
    with hub.context(tenant) as ctx:  # stock moves on, what was kept stays kept
        put(ctx, fabric(ctx), "4")
        assert ledger.balance(ctx, shirt(ctx), ledger.Place("reserved", 0)) == 0
        assert sum(ledger.balances(ctx, place_kinds=["reserved"]).values()) == 3
        enablement.enable_plugin(ctx, "inventory")
    for address in addresses:
        assert wh.get(address).status_code == 200, address
    assert "/inventory/stock/card" in wh.get(f"/orders/order/{so.id}").text
    assert "/inventory/stock/card" in wh.get(f"{DOC}/{draft.id}").text
    assert wh.post(f"{DOC}/{draft.id}/do/post").status_code == 302


def test_pages_ask_the_database_as_often_for_many_rows(
    full: Ctx, client_as: Callable[..., Any], count_queries: Callable[[], Any]
) -> None:
    wh = client_as("wh")
    card = links(wh.get(f"{STOCK}/main").text)["70"]
    addresses = (f"{STOCK}/main", f"{STOCK}/garments", f"{STOCK}/ageing", card)

    def count() -> list[int]:
        found = []
        for address in addresses:
            wh.get(address)
            with count_queries() as log:
                assert wh.get(address).status_code == 200
            found.append(log.count)
        return found

    first = count()
    for n in range(10):
        put(full, fabric(full, "WHT", lot=str(n)), "1")
        put(full, fabric(full, lot="A"), "1")
        put(full, shirt(full, "M", "WHT"), "1", kind="goods_in")
        put(full, thread(full), "1")
    full.session.commit()
    assert count() == first
    assert max(first) < 40, first


def test_what_is_on_order_opens_its_orders_and_goes_with_purchasing(
    ctx: Ctx, tenant: TenantInfo, client_as: Callable[..., Any], hub: Hub
) -> None:
    catalogue(ctx)
    goods(ctx)
    first = bought(ctx, line(ctx, "FAB", "100", color="NVY"))
    bought(ctx, line(ctx, "FAB", "50", color="NVY"))
    came(ctx, first, got(ids(ctx, first)[0], "40"))
    ctx.session.commit()
    wh = client_as("wh")
    page = wh.get(f"{STOCK}/main").text
    assert ">On order<" in page
    # 60 m and 50 m still to come, 1.093613 yd each
    opened = wh.get(links(page)["120.3"])
    assert opened.status_code == 200
    for part in ("65.62", "54.68", first.number):
        assert part in opened.text, part
    assert "120.3" not in wh.get(f"{STOCK}/main?on=2026-11-22").text
    with hub.context(tenant) as inner:
        for plugin in (
            *reversed(dependencies.dependent_plugins(hub, "purchasing", inner.enabled)),
            "purchasing",
        ):
            enablement.disable_plugin(inner, plugin)
    off = wh.get(f"{STOCK}/main")
    assert off.status_code == 200
    assert ">On order<" not in off.text
    assert "43.74" in off.text  # what came stays
    assert wh.get(f"{STOCK}/expected?id=1").status_code == 404


def exported(client: Any, address: str) -> list[dict[str, str]]:
    reply = client.get(f"{STOCK}/{address}")
    assert reply.status_code == 200, reply.text
    return list(csv.DictReader(io.StringIO(reply.data.decode("utf-8-sig"))))


def test_views_are_sorted_and_taken_away_as_they_are_shown(full: Ctx, client_as: Callable[..., Any]) -> None:
    put(full, thread(full), "7", on=date(2026, 9, 2))
    full.session.commit()
    merch = client_as("merch")
    assert [(r["Material"], r["On hand"], r["Unit"]) for r in exported(merch, "main/export/csv")] == [
        ("FAB", "70", "yd")
    ]
    assert [r["On hand"] for r in exported(merch, "main/export/csv?on=2026-09-30")] == ["100"]
    assert exported(merch, "main/export/csv?q=nothing") == []
    pieces = exported(merch, "garments/export/csv")
    assert [(r["Style"], r["Total"]) for r in pieces] == [(pieces[0]["Style"], "5")]
    card = (
        links(merch.get(f"{STOCK}/main").text)["70"]
        .removeprefix(STOCK)
        .lstrip("/")
        .replace("card?", "card/export/csv?")
    )
    assert [(r["Change"], r["Balance"]) for r in exported(merch, card)] == [("-30", "70"), ("100", "100")]
    aged = exported(client_as("wh"), "ageing/export/csv?group=main&sort=-days")
    assert [r["Idle days"] for r in aged] == sorted((r["Idle days"] for r in aged), reverse=True, key=int)
    assert not any("value" in name.lower() for name in aged[0])
    worth = exported(client_as("fin"), "ageing/export/csv?group=main")
    assert any(name.startswith("Stock value") for name in worth[0])
    assert merch.get(f"{STOCK}/periods/export/csv").status_code == 404
    assert merch.get(f"{STOCK}/main/export/doc").status_code == 404
    page = merch.get(f"{STOCK}/main?sort=-on_hand")
    assert 'aria-sort="descending"' in page.text
    assert ">70<" in page.text
