"""What was sealed cannot be changed, taken away or put in unseen; and what is written while others seal is sealed next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from core.data import migrate
from core.data.records import AuditEntry, Seal
from core.entities import audit
from core.kernel.hub import Hub
from core.testing.databases import engine_name
from core.vault import chain, heads, proof, trail
from core.work import clock, jobs
from plugins.base_files.models import Attachment, FileBlob, Remark
from plugins.base_jobs.services import trail as daily
from tests.core.vaultworld import fill, run, tamper


@pytest.fixture(autouse=True)
def _slow_on_split_tables(request):
    if engine_name() == "pghash" and "found" in request.function.__name__:
        pytest.skip("the same on unsplit tables, and slow here")


@pytest.fixture
def house(new_hub) -> Hub:
    return fill(new_hub())


def verdict(hub: Hub, code: str = "A", noted=()) -> trail.Verdict:
    with hub.context(code, write=False) as ctx:
        return trail.verify(ctx, noted)


def note(hub: Hub, code: str = "A") -> int:
    with hub.context(code) as ctx:
        audit.record_audit(ctx, "core.note", 1, "note", changes=[("text", None, "“…”")], reason="because")
        ctx.session.flush()
        return ctx.session.scalar(select(func.max(AuditEntry.id)))


def test_everything_of_a_company_is_sealed_once_and_in_batches(house, monkeypatch):
    first = verdict(house)
    sources = {"core_audit", "base_files_remark", "base_files_attachment", "base_files_file"}
    with house.context("A", write=False) as ctx:
        assert {t.name for t in chain.sources(ctx)} == sources
        assert set(ctx.session.scalars(select(Seal.source))) == sources
        rows = sum(
            ctx.session.scalar(select(func.count()).select_from(t).where(t.c.tenant_id == ctx.tenant.id))
            for t in chain.sources(ctx)
        )
        assert ctx.setting("odd") is not None
        assert (first.rows, first.faults, first.unknown) == (rows, [], set())
    assert chain.seal(house, house.tenant_info("A")) == 0
    monkeypatch.setattr(chain, "BATCH", 2)
    for _ in range(5):
        note(house)
    assert chain.seal(house, house.tenant_info("A")) == 5
    again = verdict(house)
    assert (again.rows, again.head[0], again.faults) == (rows + 5, first.head[0] + 3, [])
    assert verdict(house, "B").faults == []


PLANTED = {
    "a row edited": ("core_audit", "UPDATE core_audit SET reason = 'other' WHERE id = {id}", "core_audit {id} was changed"),
    "its details edited": (
        "core_audit", "UPDATE core_audit SET changes = '[]' WHERE id = {id}", "core_audit {id} was changed",
    ),
    "a row removed": ("core_audit", "DELETE FROM core_audit WHERE id = {id}", "core_audit {id} is gone"),
    "a remark edited": (
        "base_files_remark", "UPDATE base_files_remark SET body = 'never' WHERE tenant_id = {tenant}",
        "base_files_remark {remark} was changed",
    ),
    "a file under another name": (
        "base_files_attachment", "UPDATE base_files_attachment SET filename = 'b.pdf' WHERE tenant_id = {tenant}",
        "base_files_attachment {attachment} was changed",
    ),
    "a link edited": (
        "core_seal", "UPDATE core_seal SET rows = '[]' WHERE tenant_id = {tenant} AND seq = 2", "link 2 was changed",
    ),
    "a link removed": (
        "core_seal", "DELETE FROM core_seal WHERE tenant_id = {tenant} AND seq = 2", "links 2 to 2 of the chain are gone",
    ),
    "the first link removed": (
        "core_seal", "DELETE FROM core_seal WHERE tenant_id = {tenant} AND seq = 1", "links 1 to 1 of the chain are gone",
    ),
}  # fmt: skip


DAILY = ("a row edited", "a row removed", "a link removed")
"""A row that is other, one that is not there, and a chain that is not whole; in other tables it is the same statement."""


@pytest.mark.parametrize(
    "planted", [p if p in DAILY else pytest.param(p, marks=pytest.mark.more) for p in PLANTED]
)
def test_what_was_planted_is_found(new_hub, capsys, planted):
    table, sql, words = PLANTED[planted]
    hub = fill(new_hub())
    row = note(hub)
    note(hub)
    tenant = hub.tenant_info("A")
    chain.seal(hub, tenant)
    assert verdict(hub).faults == []
    with hub.context("A", write=False) as ctx:
        ids = {"id": row, "tenant": tenant.id, "remark": ctx.session.scalar(select(Remark.id)),
               "attachment": ctx.session.scalar(select(Attachment.id))}  # fmt: skip
    tamper(hub, table, sql.format(**ids))
    hub.check_ready()  # the triggers are on again: nothing else would tell
    code, out, err = run(hub, capsys, "audit", "verify", "--tenant", "A")
    assert (code, f"A: {words.format(**ids)}" in err) == (1, True), (out, err)
    assert run(hub, capsys, "audit", "verify", "--tenant", "B")[0] == 0
    failed = jobs.enqueue_job
    with hub.context("A") as ctx:
        failed(ctx, daily.NAME, {})
    jobs.run_due(hub, tenants=[hub.tenant_info("A")])
    with hub.context("A", write=False) as ctx:
        job = ctx.session.scalars(select(jobs.Job).where(jobs.Job.kind == daily.NAME)).one()
        assert (job.status, words.format(**ids) in job.error) == ("failed", True)


def test_a_row_put_in_afterwards_is_found(house, monkeypatch):
    monkeypatch.setattr(chain, "SETTLED", timedelta(seconds=-5))  # what is sealed is settled at once
    tenant = house.tenant_info("A")
    row = note(house)
    note(house)
    tamper(house, "core_audit", f"DELETE FROM core_audit WHERE id = {row}")
    chain.seal(house, tenant)
    assert verdict(house).faults == []
    tamper(
        house,
        "core_audit",
        "INSERT INTO core_audit (id, tenant_id, at, user_name, entity, entity_id, number, action, reason) "
        f"VALUES ({row}, {tenant.id}, '2026-11-01 00:00:00', 'Ann', 'core.note', 1, '', 'note', '')",
    )
    assert verdict(house).faults == [f"core_audit {row} was put in afterwards"]


def test_a_chain_that_was_made_anew_is_found_by_the_ends_noted_outside(house, tmp_path, capsys):
    tenant, copy = house.tenant_info("A"), tmp_path / "copy.txt"
    assert proof.prove_trail(house, tenant).faults == []
    assert proof.prove_trail(house, tenant).faults == []
    file = heads.place(house)
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(file.read_text().splitlines()) == 1  # a day and an end once
    copy.write_text(f"2026-11-23 04:00:00 INFO hub audit chain: {file.read_text()}")
    row = note(house)
    chain.seal(house, tenant)
    tamper(
        house,
        "core_audit",
        f"UPDATE core_audit SET user_name = 'x' WHERE id < {row} AND tenant_id = {tenant.id}",
    )
    tamper(house, "core_seal", f"DELETE FROM core_seal WHERE tenant_id = {tenant.id}")
    chain.seal(house, tenant)
    assert verdict(house).faults == []  # by itself it is right
    found = proof.prove_trail(house, tenant)
    assert "is not the one that was noted on 2026-11-23" in found.faults[0]
    file.unlink()
    assert run(house, capsys, "audit", "verify")[0] == 0
    code, _, err = run(house, capsys, "audit", "verify", "--heads", copy)
    assert (code, "is not the one that was noted on 2026-11-23" in err) == (1, True)
    tamper(house, "core_seal", f"DELETE FROM core_seal WHERE tenant_id = {tenant.id}")
    code, _, err = run(house, capsys, "audit", "verify", "--heads", copy)
    assert (code, "the chain ends at link 0, and on 2026-11-23 it had 4: its end is gone" in err) == (1, True)


def test_the_worker_seals_and_two_of_them_do_not_quarrel(house, monkeypatch, capsys):
    note(house)
    clock.Clock(house).tick()
    with house.context("A", write=False) as ctx:
        assert [list(chain.unsealed(ctx, table)) for table in chain.sources(ctx)] == [[], [], [], []]
    note(house)
    before = verdict(house).head
    with monkeypatch.context() as patch:  # another one has added the next link in the meantime
        patch.setattr(chain, "last_link", lambda _ctx: (before[0] - 1, chain.START))
        assert chain.seal(house, house.tenant_info("A")) == 0
    assert chain.seal(house, house.tenant_info("A")) == 1
    assert verdict(house).faults == []
    code, out, _ = run(house, capsys, "audit", "seal")
    assert (code, [line.split()[1] for line in out.splitlines()]) == (0, ["A", "B"])


def test_what_was_begun_before_and_ended_after_a_sealing_is_sealed_next(house):
    if house.config.is_sqlite:
        pytest.skip("there is one writer at a time")
    tenant = house.tenant_info("A")
    with house.context("A") as slow:
        audit.record_audit(slow, "core.note", 1, "slow")
        slow.session.flush()
        note(house)
        assert chain.seal(house, tenant) == 1
        slow.session.commit()
    assert chain.seal(house, tenant) == 1
    assert verdict(house).faults == []


def test_remarks_and_files_are_never_changed_or_deleted_by_the_application(house):
    for model, column in ((Remark, "body"), (FileBlob, "sha256"), (Attachment, "filename")):
        table = model.__tablename__
        for sql in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
            with house.context("A") as ctx:
                with pytest.raises(DatabaseError, match="append-only|permission denied"):
                    ctx.session.raw(f"{sql} WHERE tenant_id = :tenant")
                ctx.session.rollback()
    with house.context("A") as ctx:
        ctx.session.scalars(select(Attachment)).one().removed = True
    house.check_ready()
    assert verdict(house).faults == []
    engine = migrate.owner_engine(house)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()


def test_what_the_product_promises_is_in_the_chain(ctx):
    assert {str(table.name) for table in chain.sources(ctx)} == {
        "base_files_attachment", "base_files_file", "base_files_remark", "core_audit", "material_gate_override",
    }  # fmt: skip
