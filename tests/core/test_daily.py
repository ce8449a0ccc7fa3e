"""Once a day and tenant: daily jobs are asked for by the worker's clock, for plugins that are on, and only once."""

from __future__ import annotations

from zoneinfo import ZoneInfoNotFoundError

import pytest
from sqlalchemy import func, select

from core.data.records import Job
from core.declare.kinds import JobKind
from core.kernel import enablement
from core.testing.declaring import declare_for_test
from core.text.i18n import T
from core.work import clock as daily

KIND, TIDY = "couriers.sweep", "base_jobs.tidy"


@pytest.fixture
def sweep(hub, monkeypatch):
    job = JobKind(KIND, lambda c, p, g: None, T("Sweep"), "couriers", daily=True)
    declare_for_test(hub.registry, monkeypatch, job)


def asked(hub, tenant, kind=KIND):
    with hub.context(tenant, write=False) as ctx:
        return ctx.session.scalar(select(func.count()).select_from(Job).where(Job.kind == kind))


def test_a_new_day_brings_the_daily_jobs_once(hub, tenant, sweep, monkeypatch):
    clock = daily.Clock(hub)
    clock.tick()
    clock.tick()
    assert asked(hub, tenant) == 1
    daily.Clock(hub).tick()  # another worker on the same day
    assert asked(hub, tenant) == 1
    monkeypatch.setenv("HUB_TODAY", "2026-11-24")
    daily.ask_all(hub)
    assert asked(hub, tenant) == 2


def test_a_plugin_that_is_off_is_left_alone(hub, tenant, sweep):
    with hub.context(tenant) as ctx:
        enablement.disable_plugin(ctx, "couriers")
    daily.ask_all(hub)
    assert (asked(hub, tenant), asked(hub, tenant, TIDY)) == (0, 1)


def test_one_tenant_in_trouble_does_not_stop_the_others(hub, make_tenant, monkeypatch):
    first, second = make_tenant(), make_tenant()
    real = daily.ask

    def ask(ctx):
        if ctx.tenant.id == first.id:
            raise ZoneInfoNotFoundError("Atlantis")
        return real(ctx)

    monkeypatch.setattr(daily, "ask", ask)
    daily.ask_all(hub)
    assert (asked(hub, first, TIDY), asked(hub, second, TIDY)) == (0, 1)
