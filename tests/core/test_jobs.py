"""The outbox: written with the document, leased once, tried again, never lost, run as who asked."""

from __future__ import annotations

import contextlib
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core.data.models import Membership, Tenant
from core.data.records import Job, ListItem
from core.declare.kinds import JobKind
from core.errors import NotFound, Refused
from core.testing.declaring import declare_for_test
from core.text.i18n import T, current_locale
from core.work import jobs
from core.work.asking import Later, enqueue_jobs

KIND = "core.test"


@pytest.fixture
def handler(hub, monkeypatch):
    """``handler(function)`` makes ``function(ctx, payload, progress)`` what the test's jobs do."""

    def use(function):
        declare_for_test(hub.registry, monkeypatch, JobKind(KIND, function, T("Test"), "core"))

    use(lambda ctx, payload, progress: {"n": payload.get("n")})
    return use


@pytest.fixture
def again(hub, tenant):
    """Read a job as it is in the database now."""

    def read(job):
        with hub.context(tenant, write=False) as ctx:
            return jobs.get_job(ctx, job.id)

    return read


@pytest.fixture
def work(hub, tenant):
    """Carry out what is due in this tenant."""

    def run(times=10):
        done = 0
        while done < times and (job := jobs.claim(hub, tenant)):
            jobs.run_one(hub, tenant, job)
            done += 1
        return done

    return run


def ask(ctx_as, **payload):
    with ctx_as("admin") as ctx:
        return jobs.enqueue_job(ctx, KIND, payload, total=10)


def shift(hub, tenant, job, **values):
    with hub.context(tenant) as ctx:
        ctx.session.execute(update(Job).where(Job.id == job.id).values(**values))


def test_a_job_is_done_once(ctx_as, handler, work, again):
    job = ask(ctx_as, n=4)
    assert again(job).status == "waiting"
    assert work() == 1
    assert (again(job).status, again(job).result, again(job).error) == ("done", {"n": 4}, "")
    assert work() == 0


def test_no_work_without_the_document_that_asked_for_it(hub, tenant, handler, work):
    def ask_and_fail():
        with hub.context(tenant) as ctx:
            jobs.enqueue_job(ctx, KIND, {})
            raise RuntimeError("the document was not saved after all")

    with pytest.raises(RuntimeError):
        ask_and_fail()
    assert work() == 0


def test_unknown_work_is_not_taken(ctx):
    with pytest.raises(NotFound):
        jobs.enqueue_job(ctx, "core.unheard_of", {})


def test_it_has_the_rights_and_language_of_who_asked(ctx_as, handler, work, again):
    def look(ctx, payload, progress):
        with progress.write() as inner:
            rights = [ctx.can("samples.request.delete"), inner.can("samples.request.view")]
        return {"who": ctx.user.name, "rights": rights, "locale": [ctx.locale, current_locale()]}

    handler(look)
    with ctx_as("wh", locale="zh_Hans_CN") as ctx:
        job = jobs.enqueue_job(ctx, KIND, {})
        can = [ctx.can("samples.request.delete"), ctx.can("samples.request.view")]
    work()
    assert again(job).result == {"who": "Wh", "rights": can, "locale": ["zh_Hans_CN"] * 2}


def test_who_left_has_no_rights_any_more(hub, tenant, ctx_as, user_of, handler, work, again):
    job = ask(ctx_as)
    with hub.platform() as session:
        session.execute(
            update(Membership).where(Membership.user_id == user_of("admin").id).values(active=False)
        )
    work()
    assert again(job).status == "failed"
    assert "does not work here" in again(job).error


def test_progress_is_seen_while_it_runs(ctx_as, handler, work, again, monkeypatch):
    monkeypatch.setattr(jobs, "QUIET", 0)
    seen = []

    def slow(ctx, payload, progress):
        for n in (3, 7, 10):
            progress(n, 10)
            seen.append((again(job).status, again(job).done, again(job).total))
        return None

    handler(slow)
    job = ask(ctx_as)
    work()
    assert seen == [("running", 3, 10), ("running", 7, 10), ("running", 10, 10)]


def test_a_refusal_is_final_and_says_why(ctx_as, handler, work, again):
    def refuse(ctx, payload, progress):
        raise Refused(
            T("There is no exchange rate for {currency} on {day}.", currency="VND", day="2026-11-23")
        )

    handler(refuse)
    job = ask(ctx_as)
    work()
    assert (again(job).status, again(job).attempts) == ("failed", 1)
    assert "VND" in again(job).error


def test_a_failure_is_tried_three_times_with_growing_pauses(hub, tenant, ctx_as, handler, work, again):
    def fail(ctx, payload, progress):
        with progress.write() as inner:
            inner.session.add(ListItem(list_code="x", code="x", name="left behind?"))
            raise OSError("disk on fire")

    handler(fail)
    job = ask(ctx_as)
    pauses = []
    for _ in range(3):
        assert work() == 1
        now = again(job)
        pauses.append(now.run_after)
        assert work() == 0  # not before its time
        shift(hub, tenant, job, run_after=jobs.moment())
    assert (again(job).status, again(job).attempts) == ("failed", 3)
    assert "(OSError); the log has the details" in again(job).error
    assert pauses[1] - pauses[0] > timedelta(seconds=30)
    with hub.context(tenant) as ctx:
        assert ctx.session.scalars(select(ListItem).where(ListItem.list_code == "x")).all() == []
        jobs.retry_job(ctx, jobs.get_job(ctx, job.id))
    handler(lambda ctx, payload, progress: None)
    work()
    assert again(job).status == "done"


