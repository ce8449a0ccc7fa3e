"""What is kept of how gates stand equals what receipts, need and stock say, whatever happened; nothing is decided by it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from core.api import Ctx, Refused
from core.base_api import TenantInfo
from core.data.records import Job
from core.kernel import dependencies, enablement
from core.kernel.hub import Hub
from core.work import jobs
from plugins.base_company.services.company import save_settings
from plugins.material_gate.models import Standing
from plugins.material_gate.services import summary
from plugins.material_gate.shown import columns
from plugins.outsourcing.models import FactoryOrder
from tests.plugins.factory_stock.conftest import sent
from tests.plugins.material_gate.conftest import (
    all_but,
    arrive,
    computed,
    demand_of,
    free,
    gate,
    issued,
    keep,
    kept,
    of,
)
from tests.plugins.outsourcing.conftest import do, sized, sold
from tests.plugins.purchasing.conftest import bought, line

AHEAD = {"reason_code": "later_stage", "explanation": "cartons come before packing"}
WORDS = {"override_code": "later_stage", "override_reason": "cartons come before packing"}


def agrees(ctx: Ctx, fo: FactoryOrder, ok: int | None) -> None:
    """The row is there (or, with None, is not), is what is computed, and so many of the groups are complete."""
    row = kept(ctx, fo)
    assert row == computed(ctx, fo)
    assert (row["ok"] if row else None) == ok


def seen(ctx: Ctx, fo: FactoryOrder) -> summary.Seen:
    return summary.of_demands(ctx, [demand_of(ctx, fo)])[demand_of(ctx, fo)]


def work_off(hub: Hub, tenant: TenantInfo) -> None:
    """What a worker would do now: at least one job, and none that fails."""
    done = 0
    while job := jobs.claim(hub, tenant):
        jobs.run_one(hub, tenant, job)
        done += 1
    with hub.context(tenant, write=False) as ctx:
        assert set(ctx.session.scalars(select(Job.status))) == {"done"}
    assert done


def test_through_the_life_of_an_order(mill: Ctx, so: Any) -> None:
    mill.set_setting("outsourcing.fg_over_pct", 50)
    fo = issued(mill, so)
    agrees(mill, fo, 0)
    receipts = all_but(mill, fo, "LBL M", "CTN US-LAX", "CTN DE-HAM")
    agrees(mill, fo, 5)
    do(mill, receipts["BTN"], "reverse", reason="typed twice")
    agrees(mill, fo, 4)
    arrive(mill, fo, "BTN")
    free(mill, "LBL M", "1000")
    agrees(mill, fo, 5)  # free stock belongs to nobody
    keep(mill, fo, "LBL M", "300")
    agrees(mill, fo, 5)
    keep(mill, fo, "LBL M", "6")
    agrees(mill, fo, 6)
    sent(mill, fo, {"material": "LBL", "size": "M", "qty": "306"})
    agrees(mill, fo, 6)
    due = mill.today() + timedelta(days=9)
    bought(mill, line(mill, "CTN", "13", dest="DE-HAM"), supplier="S2", material_class="trim", factory_order=fo,
           required_date=due)  # fmt: skip
    agrees(mill, fo, 6)
    assert (seen(mill, fo).next, seen(mill, fo).opens, seen(mill, fo).unpromised) == (due, due, 1)
    do(mill, fo, "override_gate", **AHEAD)
    agrees(mill, fo, 6)
    assert (seen(mill, fo).overridden, seen(mill, fo).held) == (True, False)
    do(
        mill,
        fo,
        "revise",
        lines=[{"line": 2, "sizes": sized("NVY", S=130, M=100, L=100)}],
        reason="the customer wants more",
    )
    agrees(mill, fo, 3)  # LBL S, FAB NVY and BTN lack a little now
    assert (seen(mill, fo).overridden, seen(mill, fo).held) == (False, True)
    do(mill, fo, "start", **WORDS)
    agrees(mill, fo, 3)
    assert (seen(mill, fo).started, seen(mill, fo).gone) == (True, 0)
    do(mill, receipts["FAB WHT"], "reverse", reason="the wrong colour")
    agrees(mill, fo, 2)
    assert seen(mill, fo).gone == 1
    do(mill, fo, "reopen", reason="not started after all")
    agrees(mill, fo, 2)
    assert seen(mill, fo).held


def test_what_is_not_live_is_not_kept(mill: Ctx, fo: FactoryOrder) -> None:
    agrees(mill, fo, 0)
    do(mill, fo, "withdraw")
    agrees(mill, fo, None)
    assert seen(mill, fo).state == "none"


def test_settings_count_at_once_however_they_were_set(mill: Ctx, fo: FactoryOrder) -> None:
    arrive(mill, fo, "LBL M", "291")
    agrees(mill, fo, 0)
    save_settings(mill, "material_gate", {"tolerance_pct": "5"})  # 306 × 0.95 = 290.7
    agrees(mill, fo, 1)
    mill.set_setting("material_gate.stages", ["packing"])  # past the form: what is kept is of yesterday
    assert kept(mill, fo) != computed(mill, fo)
    assert len(seen(mill, fo).short) == 2
    summary.rebuild(mill)
    agrees(mill, fo, 1)


def test_receipts_while_it_was_off_are_seen_when_it_is_on_again(
    mill: Ctx, fo: FactoryOrder, hub: Hub, tenant: TenantInfo
) -> None:
    arrive(mill, fo, "LBL S")
    fo_id = fo.id
    mill.session.commit()
    with hub.context(tenant) as ctx:
        enablement.disable_plugin(ctx, "material_gate")
    with hub.context(tenant) as ctx:
        arrive(ctx, of(ctx, fo_id), "LBL M")
        row = kept(ctx, of(ctx, fo_id))
        assert row is not None
        assert row["ok"] == 1
    with hub.context(tenant) as ctx:
        enablement.enable_plugin(ctx, "material_gate")
    with hub.context(tenant) as ctx:
        agrees(ctx, of(ctx, fo_id), 2)


def test_what_has_come_is_there_without_the_plugin_that_received_it(
    mill: Ctx, fo: FactoryOrder, hub: Hub, tenant: TenantInfo
) -> None:
    arrive(mill, fo, "LBL S")
    fo_id = fo.id
    mill.session.commit()
    with hub.context(tenant) as ctx:
        users = dependencies.dependent_plugins(hub, "purchasing", ctx.enabled)
        for name in (*reversed(users), "purchasing"):
            enablement.disable_plugin(ctx, name)
    with hub.context(tenant) as ctx:
        assert seen(ctx, of(ctx, fo_id)).ok == 1
        assert kept(ctx, of(ctx, fo_id)) != computed(ctx, of(ctx, fo_id))  # nobody tells what is on order
    work_off(hub, tenant)
    with hub.context(tenant) as ctx:
        agrees(ctx, of(ctx, fo_id), 1)
        for name in ("purchasing", *users):
            enablement.enable_plugin(ctx, name)
        agrees(ctx, of(ctx, fo_id), 1)


@pytest.fixture
def wrong(mill: Ctx, fo: FactoryOrder) -> FactoryOrder:
    """Somebody wrote into the table that everything is there."""
    mill.session.execute(
        update(Standing).where(Standing.demand_id == demand_of(mill, fo)).values(short=[], ok=8, unpromised=0)
    )
    return fo


def test_lists_read_it_and_the_veto_does_not(mill: Ctx, wrong: FactoryOrder) -> None:
    assert columns.badge(seen(mill, wrong)) == columns.badge(summary.Seen(wrong.id, "open"))
    assert gate(mill, wrong).held
    with pytest.raises(Refused, match="8 groups of material short"):
        do(mill, wrong, "start")


def test_the_daily_job_mends_it(mill: Ctx, wrong: FactoryOrder, hub: Hub, tenant: TenantInfo) -> None:
    fo_id = wrong.id
    jobs.enqueue_job(mill, summary.JOB, {})
    mill.session.commit()
    work_off(hub, tenant)
    with hub.context(tenant) as ctx:
        agrees(ctx, of(ctx, fo_id), 0)


def test_only_the_orders_concerned_are_computed(
    mill: Ctx, fo: FactoryOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = issued(mill, sold(mill, ("ST-1", "NVY", "US-LAX", {"S": 5, "M": 5, "L": 5}), po="PO-2"))
    asked: set[int] = set()
    compute = summary.compute

    def noted(ctx: Ctx, ids: Any) -> Any:
        asked.update(ids)
        return compute(ctx, ids)

    monkeypatch.setattr(summary, "compute", noted)
    arrive(mill, other, "LBL S", "5")
    assert asked == {demand_of(mill, other)}
