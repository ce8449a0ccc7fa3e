"""Old records of work done are cleared, fresh ones and failed ones are kept."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from core.data.records import Idempotency, Job
from core.work import jobs
from plugins.base_jobs.services import clearing


def test_old_records_are_cleared_and_fresh_ones_kept(hub, tenant):
    with hub.context(tenant) as ctx:
        for days in (1, 40):
            ctx.session.add(Idempotency(key=f"k{days}", fingerprint="f", at=ctx.now() - timedelta(days=days)))
        for status, days in (("done", 1), ("done", 100), ("failed", 100)):
            job = jobs.enqueue_job(ctx, clearing.NAME, {"n": f"{status}{days}"})
            ctx.session.flush()
            ctx.session.execute(
                update(Job)
                .where(Job.id == job.id)
                .values(status=status, created_at=ctx.now() - timedelta(days=days))
            )
        jobs.enqueue_job(ctx, clearing.NAME, {"n": "now"})
    while job := jobs.claim(hub, tenant):
        jobs.run_one(hub, tenant, job)
    with hub.context(tenant, write=False) as ctx:
        assert set(ctx.session.scalars(select(Idempotency.key))) == {"k1"}
        left = {j.payload["n"] for j in ctx.session.scalars(select(Job).where(Job.kind == clearing.NAME))}
        assert left == {"done1", "failed100", "now"}
