"""What plugins tell of purchase lines and of what they are bought for, asked as a new plugin would: through the hooks alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import or_, select

from core.api import Ctx, EntityRef, hookimpl
from core.base_api import TenantInfo
from core.kernel import enablement
from core.kernel.hub import Hub
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.stock.models import Demand

MAKES = "outsourcing.order"


@pytest.fixture
def demo(hub: Hub, demo_tenant: TenantInfo) -> Iterator[Ctx]:
    """The demo tenant, for reading."""
    with hub.context(demo_tenant, write=False) as ctx:
        yield ctx


def lines_of(ctx: Ctx) -> list[int]:
    return list(ctx.session.scalars(select(PurchaseLine.id)))


def told(answers: list[Any]) -> dict[Any, Any]:
    """The answers of all plugins in one."""
    found: dict[Any, Any] = {}
    for answer in answers:
        found |= dict(answer or {})
    return found


def test_where_lines_stand_and_what_made_it_so(demo: Ctx) -> None:
    ids = lines_of(demo)
    came = told(demo.hooks.line_positions(line_ids=ids))
    assert came
    assert set(came) < set(ids)
    assert set(told(demo.hooks.line_trails(line_ids=ids))) == set(came)
    # of materials, and of finished goods
    conditions = [c for c in demo.hooks.line_conditions() if c is not None]
    found = or_(*(c.came for c in conditions))
    assert set(demo.session.scalars(select(PurchaseLine.id).where(found))) == set(came)


def test_who_works_with_lines_has_a_page_for_it(demo: Ctx) -> None:
    pages = {asked: [p for p in demo.hooks.lines_page(asked=asked) if p] for asked in ("overdue", "due")}
    assert all(len(found) == 1 and found[0].startswith("/") for found in pages.values())


def test_documents_that_are_bought_for(demo: Ctx) -> None:
    assert MAKES in demo.hooks.each("purpose_kinds")
    assert MAKES in demo.hooks.each("demand_kinds")
    demand = demo.session.scalars(select(Demand).where(Demand.number == "FO-2026-0001")).one()
    ref = EntityRef(MAKES, demand.owner_id)
    assert told(demo.hooks.purposes_called(numbers=["FO-2026-0001", "FO-NONE"])) == {"FO-2026-0001": ref}
    assert set(told(demo.hooks.purpose_problems(purposes=[ref]))) <= {ref}
    assert demo.hooks.each("demand_styles", demand_ids=[demand.id])
    bought = told(demo.hooks.line_purposes(line_ids=lines_of(demo)))
    assert any(purpose.ref == ref for purposes in bought.values() for purpose in purposes)


def test_warnings_are_about_lines_of_the_order(demo: Ctx) -> None:
    for order in demo.session.scalars(select(PurchaseOrder)):
        found = told(demo.hooks.line_warnings(order=order, lines=order.lines))
        assert set(found) <= {line.id for line in order.lines}


def test_lines_that_were_written_and_repriced_are_told(
    hub: Hub, tenant: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []

    @hookimpl
    def lines_written(ctx: Ctx, order: Any, line_ids: Any, purposes: Any) -> None:
        heard.append((order.number, list(line_ids)))

    @hookimpl
    def lines_repriced(ctx: Ctx, prices: Any) -> None:
        heard.append(dict(prices))

    plugin = type(sys)("listening")
    plugin.lines_written, plugin.lines_repriced = lines_written, lines_repriced  # type: ignore[attr-defined]
    monkeypatch.setattr(enablement, "enabled_plugins", lambda h, s: frozenset({"purchasing", "listening"}))
    hub.manager.register(plugin, name="listening")
    try:
        with hub.context(tenant) as ctx:
            ctx.hooks.lines_written(order=PurchaseOrder(number="PM-1"), line_ids=[3], purposes={})
            ctx.hooks.lines_repriced(prices={3: Decimal("1.5")})
    finally:
        hub.manager.unregister(plugin)
    assert heard == [("PM-1", [3]), {3: Decimal("1.5")}]
