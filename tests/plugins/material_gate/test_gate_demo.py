"""The demo tenant's gates: figures from the trade's rules and the demo's inputs, not from the program.

FO-2026-0001 needs 26 groups. By 23 November everything has come but the cartons for US-NYC (80) and DE-HAM (100); those
for US-LAX came on the 12th, after the override of the 10th, which therefore shows three destinations.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.api import Ctx, Refused, run_action
from core.base_api import TenantInfo
from core.kernel.hub import Hub
from plugins.material_gate.models import Override
from plugins.material_gate.services.gate import of_document
from plugins.outsourcing.models import FactoryOrder
from tests.plugins.material_gate.conftest import MAKING
from tests.plugins.outsourcing.conftest import attempt


def order(ctx: Ctx, number: str) -> FactoryOrder:
    """A factory order of the demo."""
    return ctx.session.scalars(select(FactoryOrder).where(FactoryOrder.number == number)).one()


def test_first_order_lacks_cartons_for_two_destinations(hub: Hub, demo_tenant: TenantInfo) -> None:
    with hub.context(demo_tenant, write=False) as ctx:
        fo = order(ctx, "FO-2026-0001")
        found = of_document(ctx, MAKING, fo.id)
        assert (len(found.groups), sum(g.ok for g in found.groups)) == (26, 24)
        assert found.state == "hold"
        assert {(g.name.material, g.name.destination, g.short) for g in found.short} == {
            ("CTN", "DE-HAM", Decimal(100)),
            ("CTN", "US-NYC", Decimal(80)),
        }
        assert found.complete_pct is not None
        assert round(found.complete_pct, 2) == Decimal("92.31")
        assert (found.started, found.overridden, found.held) == (True, True, False)


def test_cutting_and_sewing_alone_are_complete(hub: Hub, demo_tenant: TenantInfo) -> None:
    with hub.context(demo_tenant) as ctx, attempt(ctx):
        ctx.set_setting("material_gate.stages", ["cutting", "sewing"])
        fo = order(ctx, "FO-2026-0001")
        found = of_document(ctx, MAKING, fo.id)
        assert (found.state, found.short) == ("open", ())
        assert sum(g.ok for g in found.groups) == 24


def test_second_order_has_two_of_thirty(hub: Hub, demo_tenant: TenantInfo) -> None:
    with hub.context(demo_tenant) as ctx:
        fo = order(ctx, "FO-2026-0002")
        found = of_document(ctx, MAKING, fo.id)
        assert (len(found.groups), sum(g.ok for g in found.groups)) == (30, 2)
        assert (found.state, found.held, found.overridden) == ("hold", True, False)
        with attempt(ctx), pytest.raises(Refused, match="28 groups of material short"):
            run_action(ctx, ctx.registry.entity_for(fo), fo, "start")


def test_a_draft_has_no_gate(hub: Hub, demo_tenant: TenantInfo) -> None:
    with hub.context(demo_tenant, write=False) as ctx:
        fo = order(ctx, "FO-2026-0003")
        assert of_document(ctx, MAKING, fo.id).state == "none"


def test_the_override_shows_what_was_missing_on_its_day(hub: Hub, demo_tenant: TenantInfo) -> None:
    with hub.context(demo_tenant, write=False) as ctx:
        row = ctx.session.scalars(select(Override)).one()
        assert (row.number, row.state, row.user_name) == ("OV-2026-0001", "used", "王建國 Roger Wang")
        assert row.at.astimezone(ctx.zone).isoformat() == "2026-11-10T09:20:00+08:00"
        assert "外箱" in row.reason
        assert {(g.material, g.destination, g.required, g.short) for g in row.groups} == {
            ("CTN", "DE-HAM", 100, 100),
            ("CTN", "US-LAX", 70, 70),
            ("CTN", "US-NYC", 80, 80),
        }
