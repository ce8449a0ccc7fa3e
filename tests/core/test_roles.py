"""Roles are declared by plugins: a tenant is given each once, with the rights it would have had from the beginning."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select

from core.data.models import Enablement, Grant, Role
from core.kernel import enablement
from core.kernel.context import Ctx, TenantInfo
from core.kernel.hub import Hub


@pytest.fixture
def tenant(make_tenant: Callable[..., TenantInfo]) -> TenantInfo:
    return make_tenant(plugins=["samples"])


def rights(ctx: Ctx, code: str) -> set[str]:
    held = (
        select(Grant.permission)
        .join(Role, (Role.id == Grant.role_id) & (Role.tenant_id == Grant.tenant_id))
        .where(Role.code == code)
    )
    return set(ctx.session.scalars(held))


def forget(ctx: Ctx, code: str) -> None:
    """As if the role had been declared only now."""
    role = ctx.session.scalars(select(Role).where(Role.code == code)).one()
    ctx.session.execute(delete(Grant).where(Grant.role_id == role.id))
    ctx.session.delete(role)
    owner = ctx.registry.roles[code].plugin
    row = ctx.session.scalars(select(Enablement).where(Enablement.plugin == owner)).one()
    row.offered = [name for name in row.offered if name != f"role:{code}"]
    ctx.session.flush()


def test_core_brings_the_administrator_alone(hub: Hub, ctx: Ctx) -> None:
    held = set(ctx.session.scalars(select(Role.code)))
    assert held == {"admin", *hub.registry.roles}
    assert {role.plugin for role in hub.registry.roles.values()} == {"base_trade"}


def test_everyone_is_who_is_declared_and_nobody_else(
    hub: Hub, make_tenant: Callable[..., TenantInfo]
) -> None:
    with hub.context(make_tenant(plugins=[])) as ctx:
        ctx.session.add(Role(code="guest", name="Guest", system=False))
        ctx.session.flush()
        enablement.enable_plugin(ctx, "samples")
        assert all("samples.request.view" in rights(ctx, code) for code in hub.registry.roles)
        assert rights(ctx, "guest") == set()


def test_a_role_that_comes_later_has_what_it_would_have_had(ctx: Ctx) -> None:
    before = rights(ctx, "mgr")
    forget(ctx, "mgr")
    taken = "samples.request.view"
    merch = ctx.session.scalars(select(Role.id).where(Role.code == "merch")).one()
    ctx.session.execute(delete(Grant).where(Grant.role_id == merch, Grant.permission == taken))
    assert enablement.sync(ctx) == {"base_trade": ["role:mgr"]}
    assert rights(ctx, "mgr") == before
    assert taken not in rights(ctx, "merch"), "what was taken away from the others stays away"
    assert enablement.sync(ctx) == {}


def test_a_role_that_was_removed_stays_away(ctx: Ctx) -> None:
    role = ctx.session.scalars(select(Role).where(Role.code == "qc")).one()
    ctx.session.execute(delete(Grant).where(Grant.role_id == role.id))
    ctx.session.delete(role)
    ctx.session.flush()
    assert enablement.sync(ctx) == {}
    assert rights(ctx, "qc") == set()


def test_names_come_in_every_language(ctx: Ctx) -> None:
    role = ctx.session.scalars(select(Role).where(Role.code == "wh")).one()
    assert role.names == {"zh_Hant_TW": "倉管", "zh_Hans_CN": "仓管"}