def test_a_worker_that_died_is_replaced_and_cannot_come_back(hub, tenant, ctx_as, handler, again):
    job = ask(ctx_as)
    dead = jobs.claim(hub, tenant)
    assert jobs.claim(hub, tenant) is None  # leased
    shift(hub, tenant, job, lease_until=jobs.moment() - timedelta(seconds=1))
    second = jobs.claim(hub, tenant)
    assert second.attempts == 2
    late = jobs.JobProgress(hub, tenant, None, dead)
    with pytest.raises(jobs.LostLease):
        late(5, 5)
    with pytest.raises(jobs.LostLease), late.write():
        pass
    jobs.run_one(hub, tenant, dead)  # its end is not noted either
    assert again(job).status == "running"
    jobs.run_one(hub, tenant, second)
    assert again(job).status == "done"


def test_what_kills_its_worker_each_time_is_given_up(hub, tenant, ctx_as, handler, again):
    job = ask(ctx_as)
    for _ in range(3):
        assert jobs.claim(hub, tenant)
        shift(hub, tenant, job, lease_until=jobs.moment() - timedelta(seconds=1))
    assert jobs.claim(hub, tenant) is None
    assert again(job).status == "failed"
    assert "each time" in again(job).error


def test_two_workers_never_have_the_same_job(hub, tenant, ctx_as, handler):
    ids = {ask(ctx_as, n=n).id for n in range(12)}
    taken, lock = [], threading.Lock()

    def grab():
        while job := jobs.claim(hub, tenant):
            with lock:
                taken.append(job.id)

    threads = [threading.Thread(target=grab) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    while job := jobs.claim(hub, tenant):  # a thread may have given up while another one held all candidates
        taken.append(job.id)
    assert sorted(taken) == sorted(ids)


def test_a_job_that_another_worker_takes_between_looking_and_leasing(
    hub, tenant, ctx_as, handler, monkeypatch
):
    ask(ctx_as)
    real, others = hub.context, []

    @contextlib.contextmanager
    def context(*given, **options):
        with real(*given, **options) as opened:
            yield opened
        if options.get("write") is False and not others:
            others.append(None)
            others.append(jobs.claim(hub, tenant))

    monkeypatch.setattr(hub, "context", context)
    assert jobs.claim(hub, tenant) is None
    assert others[1] is not None


@pytest.fixture
def alone(hub, tenant):
    """Every other tenant rests meanwhile: what other tests left undone is not carried out first."""
    with hub.platform() as session:
        others = session.scalars(select(Tenant.id).where(Tenant.active, Tenant.id != tenant.id)).all()
        session.execute(update(Tenant).where(Tenant.id.in_(others)).values(active=False))
    yield
    with hub.platform() as session:
        session.execute(update(Tenant).where(Tenant.id.in_(others)).values(active=True))


def test_the_thread_works_until_it_is_stopped(hub, tenant, ctx_as, handler, again, alone):
    worker = jobs.Worker(hub, interval=0.02)
    worker.start()
    try:
        job = ask(ctx_as)
        deadline = time.monotonic() + 120
        while again(job).status != "done" and time.monotonic() < deadline:
            time.sleep(0.02)
        assert again(job).status == "done"
    finally:
        worker.stop()
    assert not worker._thread.is_alive()
    with hub.context(tenant, write=False) as ctx:  # its clock brought the day's work, too
        assert ctx.session.scalar(select(Job.status).where(Job.kind == "base_jobs.tidy")) is not None


def test_another_tenants_job_does_not_exist(hub, other_tenant, ctx_as, handler):
    job = ask(ctx_as)
    with hub.context(other_tenant) as other, pytest.raises(NotFound):
        jobs.get_job(other, job.id)


def test_what_waits_for_somebody_else_is_asked_again_without_counting(
    handler, hub, tenant, ctx_as, work, again
):
    calls = []

    def run(ctx, payload, progress):
        calls.append(ctx.user)
        if len(calls) < 6:
            raise Later(T("Not yet."), timedelta(0))
        return {"n": 7}

    handler(run)
    with ctx_as("merch") as ctx:
        enqueue_jobs(ctx, KIND, [{}])
        job = ctx.session.scalars(select(Job).where(Job.kind == KIND)).one()
    assert work(times=3) == 3
    waits = again(job)
    assert (waits.status, waits.attempts, waits.error) == ("waiting", 0, "Not yet.")
    assert work() == 3
    assert (again(job).status, again(job).result) == ("done", {"n": 7})
    assert set(calls) == {None}  # the system's rights, whoever asked
