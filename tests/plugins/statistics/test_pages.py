"""Somebody looks: from a figure to its documents, as a file, as a reading, without prices, with the plugin off."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.api import Ctx, hookimpl
from core.base_api import TenantInfo
from core.data.models import Grant, Role
from core.kernel import enablement
from core.kernel.hub import Hub
from core.testing.scenes import stage
from plugins.catalog.models import Partner
from plugins.orders.models import CustomerOrder
from plugins.statistics.services.sums import Asked
from plugins.statistics.services.views import table_of
from plugins.statistics.words import GROUPED, VIEWS
from tests.plugins.statistics.conftest import Line, Sale, put

D = Decimal
ONE = Sale("C1", "F1", "SS27", date(2026, 11, 2), "confirmed", "USD", "EUR",
           (Line("A", "NVY", "LAX", "M", 40, D("10"), 60, 0, D("4"), 30, 0, date(2026, 11, 9), 10),
            Line("C", "NVY", "LAX", "M", 5, D("20"), 0)))  # fmt: skip
OTHER = Sale("C2", "F2", "", date(2026, 11, 3), "confirmed", "TWD", "TWD",
             (Line("B", "RED", "HAM", "L", 7, D("300"), 7, 0, D("100")),))  # fmt: skip
SPAN = "from=2026-11-01&to=2026-11-30"
BASE = "/statistics/figures"
Enter = Callable[..., AbstractContextManager[Ctx]]


@stage
def traded(masters: Ctx) -> Ctx:
    """Two orders."""
    put(masters, (ONE, OTHER))
    return masters


def plain(html: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_from_a_figure_to_its_documents(traded: Ctx, client_as: Callable[..., Any]) -> None:
    traded.session.commit()
    page = client_as("mgr")
    shown = page.get(f"{BASE}/sellers?{SPAN}").text
    assert "12,633" in plain(shown), "40 × 10 USD at 31.5837"
    assert "<svg" in shown
    assert (
        'href="/statistics/figures/documents?figure=sold&amp;from=2026-11-01&amp;to=2026-11-30&amp;style=A"'
        in shown
    )
    behind = page.get(f"{BASE}/documents?figure=sold&{SPAN}&style=A").text
    assert "S-0" in behind
    assert "S-1" not in behind
    assert "12,633" in plain(behind)
    none = page.get(f"{BASE}/documents?figure=sold&{SPAN}&season=-").text
    assert "S-1" in none
    assert "S-0" not in none
    sheet = page.get(f"{BASE}/sellers/export/csv?{SPAN}&sort=code").data.decode("utf-8-sig").splitlines()
    assert sheet[1].startswith('"A","Style A","40","12633"')
    assert len(sheet) == 4


@pytest.mark.parametrize(
    ("address", "says"),
    [
        (f"{BASE}/sellers?from=2026-11-30&to=2026-11-01", "The period ends before it begins."),
        (f"{BASE}/sellers?from=yesterday", "yesterday"),
        (f"{BASE}/sellers?customer=NOBODY", "There is nothing called NOBODY."),
    ],
)
def test_what_cannot_be_is_said(traded: Ctx, client_as: Callable[..., Any], address: str, says: str) -> None:
    traded.session.commit()
    reply = client_as("mgr").get(address)
    assert reply.status_code == 422
    assert says in plain(reply.text)


def test_nothing_is_there_where_nothing_is(traded: Ctx, client_as: Callable[..., Any]) -> None:
    traded.session.commit()
    page = client_as("mgr")
    for address in ("nothing", "documents", "documents?figure=nothing", "nothing/export/csv"):
        assert page.get(f"{BASE}/{address}").status_code == 404, address
    assert page.get(f"{BASE}/").headers["Location"].endswith(f"{BASE}/sellers")


def test_without_the_right_to_prices_there_are_no_amounts(
    traded: Ctx, hub: Hub, tenant: TenantInfo, client_as: Callable[..., Any]
) -> None:
    """A storekeeper who may look at statistics sees pieces, in no view an amount, and cannot sort by one."""
    role = traded.session.scalars(select(Role).where(Role.code == "wh")).one()
    traded.session.add(Grant(role_id=role.id, permission="statistics.view"))
    traded.session.commit()
    page = client_as("wh")
    for view in VIEWS:
        shown = page.get(f"{BASE}/{view}?{SPAN}&sort=-value").text
        assert "12,633" not in shown, view
        assert "TWD" not in plain(shown).replace("converted to TWD", ""), view
    assert "take" in plain(page.get(f"{BASE}/profit?{SPAN}").text)


def test_rows_that_are_not_seen_count_nowhere(
    traded: Ctx, ctx_as: Enter, monkeypatch: pytest.MonkeyPatch, hub: Hub
) -> None:
    @hookimpl
    def restrict(ctx: Ctx, entity: str) -> Any:
        mine = select(Partner.id).where(Partner.tenant_id == ctx.session.tenant_id, Partner.code == "C1")
        return CustomerOrder.customer_id.in_(mine) if entity == "orders.order" else None

    traded.session.commit()
    known = enablement.enabled_plugins
    monkeypatch.setattr(enablement, "enabled_plugins", lambda h, s: known(h, s) | {"desk"})
    plugin: Any = type(sys)("desk")
    plugin.restrict = restrict
    hub.manager.register(plugin, name="desk")
    try:
        with ctx_as("mgr") as ctx:
            ctx.scope.show()
            asked = Asked(date(2026, 11, 1), date(2026, 11, 30))
            assert [row.code for row in table_of(ctx, "customers", "", asked).rows] == ["C1"]
            assert [row.code for row in table_of(ctx, "sellers", "style", asked).rows] == ["A", "C"]
            assert [row.code for row in table_of(ctx, "balance", "", asked).rows] == ["S-0"]
            assert [row.code for row in table_of(ctx, "documents", "", asked, "sold").rows] == ["S-0"]
    finally:
        hub.manager.unregister(plugin)


def test_other_companies_count_nowhere(traded: Ctx, make_tenant: Callable[..., TenantInfo], hub: Hub) -> None:
    traded.session.commit()
    with hub.context(make_tenant()) as other:
        for view in VIEWS:
            assert table_of(other, view, "", Asked(date(2026, 11, 1), date(2026, 11, 30))).rows == [], view


@pytest.mark.parametrize("view", VIEWS)
def test_many_lines_ask_what_few_ask(traded: Ctx, count_queries: Callable[..., Any], view: str) -> None:
    """The number of statements depends on neither lines nor groups."""
    asked = Asked(date(2026, 11, 1), date(2026, 11, 30))
    counted = []
    for n in range(2):
        if n:
            put(traded, tuple(replace(s, season=f"X{i}") for i, s in enumerate((ONE, OTHER, ONE, OTHER))), 10)
            traded.session.flush()
        table_of(traded, view, "", asked)  # settings and currencies are known then
        with count_queries() as log:
            for group in GROUPED[view] or ("",):
                table_of(traded, view, group, asked)
        counted.append(log.count)
    assert counted[0] == counted[1]
