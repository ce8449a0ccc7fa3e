"""Proforma invoices and inventory switched off and on for one company while another keeps them.

What they show and offer is gone and comes back; what they hold stays; buying, receiving and the need go on as if nothing
had happened.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import func, select

from core import ledger
from core.api import Ctx
from core.base_api import TenantInfo
from core.cli import main
from core.data import db
from core.entities import crud
from core.kernel import enablement
from core.kernel.hub import Hub
from core.work import clock as daily
from plugins.catalog.demo import loader
from plugins.stock.services import arrivals, demands
from tests.journeys.steps import RECEIVING, bought, inputs, line_id, receive, submit, table, words

OFF = ("proforma", "inventory")
JERSEY = "FAB-SJ160"
STOCK = "/inventory/stock"


@dataclass
class Office:
    """Addresses of documents of a company in the middle of its work."""

    factory_order: str
    order: str
    line: str
    invoice: str
    material: str
    sold: str

    def pages(self) -> tuple[str, ...]:
        """Every page of the two plugins."""
        views = (
            "main",
            "trim",
            "garments",
            "low",
            "ageing",
            "periods",
            "card?kind=material&id=1",
            "expected?id=1",
        )
        return (
            "/proforma/invoice/",
            self.invoice,
            f"{self.invoice}/pdf/proforma.invoice",
            f"{self.order}/proforma",
            *(f"{STOCK}/{view}" for view in views),
        )


@pytest.fixture
def at_work(
    ordered: str, client_as: Callable[..., Any], ctx_as: Callable[..., AbstractContextManager[Ctx]]
) -> Office:
    """A purchase order received in part, turned into a PI, and 50 kg of it set free again."""
    purch, wh = client_as("purch"), client_as("wh")
    order = bought(purch)
    line = line_id(wh.get(RECEIVING).text, JERSEY)
    receive(wh, "2026-11-10", "DN-1", **{f"lines-{line}-received": "120.5"})
    page = f"{order}/proforma"
    invoice = submit(purch, page, **{**inputs(purch.get(page).text), "lines-0-qty": "310"})
    kept = submit(
        wh, "/stock/document/new?kind=release", kind="release", store="MAIN", owner="FO-2026-0001", cause="priority",
        **{"lines-0-material": JERSEY, "lines-0-color": "NVY", "lines-0-qty": "50"},
    )  # fmt: skip
    submit(wh, f"{kept}/do/post")
    with ctx_as("wh", write=False) as ctx:
        material = crud.get_row(ctx, ctx.registry.get("catalog.material"), JERSEY).id
        sold = crud.get_row(ctx, ctx.registry.get("orders.order"), "SO-2026-0001").id
    return Office(ordered, order, line, invoice, f"/catalog/material/{material}", f"/orders/order/{sold}")


@pytest.fixture
def neighbour(hub: Hub, other_tenant: TenantInfo, client_as: Callable[..., Any]) -> Callable[[], None]:
    """A manager of a company that keeps both plugins all the time, whatever the first one does."""
    with hub.context(other_tenant) as ctx:
        loader.load(ctx, 0)
    keeps = client_as("mgr", other_tenant)

    def check() -> None:
        home = words(keeps.get("/").text)
        assert all(word in home for word in ("Proforma invoices", "Main materials", "Below safety stock"))
        for address in ("/proforma/invoice/", f"{STOCK}/main"):
            assert keeps.get(address).status_code == 200, address

    check()
    return check


def labels(html: str) -> set[str]:
    """What stands on a page between two tags: menu entries, headings, buttons, cells. A part of a sentence is none."""
    return {" ".join(said.split()) for said in re.findall(r">([^<>]+)<", html)}


def rows(ctx: Ctx) -> dict[str, int]:
    """How many rows each table has, but for the record of who switched what and when the clock rang."""
    leave = {"core_tenant_plugin", "core_audit", "core_audit_change", "core_setting", "core_job"}
    found = {}
    for each in db.tenant_tables():
        if each.name not in leave:
            count = select(func.count()).select_from(each).where(each.c.tenant_id == ctx.tenant.id)
            found[each.name] = ctx.session.scalar(count)
    return found


def figures(client: Any, office: Office) -> tuple[dict[str, str], dict[str, str]]:
    """What the need and the purchase line say of the jersey."""
    need = next(
        r
        for r in table(client.get(office.factory_order).text, "Required", "Suggested")
        if JERSEY in r["Material"]
    )
    line = next(
        r for r in table(client.get(office.order).text, "Ordered", "Balance") if JERSEY in r["Material"]
    )
    return need, line


def hub_says(
    capsys: pytest.CaptureFixture[str], hub: Hub, tenant: TenantInfo, *arguments: str
) -> tuple[int, str]:
    """What the command line answers: its code and words."""
    code = main.run([*arguments, "--tenant", tenant.code], hub)
    said = capsys.readouterr()
    return code, said.out + said.err


def demand(number: int, ctx: Ctx) -> list[int]:
    """The demand of a factory order."""
    return list(demands.ids_of(ctx, "outsourcing.order", [number]).values())


def test_switched_off_and_on_for_one_company(
    hub: Hub, office: TenantInfo, at_work: Office, neighbour: Callable[[], None], client_as: Callable[..., Any],
    ctx_as: Callable[..., AbstractContextManager[Ctx]], capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    mgr, wh = client_as("mgr"), client_as("wh")
    number = int(at_work.factory_order.rsplit("/", 1)[1])
    with ctx_as("mgr", write=False) as ctx:
        before = rows(ctx)
        arrived = arrivals.arrived(ctx, demand(number, ctx))
    on = figures(mgr, at_work)
    assert (on[0]["Received"], on[0]["Free stock"].split()[0], on[1]["Balance"]) == ("70.5", "50", "179.5")
    shown = {
        "/": ("Proforma invoices", "Main materials", "Finished goods", "Periods and proof", "Below safety stock"),
        at_work.order: ("Make PI", "PI-2026-0001"),
        at_work.material: ("On hand",),
        "/search?q=PI-2026": ("PI-2026-0001",),
    }  # fmt: skip

    def visible() -> dict[str, list[str]]:
        return {
            address: [w for w in expected if w in labels(mgr.get(address).text)]
            for address, expected in shown.items()
        }

    everything = {address: list(expected) for address, expected in shown.items()}
    assert visible() == everything
    assert [page for page in at_work.pages() if mgr.get(page).status_code not in (200, 404)] == []
    open_pages = [page for page in at_work.pages() if mgr.get(page).status_code == 200]
    assert len(open_pages) >= 10
    code, said = hub_says(capsys, hub, office, "show", "proforma.invoice", "PI-2026-0001", "--json")
    assert (code, json.loads(said)["state"]) == (0, "current")

    with hub.context(office) as ctx:
        for plugin in OFF:
            enablement.disable_plugin(ctx, plugin)

    # gone: pages, buttons, menu, tiles, panels, search, actions on the command line, nightly work
    assert [page for page in at_work.pages() if mgr.get(page).status_code != 404] == []
    assert {address: found for address, found in visible().items() if found} == {}
    for page in (
        at_work.order,
        at_work.factory_order,
        "/",
        "/purchasing/order/",
        at_work.sold,
        at_work.material,
    ):
        reply = mgr.get(page)
        assert reply.status_code == 200, page
        assert "/proforma" not in reply.text, page
        assert "/inventory/" not in reply.text, page
    assert mgr.post(f"{at_work.order}/proforma", data={}).status_code == 404
    for command in (
        ("show", "proforma.invoice", "PI-2026-0001"),
        ("list", "proforma.invoice"),
    ):
        code, said = hub_says(capsys, hub, office, *command)
        assert code != 0, command
        assert "nothing called" in said, said
    with ctx_as("mgr") as ctx:
        assert not ctx.can("proforma.invoice.view")
        assert not ctx.can("inventory.verify")
        assert daily.ask(ctx) >= 1
    neighbour()

    # untouched: nothing is lost, figures are the same, and receiving goes on
    assert figures(mgr, at_work) == on
    with ctx_as("mgr", write=False) as ctx:
        assert rows(ctx) == before
        assert arrivals.arrived(ctx, demand(number, ctx)) == arrived
        assert ledger.verify(ctx, record=False) == []
    receive(wh, "2026-11-12", "DN-2", **{f"lines-{at_work.line}-received": "80"})
    need, line = figures(mgr, at_work)
    assert (need["Received"], line["Balance"]) == (
        "136.67",
        "99.5",
    )  # 186.67 are needed and claimed, 50 of them set free

    with hub.context(office) as ctx:
        for plugin in OFF:
            enablement.enable_plugin(ctx, plugin)

    # back: everything that was there, with what happened meanwhile in its figures
    assert visible() == everything
    assert [page for page in open_pages if mgr.get(page).status_code != 200] == []
    stock = next(
        r for r in table(mgr.get(f"{STOCK}/main").text, "Material", "On hand") if r["Material"] == JERSEY
    )
    assert [stock[k] for k in ("On hand", "Reserved", "Available", "On order")] == [
        "200.5",
        "136.67",
        "63.83",
        "99.5",
    ]
    assert "310" in words(mgr.get(at_work.invoice).text)
    code, _said = hub_says(capsys, hub, office, "show", "proforma.invoice", "PI-2026-0001")
    assert code == 0
    neighbour()
