"""Off means off at once, for one tenant alone; and a check that somebody else's plugin adds to the same hold."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.api import Ctx, Refused
from core.base_api import TenantInfo
from core.kernel import enablement
from core.kernel.hub import Hub
from plugins.outsourcing.models import FactoryOrder
from tests.plugins.material_gate.conftest import Receipts, arrive, gate, issued, of, overrides, short
from tests.plugins.outsourcing.conftest import attempt, do, sold

WORDS = {"override_code": "later_stage", "override_reason": "cartons come before packing"}


# --- off means off -----------------------------------------------------------------------------------------------------


def test_off_means_off_at_once_for_this_tenant_alone(
    mill: Ctx, fo: FactoryOrder, hub: Hub, tenant: TenantInfo, other_tenant: TenantInfo
) -> None:
    receipt = arrive(mill, fo, "LBL M", "100")
    before = short(mill, fo)
    fo_id, tenants = fo.id, (tenant, other_tenant)
    mill.session.commit()
    with hub.context(tenant) as ctx:
        enablement.disable_plugin(ctx, "material_gate")
    with hub.context(other_tenant) as ctx:
        assert "material_gate" in ctx.enabled
    with hub.context(tenants[0]) as ctx, attempt(ctx):
        order = of(ctx, fo_id)
        arrive(ctx, order, "LBL S", "50")  # receipts go on
        do(ctx, order, "start")
        assert order.state == "in_production"
    with hub.context(tenant) as ctx:
        enablement.enable_plugin(ctx, "material_gate")
    with hub.context(tenant) as ctx:
        order = of(ctx, fo_id)
        assert short(ctx, order) == before  # figures are what they were
        with pytest.raises(Refused, match="8 groups of material short"):
            do(ctx, order, "start")
    assert receipt.number


def test_the_other_tenant_is_held(hub: Hub, make_tenant: Callable[..., TenantInfo]) -> None:
    from plugins.stock.services import stores
    from tests.plugins.outsourcing.conftest import catalogue
    from tests.plugins.purchasing.conftest import goods

    states = {}
    for on in (True, False):
        info = make_tenant()
        with hub.context(info) as ctx:
            if not on:
                enablement.disable_plugin(ctx, "material_gate")
        with hub.context(info) as ctx:
            catalogue(ctx)
            goods(ctx)
            stores.seed(ctx)
            order = issued(ctx, sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 1, "M": 1, "L": 1})))
            try:
                do(ctx, order, "start")
            except Refused:
                pass
            states[on] = order.state
    assert states == {True: "issued", False: "in_production"}


# --- checks of other plugins -------------------------------------------------------------------------------------------


@pytest.fixture
def sampled(mill: Ctx, fo: FactoryOrder, complete: Receipts, hub: Hub, tenant: TenantInfo) -> int:
    """Everything has come; somebody else's plugin wants an approved production sample."""
    fo_id = fo.id
    mill.session.commit()
    with hub.context(tenant) as ctx:
        enablement.enable_plugin(ctx, "pp_sample")
    return fo_id


def test_a_failing_check_holds_like_a_short_group(sampled: int, hub: Hub, tenant: TenantInfo) -> None:
    with hub.context(tenant) as ctx:
        fo = of(ctx, sampled)
        found = gate(ctx, fo)
        assert (found.state, found.short, [str(c.label) for c in found.failing]) == (
            "hold",
            (),
            ["Production sample approved"],
        )
        with attempt(ctx), pytest.raises(Refused, match="1 checks not passed"):
            do(ctx, fo, "start")
        fo = of(ctx, sampled)
        do(ctx, fo, "approve_pp_sample", by="Ann")
        assert gate(ctx, fo).state == "open"
        do(ctx, fo, "start")


def test_the_same_override_passes_it(sampled: int, hub: Hub, tenant: TenantInfo) -> None:
    with hub.context(tenant) as ctx:
        fo = of(ctx, sampled)
        do(ctx, fo, "start", **WORDS)
        (row,) = overrides(ctx, fo)
        assert row.checks == [["Production sample approved", "Not approved yet."]]
        assert (row.short, row.state) == (0, "used")


def test_off_it_checks_nothing(sampled: int, hub: Hub, tenant: TenantInfo) -> None:
    with hub.context(tenant) as ctx:
        enablement.disable_plugin(ctx, "pp_sample")
    with hub.context(tenant) as ctx:
        do(ctx, of(ctx, sampled), "start")
