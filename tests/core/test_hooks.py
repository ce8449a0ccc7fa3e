"""Hooks reach the plugins that are on, with the arguments they declare; a failing display part never takes the page down."""

from __future__ import annotations

import logging

import pytest

from core.declare.page_parts import Panel
from core.entities import transitions
from core.kernel import enablement
from tests.thirdparty.couriers import plugin as couriers

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
    with pytest.raises(RuntimeError, match="on fire"), hub.context(tenant) as ctx:  # noqa: PT012
        from core.entities import crud

        transitions.run_action(ctx, request_entity, crud.get_row(ctx, request_entity, number), "send")
    with hub.context(tenant) as ctx:
        from core.entities import audit

        row = crud.get_row(ctx, request_entity, number)
        assert row.state == "draft"
        assert [e.action for e in audit.audit_history(ctx, "samples.request", row.id)] == ["create"]
