"""What fails of a plugin is counted by company, kept outside what failed, and not written for each request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from core.api import JobKind, T
from core.data.records import Failure, Job
from core.kernel import failures
from core.kernel.failures import all_failures, count_failures, mark_seen, unseen_failures
from core.testing.declaring import declare_for_test
from core.work import jobs


def broken(*_given: Any) -> Any:
    raise ZeroDivisionError("no courier today")


@pytest.fixture(autouse=True)
def _nothing_noted(hub):
    hub.failures.forget()
    yield
    hub.failures.forget()


@pytest.fixture
def breaks(hub, monkeypatch):
    """``breaks("entity_panels")``: that hook of the couriers fails."""

    def make(hook, function=broken):
        impl = next(i for i in getattr(hub.manager.hook, hook).get_hookimpls() if i.plugin_name == "couriers")
        monkeypatch.setattr(impl, "function", function)

    return make


@pytest.fixture
def kept(hub):
    """``kept(tenant)``: (plugin, part, kind, count) of what is in the database."""

    def read(tenant):
        with hub.context(tenant, write=False) as ctx:
            return [(f.plugin, f.part, f.kind, f.count) for f in all_failures(ctx)]

    return read


PANELS = ("couriers", "hook entity_panels", "ZeroDivisionError")


def test_a_failing_part_is_written_once_a_minute_and_counted_each_time(
    hub, app, tenant, other_tenant, ask, user_of, breaks, kept, count_queries
):
    with hub.context(tenant) as ctx:
        address = f"/samples/request/{ask(ctx).id}"
    client = app.test_client().sign_in(user_of("admin"), tenant)
    breaks("entity_panels")
    assert client.get(address).status_code == 200
    assert kept(tenant) == [(*PANELS, 1)]
    with count_queries() as asked:
        client.get(address)
    assert not [statement for statement in asked.statements if "core_failure" in statement], (
        "a write for each request"
    )
    hub.failures.flush()
    assert kept(tenant) == [(*PANELS, 1)]
    hub.failures.flush(now=True)
    assert kept(tenant) == [(*PANELS, 2)]
    assert kept(other_tenant) == []
    with hub.context(tenant, write=False) as ctx:
        found = all_failures(ctx)[0]
        assert (found.message, found.place.partition(",")[0]) == (
            "ZeroDivisionError: no courier today",
            "test_failures.py",
        )
        assert count_failures(ctx) == {"couriers": 2}


def test_what_was_rolled_back_is_counted_all_the_same(hub, app, tenant, ask, user_of, breaks, kept):
    with hub.context(tenant) as ctx:
        row_id = ask(ctx).id
    breaks("before_transition")
    client = app.test_client().sign_in(user_of("admin"), tenant)
    assert client.post(f"/samples/request/{row_id}/do/stamp", data={"word": "A"}).status_code == 500
    assert kept(tenant) == [("couriers", "hook before_transition", "ZeroDivisionError", 1)]


def test_an_error_that_nobody_foresaw_is_kept_with_its_address(hub, app, tenant, user_of, monkeypatch, kept):
    endpoint, _values = app.url_map.bind("").match("/samples/maker/")
    monkeypatch.setitem(app.view_functions, endpoint, lambda **_given: broken())
    client = app.test_client().sign_in(user_of("admin"), tenant)
    with pytest.raises(ZeroDivisionError):  # handed on in tests
        client.get("/samples/maker/")
    assert kept(tenant) == [("core", "GET /samples/maker/", "ZeroDivisionError", 1)]


def test_a_job_that_is_given_up_blames_who_declared_it(hub, tenant, monkeypatch, kept):
    declare_for_test(hub.registry, monkeypatch, JobKind("couriers.fly", broken, T("Fly"), plugin="couriers"))
    with hub.context(tenant) as ctx:
        job = jobs.enqueue_job(ctx, "couriers.fly", {})
        job.attempts = jobs.ATTEMPTS - 2
    assert jobs.run_due(hub, tenants=[tenant]) == 1
    assert kept(tenant) == [], "it will be tried again"
    with hub.context(tenant) as ctx:
        ctx.session.execute(update(Job).values(run_after=datetime.now(UTC)))
    assert jobs.run_due(hub, tenants=[tenant]) == 1
    assert kept(tenant) == [("couriers", "job couriers.fly", "ZeroDivisionError", 1)]


def test_what_takes_too_long_is_named(hub, tenant, ask, kept, caplog):
    with hub.context(tenant) as ctx:
        row = ask(ctx)
        ctx.hooks._slow = 0.0
        list(ctx.hooks.isolated("entity_panels", entity="samples.request", row=row))
        ctx.hooks.before_transition(entity="samples.request", row=row, action="stamp", data={})
        ctx.hooks.guarded("samples", "column x of samples.request", lambda: 1, 0)
    hub.failures.flush()
    slow = [(plugin, part) for plugin, part, kind, _count in kept(tenant) if kind == failures.SLOW]
    assert {("couriers", "hook entity_panels"), ("couriers", "hook before_transition")} <= set(slow)
    assert ("samples", "column x of samples.request") in slow
    assert "hook entity_panels of plugin couriers took 0.0 s" in caplog.text


def test_seen_until_it_fails_again(hub, tenant):
    hub.failures.note(tenant.id, "couriers", "hook alerts", ValueError("x"))
    hub.failures.flush()
    with hub.context(tenant) as ctx:
        assert mark_seen(ctx, [f.id for f in unseen_failures(ctx)]) == 1
    with hub.context(tenant) as ctx:
        assert unseen_failures(ctx) == []
        assert (count_failures(ctx), all_failures(ctx)[0].seen_by) == ({}, "system")
    hub.failures.note(tenant.id, "couriers", "hook alerts", ValueError("y"))
    hub.failures.flush(now=True)
    with hub.context(tenant, write=False) as ctx:
        assert [(f.message, f.count) for f in unseen_failures(ctx)] == [("ValueError: y", 2)]


def test_nothing_that_was_typed_is_kept(hub, tenant):
    original = Exception("duplicate key value\nDETAIL: Key (email)=(secret@example.org) already exists")
    hub.failures.note(tenant.id, "p", "a", IntegrityError("INSERT secret", {"email": "secret"}, original))
    hub.failures.note(
        tenant.id, "p", "b", OperationalError("SELECT secret", None, Exception("no such table: x"))
    )
    hub.failures.flush()
    with hub.context(tenant, write=False) as ctx:
        said = {f.part: f.message for f in all_failures(ctx)}
    assert said == {"a": "duplicate key value", "b": "no such table: x"}


def test_no_more_is_kept_than_can_be_looked_at(hub, tenant, kept):
    for number in range(failures.MOST_KEPT + 20):
        hub.failures.note(tenant.id, "p", f"part {number}", ValueError("x"))
        hub.failures.flush()
    assert len(kept(tenant)) == failures.MOST_KEPT
    assert ("p", "part 0", "ValueError", 1) not in kept(tenant)
    for number in range(failures.MOST_WAITING + 20):
        hub.failures.note(tenant.id, "p", f"more {number}", ValueError("x"))
    assert len(hub.failures._waiting) == failures.MOST_WAITING
    hub.failures.forget()


def test_what_did_not_fail_for_a_month_is_over(hub, tenant, kept):
    hub.failures.note(tenant.id, "p", "old", ValueError("x"))
    hub.failures.flush()
    with hub.context(tenant) as ctx:
        ctx.session.execute(update(Failure).values(last_at=datetime.now(UTC) - timedelta(days=31)))
    hub.failures.note(tenant.id, "p", "new", ValueError("x"))
    hub.failures.flush()
    assert [part for _plugin, part, _kind, _count in kept(tenant)] == ["new"]


def test_what_cannot_be_written_waits(hub, tenant, kept, monkeypatch):
    def away(*_given: Any) -> Any:
        raise OperationalError("x", None, Exception("database is locked"))

    hub.failures.note(tenant.id, "p", "part", ValueError("x"))
    with monkeypatch.context() as patched:
        patched.setattr(failures, "_keep", away)
        hub.failures.flush()
    assert kept(tenant) == []
    hub.failures.note(tenant.id, "p", "part", ValueError("x"))
    hub.failures.flush(now=True)
    assert kept(tenant) == [("p", "part", "ValueError", 2)]


def test_two_processes_that_note_the_same_count_it_together(hub, tenant, kept):
    other = failures.Failures(hub.engine)
    for each in (hub.failures, other):
        each.note(tenant.id, "p", "part", ValueError("x"))
        each.flush()
    assert kept(tenant) == [("p", "part", "ValueError", 2)]
    with hub.context(tenant, write=False) as ctx:
        assert ctx.session.scalar(select(func.count()).select_from(Failure)) == 1
