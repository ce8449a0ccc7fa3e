"""One contract for every plugin: ours, and four of somebody else. What it checks is described in core.kernel.contract."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, inspect, select

from core.data import migrate
from core.data.db import Base
from core.data.models import Grant, Role
from core.declare import hookspecs
from core.declare.declarations import EVERYONE
from core.entities import audit
from core.errors import Refused
from core.kernel import contract, dependencies, enablement
from core.kernel.hub import Hub
from core.kernel.plugins import BASE_GROUP, discover
from core.testing.databases import engine_name, new_database
from core.testing.ground import config_for

DEFAULT = sorted(discover(BASE_GROUP))
SWITCHED = [*sorted(discover()), "samples", "couriers", "pp_sample", "workshop"]
PLUGINS = [*DEFAULT, *SWITCHED]


# only tables look different from engine to engine
PROMISES = [p if p == "migrations" else pytest.param(p, marks=pytest.mark.once) for p in contract.CHECKS]


@pytest.mark.parametrize("promise", PROMISES)
@pytest.mark.parametrize("name", PLUGINS)
def test_promise(hub, name, promise):
    plugin = next(p for p in hub.plugins if p.name == name)
    if promise == "migrations" and engine_name() == "pghash":
        pytest.skip("the same on unsplit tables, and slow here")
    assert list(contract.CHECKS[promise](hub, plugin)) == []


def test_every_hook_of_core_is_documented():
    offered = [f for f in vars(hookspecs).values() if getattr(f, "oem_hub_spec", None) is not None]
    assert len(offered) > 10
    assert [f.__name__ for f in offered if not (f.__doc__ or "").strip()] == []


@pytest.mark.parametrize("name", SWITCHED)
def test_switching_on_and_off(hub, make_tenant, name):
    info = make_tenant(plugins=[])
    cards = {p.name: p.manifest for p in hub.plugins}
    switched = [n for n in cards[name].requires if n not in DEFAULT and not cards[n].bridge]
    sides = switched if cards[name].bridge else [name]
    with hub.context(info) as ctx:
        for (
            side
        ) in sides:  # a bridge has no switch: it comes with the last of its sides and goes with the first
            enablement.enable_plugin(ctx, side)
        needed = {*DEFAULT, *dependencies.required_plugins(hub, name)}
        assert needed | set(dependencies.bridges(hub, needed)) == ctx.enabled
    rights = [p.name for p in hub.registry.permissions.values() if p.plugin == name]
    with hub.context(info) as ctx:
        assert all(ctx.can(r) for r in rights)
        enablement.disable_plugin(ctx, sides[0])
    with hub.context(info) as ctx:
        assert not any(ctx.can(r) for r in rights)
        assert audit.audit_history(ctx, "core.enablement", _switch(ctx, name))[0].action == "disable"


def _standing(hub, roles):
    return hub.registry.roles if roles == EVERYONE else roles


def _switch(ctx, name):
    return ctx.session.scalar(select(enablement.Enablement.id).where(enablement.Enablement.plugin == name))


@pytest.mark.parametrize("name", DEFAULT)
def test_a_default_plugin_is_on_for_every_tenant_and_stays_on(hub, make_tenant, name):
    info = make_tenant(plugins=[])
    rights = {p.name: p.roles for p in hub.registry.permissions.values() if p.plugin == name}
    with hub.context(info) as ctx:
        assert all(ctx.can(r) for r in rights)
        assert enablement.enable_plugin(ctx, name) == []
        assert enablement.sync(ctx) == {}
        with pytest.raises(Refused, match="part of every installation"):
            enablement.disable_plugin(ctx, name)
        granted = select(Grant.permission, Role.code).join(
            Role, (Role.id == Grant.role_id) & (Role.tenant_id == Grant.tenant_id)
        )
        given = {(right, role) for right, role in ctx.session.execute(granted) if right in rights}
        assert given == {(right, role) for right, roles in rights.items() for role in _standing(hub, roles)}


@pytest.mark.parametrize("name", PLUGINS)
def test_screens_are_there_for_those_who_may_and_only_while_it_is_on(hub, make_tenant, client_as, name):
    info = make_tenant(plugins=[name, *dependencies.required_plugins(hub, name)])
    paths = [f"/{e.name.replace('.', '/')}/" for e in hub.registry.entities.values() if e.plugin == name]
    admin, stranger = client_as("admin", of=info), client_as("", of=info)
    for path in paths:
        assert admin.get(path).status_code == 200, path
        assert stranger.get(path).status_code == 403, path
    if name in DEFAULT:
        return
    manifest = next(p.manifest for p in hub.plugins if p.name == name)
    side = next(n for n in manifest.requires if n not in DEFAULT) if manifest.bridge else name
    with hub.context(info) as ctx:
        for other in reversed(dependencies.dependent_plugins(hub, side, ctx.enabled)):
            enablement.disable_plugin(ctx, other)
        enablement.disable_plugin(ctx, side)
    for path in paths:
        assert admin.get(path).status_code == 404, path


@pytest.mark.thorough
def test_every_lineage_goes_down_and_up_again_beside_the_data_of_the_others(hub, tmp_path, worker):
    """Down in reverse order with the demo company inside, one by one, the others untouched; then up again."""
    if engine_name() == "pghash":
        pytest.skip("the same on unsplit tables, and slow here")
    from plugins.base_demo.demo import loader

    extra = [p.module for p in hub.plugins if p.distribution == "given directly"]
    config = replace(config_for(new_database(tmp_path, f"{worker}_down"), tmp_path, hub.config.plugins))
    made = Hub(config, extra)
    migrate.upgrade_database(made)
    info = loader.load(made, loader.AS_OF)
    for name in reversed(made.plugin_names):
        before = _counts(made, info, without=name)
        migrate.downgrade(made, name)
        assert {t for t in inspect(made.engine).get_table_names() if migrate.belongs(t, name)} == set()
        assert _counts(made, info, without=name) == before
    migrate.upgrade_database(made)
    made.check_ready()
    with made.engine.connect() as connection:
        assert {n: d for n in migrate.lineages(made) if (d := migrate.differences(made, n, connection))} == {}
    made.engine.dispose()


def _counts(hub: Hub, info, without: str) -> dict[str, int]:
    present = set(inspect(hub.engine).get_table_names())
    with hub.context(info, write=False) as ctx:
        models = [m.class_ for m in Base.registry.mappers if m.local_table.info.get("tenant")]
        return {
            model.__tablename__: ctx.session.scalar(select(func.count()).select_from(model))
            for model in models
            if model.__tablename__ in present and not migrate.belongs(model.__tablename__, without)
        }
