"""Hooks reach the plugins that are on, with the arguments they declare; a failing display part never takes the page down."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import select

from core.cli import main
from core.declare.page_parts import Panel
from core.entities import transitions
from core.errors import PluginFailed
from core.kernel import enablement
from tests.thirdparty.couriers import plugin as couriers
from tests.thirdparty.samples.models import Request, Stamp

BESIDE = [("base_files", Panel)] * 2
"""The list of files and the form for a remark, which every document has."""


@pytest.fixture
def heard():
    couriers.heard.clear()
    return couriers.heard


@pytest.fixture
def request_entity(hub):
    return hub.registry.get("samples.request")


def test_a_hook_that_does_not_exist_raises(ctx):
    with pytest.raises(AttributeError, match="no hook 'after_transitoin'"):
        ctx.hooks.after_transitoin(entity="x")


def test_unknown_and_missing_arguments_raise(ctx):
    with pytest.raises(TypeError, match=r"unknown \['colour'\], missing \[\]"):
        ctx.hooks.plugins_enabled(plugins=("x",), colour="red")
    with pytest.raises(TypeError, match=r"missing \['plugins'\]"):
        ctx.hooks.plugins_enabled()


def test_only_plugins_that_are_on_are_called(ctx, ask, heard, request_entity):
    row = ask(ctx)
    transitions.run_action(ctx, request_entity, row, "stamp", {"word": "A"})
    assert heard == [("stamped A", row.number), ("stamp", row.number)]
    enablement.disable_plugin(ctx, "couriers")
    transitions.run_action(ctx, request_entity, row, "stamp", {"word": "B"})
    assert len(heard) == 2


def test_a_plugins_own_hook_reaches_those_who_implement_it(ctx, ask, heard, request_entity):
    row = ask(ctx)
    ctx.hooks.sample_stamped(row=row, word="by hand")
    assert heard == [("stamped by hand", row.number)]


def test_display_parts_come_with_their_plugin(ctx, ask):
    row = ask(ctx)
    assert [
        (name, type(part))
        for name, part in ctx.hooks.isolated("entity_panels", entity="samples.request", row=row)
    ] == [("couriers", Panel), *BESIDE]


def test_a_failing_part_is_shown_as_failed_and_logged_with_plugin_hook_and_tenant(ctx, ask, caplog):
    row = ask(ctx, notes="broken panel")
    with caplog.at_level(logging.ERROR):
        parts = list(ctx.hooks.isolated("entity_panels", entity="samples.request", row=row))
    assert [(name, type(error)) for name, error in parts] == [("couriers", ValueError), *BESIDE]
    assert f"hook entity_panels of plugin couriers failed for tenant {ctx.tenant.code}" in caplog.text
    assert "no panel today" in caplog.text  # with its traceback


def test_an_event_that_fails_takes_everything_back(hub, tenant, ask, request_entity):
    with hub.context(tenant) as ctx:
        number = ask(ctx, notes="explode").number
    with pytest.raises(PluginFailed, match="couriers: RuntimeError: .* on fire"), hub.context(tenant) as ctx:  # noqa: PT012
        from core.entities import crud

        transitions.run_action(ctx, request_entity, crud.get_row(ctx, request_entity, number), "send")
    with hub.context(tenant) as ctx:
        from core.entities import audit

        row = crud.get_row(ctx, request_entity, number)
        assert row.state == "draft"
        assert [e.action for e in audit.audit_history(ctx, "samples.request", row.id)] == ["create"]


@pytest.mark.parametrize("hook", ["before_save", "after_save", "before_transition", "after_transition"])
def test_a_plugin_that_fails_at_an_event_is_named_and_nothing_is_saved(
    hook, hub, app, tenant, ctx, ask, user_of, monkeypatch, caplog, capsys
):
    number, row_id = (row := ask(ctx, notes="before")).number, row.id
    ctx.session.commit()
    impl = next(i for i in getattr(hub.manager.hook, hook).get_hookimpls() if i.plugin_name == "couriers")

    def broken(*given):
        raise ZeroDivisionError("no courier today")

    monkeypatch.setattr(impl, "function", broken)
    client = app.test_client().sign_in(user_of("admin"), tenant)
    tail = "edit" if "save" in hook else "do/stamp"
    with caplog.at_level(logging.ERROR):
        reply = client.post(f"/samples/request/{row_id}/{tail}", data={"notes": "after", "word": "A"})
    assert reply.status_code == 500
    assert "couriers failed. Nothing was saved; the log says why." in reply.text
    assert f"hook {hook} of plugin couriers failed for tenant {tenant.code}" in caplog.text
    if "transition" in hook:
        assert main.run(["do", "samples.request.stamp", number, "word=A", "--tenant", tenant.code], hub) == 1
        said = capsys.readouterr().err
        assert "plugin 'couriers'" in said
        assert "failed, and nothing was saved: ZeroDivisionError: no courier today" in said
    with hub.context(tenant) as after:
        assert after.session.scalars(select(Request.notes)).all() == ["before"]
        assert after.session.scalars(select(Stamp.word)).all() == []


def test_parts_of_a_page_share_a_savepoint_until_one_fails(ctx, count_queries, caplog):
    def part(value):
        def read():
            ctx.session.scalars(select(Request.id)).all()
            return 6 // value

        return "couriers", f"part {value}", read

    server = ctx.session.get_bind().dialect.name == "postgresql"
    with count_queries() as log:
        assert ctx.hooks.guarded_all([part(1), part(2), part(3)], None) == [6, 3, 2]
    assert sum(s.startswith("SAVEPOINT") for s in log.statements) == (1 if server else 0)
    assert ctx.failed == set()
    with caplog.at_level(logging.ERROR):
        assert ctx.hooks.guarded_all([part(1), part(0), part(3)], None) == [6, None, 2]
    assert ctx.failed == {"couriers"}
    assert caplog.text.count("part 0 of plugin couriers failed") == 1
    assert ctx.hooks.guarded_all([], None) == []
