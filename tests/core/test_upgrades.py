"""After a new version: companies get what is new, a line for each thing, and their data follows, in steps that are kept."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from core.cli import main
from core.data.models import Enablement, Grant, Series, Tenant
from core.errors import StartError
from core.kernel import enablement, upgrading
from core.vault import upgrade
from tests.thirdparty.couriers.models import Parcel


@pytest.fixture
def tenant(make_tenant):
    return make_tenant(plugins=["couriers"])


def parcels(ctx, ask, *waybills: str) -> None:
    for waybill in waybills:
        ctx.session.add(Parcel(request=ask(ctx), waybill=waybill))
    ctx.session.flush()


def waybills(hub, tenant) -> list[str]:
    with hub.context(tenant, write=False) as ctx:
        return list(ctx.session.scalars(select(Parcel.waybill).order_by(Parcel.id)))


def as_before(ctx, version: str = "0.9") -> None:
    """As a company that the older version was on for."""
    row = ctx.session.scalars(select(Enablement).where(Enablement.plugin == "couriers")).one()
    row.offered = [n for n in row.offered if not n.startswith(upgrading.MARK)] + (
        [f"{upgrading.MARK}{version}"] if version else []
    )
    ctx.session.flush()


def test_who_begins_with_this_version_has_nothing_to_bring_on(hub, tenant):
    with hub.context(tenant) as ctx:
        assert enablement.outdated(ctx) == []
    assert list(upgrade.bring(hub, [tenant])) == []


def test_data_follows_in_steps_and_once(hub, tenant, ask):
    with hub.context(tenant) as ctx:
        parcels(ctx, ask, "a1", "a2", "a3")
        as_before(ctx)
    assert list(upgrade.bring(hub, [tenant])) == [
        f"{tenant.code}: couriers: data brought on from 0.9 (3 steps)"
    ]
    assert waybills(hub, tenant) == ["A1", "A2", "A3"]
    assert list(upgrade.bring(hub, [tenant])) == []


def test_a_step_that_fails_is_said_the_rest_goes_on_and_it_goes_on_there(hub, tenant, other_tenant, ask):
    with hub.context(tenant) as ctx:
        parcels(ctx, ask, "a1", "a2", "a3", "stuck")
        as_before(ctx, "")
    with pytest.raises(StartError) as failed:
        list(upgrade.bring(hub, [tenant, other_tenant]))
    assert f"{tenant.code}: plugin 'couriers'" in str(failed.value)
    assert "was not brought on from before: couriers: ValueError: a waybill that nobody can read" in str(
        failed.value
    )
    assert "goes on where it stopped" in str(failed.value)
    assert waybills(hub, tenant) == ["A1", "A2", "a3", "stuck"]
    with hub.context(tenant) as ctx:
        ctx.session.execute(update(Parcel).where(Parcel.waybill == "stuck").values(waybill="a4"))
    assert list(upgrade.bring(hub, [tenant])) == [
        f"{tenant.code}: couriers: data brought on from before (2 steps)"
    ]
    assert waybills(hub, tenant) == ["A1", "A2", "A3", "A4"]


def test_where_it_was_off_its_data_follows_when_it_comes_back(hub, tenant, ask):
    with hub.context(tenant) as ctx:
        parcels(ctx, ask, "a1", "a2", "a3")
        as_before(ctx)
        enablement.disable_plugin(ctx, "couriers")
    assert list(upgrade.bring(hub, [tenant])) == []
    assert waybills(hub, tenant) == ["a1", "a2", "a3"]
    with hub.context(tenant) as ctx:
        enablement.enable_plugin(ctx, "couriers")
    assert waybills(hub, tenant) == ["A1", "A2", "A3"]


def test_every_new_thing_is_a_line_also_of_a_company_that_is_shut(hub, tenant, capsys):
    with hub.context(tenant) as ctx:
        enablement.switch_part(
            ctx, enablement.part_of("samples", "extra"), True
        )  # brings nothing, stands in no way
        row = ctx.session.scalars(select(Enablement).where(Enablement.plugin == "samples")).one()
        row.offered = [
            n for n in row.offered if n not in ("right:samples.request.send", "series:samples.request")
        ]
        for model, column, name in (
            (Grant, Grant.permission, "samples.request.send"),
            (Series, Series.code, "samples.request"),
        ):
            for each in ctx.session.scalars(select(model).where(column == name)):
                ctx.session.delete(each)
    with hub.platform() as session:
        session.execute(update(Tenant).where(Tenant.id == tenant.id).values(active=False))
    assert main.run(["plugin", "sync"], hub) == 0
    own = [line for line in capsys.readouterr().out.splitlines() if line.startswith(f"{tenant.code}: ")]
    assert own == [
        f"{tenant.code}: samples: right samples.request.send",
        f"{tenant.code}: samples: number series samples.request",
    ]
    assert main.run(["plugin", "sync"], hub) == 0
    assert [
        line for line in capsys.readouterr().out.splitlines() if line.startswith(f"{tenant.code}: ")
    ] == []
