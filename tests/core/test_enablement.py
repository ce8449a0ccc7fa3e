"""A plugin is switched on and off per tenant: with what it needs, at once, on record, and without losing data."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from core.data.models import Enablement, Grant, Series
from core.data.records import ListItem
from core.entities import audit, crud
from core.errors import Denied, NotFound, Refused
from core.kernel import dependencies, enablement, offering, permissions
from tests.thirdparty.couriers import plugin as couriers


@pytest.fixture
def tenant(make_tenant):
    """A tenant with nothing on."""
    return make_tenant(plugins=[])


def on(ctx):
    """What is on or off of what can be switched."""
    rows = ctx.session.scalars(select(Enablement))
    return {row.plugin: row.enabled for row in rows if row.plugin not in ctx.hub.always_on}


def test_what_is_required_is_switched_on_too(ctx):
    assert enablement.enable_plugin(ctx, "couriers") == ["samples", "couriers"]
    assert on(ctx) == {"samples": True, "couriers": True}
    assert ctx.enabled >= {"samples", "couriers"}


def test_or_refused_with_names_where_that_was_not_wanted(ctx):
    with pytest.raises(Refused, match="Couriers needs Samples"):
        enablement.enable_plugin(ctx, "couriers", with_required=False)
    assert on(ctx) == {}


def test_switching_off_is_refused_with_names_while_others_need_it(ctx):
    enablement.enable_plugin(ctx, "couriers")
    with pytest.raises(Refused, match="Samples is needed by Couriers"):
        enablement.disable_plugin(ctx, "samples")
    enablement.disable_plugin(ctx, "couriers")
    enablement.disable_plugin(ctx, "samples")
    assert on(ctx) == {"samples": False, "couriers": False}


def test_twice_is_harmless(ctx):
    enablement.enable_plugin(ctx, "samples")
    before = len(audit.audit_history(ctx, "core.enablement", _row(ctx, "samples").id))
    assert enablement.enable_plugin(ctx, "samples") == []
    enablement.disable_plugin(ctx, "samples")
    enablement.disable_plugin(ctx, "samples")
    assert len(audit.audit_history(ctx, "core.enablement", _row(ctx, "samples").id)) == before + 1


def _row(ctx, plugin):
    return ctx.session.scalars(select(Enablement).where(Enablement.plugin == plugin)).one()


def test_every_switch_is_on_record(ctx, ctx_as):
    with ctx_as("admin") as admin:
        enablement.enable_plugin(admin, "samples")
    entry = audit.audit_history(ctx, "core.enablement", _row(ctx, "samples").id)[0]
    assert (entry.action, entry.number, entry.user_name) == ("enable", "samples", "Admin")


def test_the_first_time_brings_rights_series_and_lists_and_later_times_change_nothing(ctx):
    enablement.enable_plugin(ctx, "samples")

    def brought():
        return (
            ctx.session.scalars(select(Series.pattern).where(Series.code == "samples.request")).all(),
            ctx.session.scalars(select(ListItem.name).where(ListItem.list_code == "samples.note")).all(),
            len(ctx.session.scalars(select(Grant).where(Grant.permission.startswith("samples."))).all()),
        )

    series, notes, grants = brought()
    assert (series, notes) == (["SR-{YYYY}-{0000}"], ["As soon as you can"])
    assert grants > 10
    # what the administrator took away stays away
    ctx.session.delete(
        ctx.session.scalars(select(Grant).where(Grant.permission == "samples.request.send")).one()
    )
    ctx.session.flush()
    enablement.disable_plugin(ctx, "samples")
    enablement.enable_plugin(ctx, "samples")
    assert brought() == (series, notes, grants - 1)


def test_a_switch_works_at_once_and_data_stays(hub, tenant, ctx_as, ask):
    with hub.context(tenant) as ctx:
        enablement.enable_plugin(ctx, "samples")
    with ctx_as("merch") as person:
        number = ask(person).number
    with hub.context(tenant) as ctx:
        enablement.disable_plugin(ctx, "samples")
    with ctx_as("merch") as person:
        assert not person.can("samples.request.view")
        with pytest.raises(Denied):
            ask(person)
    with hub.context(tenant) as ctx:
        assert not ctx.can("samples.request.view")  # not even for the system: the plugin is off
        enablement.enable_plugin(ctx, "samples")
    with ctx_as("merch") as person:
        assert crud.get_row(person, person.registry.get("samples.request"), number).number == number


def test_a_plugin_that_is_not_installed_any_more_is_ignored_and_kept(hub, tenant):
    with hub.context(tenant) as ctx:
        ctx.session.add(Enablement(plugin="gone", enabled=True))
    with hub.context(tenant) as ctx:
        assert "gone" not in ctx.enabled
        assert on(ctx) == {"gone": True}
        for switch in (enablement.enable_plugin, enablement.disable_plugin):
            with pytest.raises(NotFound, match="gone is not installed any more.*hub plugin purge gone"):
                switch(ctx, "gone")


def test_a_plugin_nobody_knows(ctx):
    for switch in (enablement.enable_plugin, enablement.disable_plugin):
        with pytest.raises(NotFound, match="no plugin nothing"):
            switch(ctx, "nothing")


def test_order_of_what_is_needed(hub):
    names = dependencies.required_plugins(hub, "couriers")
    assert names == ["samples", "couriers"]
    assert dependencies.dependent_plugins(hub, "samples", frozenset({"couriers", "samples"})) == ["couriers"]
    assert dependencies.dependent_plugins(hub, "samples", frozenset({"samples"})) == []
    assert hub.plugin_names.index("samples") < hub.plugin_names.index("couriers")


def test_tenants_switch_for_themselves(hub, ctx, make_tenant):
    enablement.enable_plugin(ctx, "samples")
    with hub.context(make_tenant(plugins=[])) as other:
        assert "samples" not in other.enabled


def test_any_number_of_plugins_is_switched_on_with_the_same_statements(hub, ctx, make_tenant, count_queries):
    """Neither sends any in its own hook: what core does does not grow with plugins."""
    with count_queries() as one:
        assert enablement.enable_plugins(ctx, ["samples"]) == ["samples"]
    with hub.context(make_tenant(plugins=[])) as other, count_queries() as both:
        assert enablement.enable_plugins(other, ["couriers"]) == ["samples", "couriers"]
    assert both.count == one.count <= 13, f"{one}\n\n{both}"


def test_all_are_on_before_one_is_told_and_it_is_told_once(ctx):
    couriers.heard.clear()
    enablement.enable_plugins(ctx, ["couriers"])
    assert couriers.heard == [("enabled", ("samples", "couriers", "of", "couriers", "samples"))]


def test_an_upgraded_plugin_gives_what_it_newly_declares_and_nothing_that_was_taken_away(ctx):
    """As after an upgrade: the tenant was offered less than the plugin declares now."""
    enablement.enable_plugin(ctx, "samples")
    right, series, notes = "samples.request.send", "samples.request", "samples.note"

    def grants(name):
        return ctx.session.scalars(select(Grant).where(Grant.permission == name)).all()

    for row in (
        *grants(right),
        *grants("samples.request.stamp"),
        ctx.session.scalars(select(Series).where(Series.code == series)).one(),
        *ctx.session.scalars(select(ListItem).where(ListItem.list_code == notes)),
    ):
        ctx.session.delete(row)
    row = _row(ctx, "samples")
    new = {f"right:{right}", f"series:{series}", f"list:{notes}"}
    row.offered = [name for name in row.offered if name not in new]
    ctx.session.flush()
    assert {name: set(names) for name, names in enablement.sync(ctx).items()} == {"samples": new}
    assert len(grants(right)) == 1
    assert grants("samples.request.stamp") == []  # that was taken away by the administrator
    assert ctx.session.scalars(select(Series.pattern).where(Series.code == series)).all() == [
        "SR-{YYYY}-{0000}"
    ]
    assert len(ctx.session.scalars(select(ListItem).where(ListItem.list_code == notes)).all()) == 1
    assert enablement.sync(ctx) == {}


def test_a_right_told_apart_later_stays_with_whoever_could_do_it(ctx):
    """As after an upgrade: who could see prices still can. A tenant that begins now starts as declared: the store does not."""
    right = "catalog.customer_prices"
    enablement.enable_plugin(ctx, "orders")
    assert permissions.holders(ctx.session, [right]) == {"merch", "purch", "prod", "fin", "mgr"}
    for name in (right, "orders.order.view"):
        ctx.session.execute(delete(Grant).where(Grant.permission == name))
    permissions.seed_grants(ctx.session, {"orders.order.view": ["wh", "fin"]})
    row = _row(ctx, "catalog")
    row.offered = [name for name in row.offered if name != f"right:{right}"]
    ctx.session.flush()
    enablement.sync(ctx)
    assert permissions.holders(ctx.session, [right]) == {"wh", "fin"}


def test_a_default_plugin_that_is_new_comes_to_every_tenant(ctx):
    """As after an upgrade that brought one: the tenant has no row of it, and it is on all the same."""
    row = _row(ctx, "base_trade")
    ctx.session.delete(row)
    ctx.session.flush()
    assert "base_trade" in enablement.enabled_plugins(ctx.hub, ctx.session)
    roles = [f"role:{code}" for code, role in ctx.registry.roles.items() if role.plugin == "base_trade"]
    assert enablement.sync(ctx) == {"base_trade": ["on"]}
    assert set(_row(ctx, "base_trade").offered) == set(roles)
    assert enablement.sync(ctx) == {}


def test_an_upgraded_plugin_that_requires_more_gets_it(ctx):
    ctx.session.add(Enablement(plugin="couriers", enabled=True))
    ctx.session.flush()
    ctx.switch_to(enablement.enabled_plugins(ctx.hub, ctx.session))
    brought = enablement.sync(ctx)
    assert brought["samples"] == ["on"]
    assert any(name.startswith("right:couriers.") for name in brought["couriers"])
    assert on(ctx) == {"samples": True, "couriers": True}


def test_what_is_installed_and_not_loaded_is_told_from_what_is_not_there(ctx, monkeypatch):
    monkeypatch.setattr("core.kernel.plugins.discover", lambda: {"acme_kits": None})
    with pytest.raises(NotFound, match="acme_kits is installed, but not loaded: add it to"):
        enablement.enable_plugin(ctx, "acme_kits")
    with pytest.raises(NotFound, match="There is no plugin acme_kit"):
        enablement.enable_plugin(ctx, "acme_kit")


def test_core_itself_is_offered_like_a_plugin(ctx):
    row = _row(ctx, offering.CORE)
    assert set(row.offered) == set(offering.declared_names(ctx.hub, offering.CORE))
    assert "core" not in ctx.enabled
