"""Taking a plugin out: exported first, of one company or of all, whether its code is there or not; nothing is left of it."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace

import pytest
import sqlalchemy as sa

from core.data import migrate
from core.data.records import AuditEntry
from core.entities import crud
from core.errors import StartError
from core.kernel import enablement
from core.kernel.hub import Hub
from core.testing.databases import engine_name
from core.vault import chain, proof, purge, standings, trail
from plugins.base_files import api as files
from tests.core.vaultworld import fill, goods, rows, run, stored, tamper


@pytest.fixture
def made(new_hub, request):
    """Companies A and B at work with samples and couriers, files and remarks on documents, everything sealed."""
    if engine_name() == "pghash" and "one_company" not in request.function.__name__:
        pytest.skip("the same on unsplit tables, and slow here")
    return fill(new_hub())


def traces(hub: Hub, plugin: str, company: int | None = None) -> dict[str, int]:
    """Rows that name the plugin anywhere but in history, as the database shows them."""
    found = {}
    for table, listed in rows(hub).items():
        if table.startswith(("core_audit", "core_posting", "core_seal", "core_stock")) or table.endswith(
            "_version"
        ):
            continue
        its = [r for r in listed if table.startswith(f"{plugin}_") or any(f"'{plugin}" in cell for cell in r)]
        its = [r for r in its if company is None or r[1] == repr(company)]
        if its:
            found[table] = len(its)
    return found


def code(hub: Hub, which: str) -> int:
    return next(c.id for c in proof.every_company(hub) if c.code == which)


def test_of_one_company_and_the_other_keeps_everything(made, capsys, tmp_path):
    a, b = code(made, "A"), code(made, "B")
    kept, blobs = traces(made, "samples", b), stored(made)
    assert traces(made, "samples", a)
    out = tmp_path / "out.zip"
    done, said, err = run(
        made, capsys, "plugin", "purge", "samples", "--tenant", "A", "--yes", "samples", "--to", out
    )
    assert (done, "couriers is on and require it" in err) == (1, True)
    assert not out.exists()
    assert run(made, capsys, "plugin", "disable", "couriers", "--tenant", "A")[0] == 0
    done, said, err = run(
        made, capsys, "plugin", "purge", "samples", "--tenant", "A", "--yes", "samples", "--to", out
    )
    assert (done, err) == (0, "")
    assert "samples_line: 4 rows" in said
    assert "1 stored files" in said
    assert "Stays as history in core_audit" in said
    assert traces(made, "samples", a) == {}
    assert traces(made, "samples", b) == kept
    assert {name for name in blobs if name not in stored(made)} == {n for n in blobs if n.startswith(f"{a}/")}
    with zipfile.ZipFile(out) as archive:
        lines = archive.read("tables/samples_request.jsonl").splitlines()
        assert len(lines) == 4
        assert json.loads(archive.read("manifest.json"))["purged"] == "samples"
        assert any(n.startswith(f"files/{a}/") for n in archive.namelist())
    made.check_ready()
    for company in proof.every_company(made):
        assert proof.faults(made, company) == []
    with made.context("A") as ctx:  # and again, as if it were new
        enablement.enable_plugin(ctx, "couriers")
        row = crud.save_row(ctx, ctx.registry.get("samples.request"), None, {}, {"lines": []})
        assert row.number.endswith("-0001")
        assert row.id > 4, "an id of the audit trail is never given again"
    chain.seal(made, made.tenant_info("A"))
    assert proof.faults(made, made.tenant_info("A")) == []


@pytest.mark.more
def test_of_all_while_it_is_loaded_and_once_its_code_is_gone(made, capsys, tmp_path):
    assert run(made, capsys, "plugin", "purge", "couriers", "--yes", "couriers")[0] == 0
    done, said, _err = run(made, capsys, "plugin", "purge", "samples", "--yes", "samples")
    assert (done, "Its tables stay, empty, while it is loaded" in said) == (0, True)
    assert traces(made, "samples") == {}
    made.check_ready()
    less = Hub(replace(made.config), (goods,))
    less.address = made.address  # type: ignore[attr-defined]
    _done, said, _ = run(less, capsys, "plugin", "status", "samples")
    assert "samples is not loaded, and 0 rows of it are here" in said
    _done, _said, err = run(less, capsys, "plugin", "purge", "samples", "--yes", "samples")
    assert "table couriers_parcel of 'couriers' refers to its tables" in err
    for name in ("couriers", "samples"):
        done, said, err = run(less, capsys, "plugin", "purge", name, "--yes", name)
        assert (done, err) == (0, "")
    assert "Tables that are gone: samples_maker" in said
    assert [t for t in rows(less) if t.startswith(("samples_", "couriers_"))] == []
    assert "samples" not in {s.name for s in standings.standings(less)}
    for company in proof.every_company(less):
        assert proof.faults(less, company) == []
    less.engine.dispose()


@pytest.mark.more
def test_when_it_comes_again_ids_of_the_trail_are_given_to_nobody(made, capsys):
    """Its tables were dropped and are made anew; numbers begin at one, documents do not."""
    less = Hub(replace(made.config), (goods,))
    for name in ("couriers", "samples"):
        assert run(less, capsys, "plugin", "purge", name, "--yes", name)[0] == 0
    less.engine.dispose()
    done, said, err = run(made, capsys, "db", "upgrade")
    assert (done, "Migrated: samples, couriers." in said) == (0, True), err
    with made.context("A") as ctx:
        enablement.enable_plugin(ctx, "samples")
        row = crud.save_row(ctx, ctx.registry.get("samples.request"), None, {}, {"lines": []})
        assert row.number.endswith("-0001")
        last = sa.select(sa.func.max(AuditEntry.entity_id)).where(AuditEntry.entity == "samples.request")
        assert row.id == ctx.session.scalar(last) > 8


@pytest.mark.more
def test_with_rows_and_without_its_code(made, capsys):
    less = Hub(replace(made.config), (goods,))
    less.address = made.address  # type: ignore[attr-defined]
    found = {s.name: s for s in standings.standings(less) if s.is_left}
    assert set(found) == {"samples", "couriers"}
    assert found["samples"].on == ["A", "B"]
    assert found["samples"].migrations == "left"
    assert {"samples_request", "core_enablement", "core_grant", "core_series", "core_counter", "core_list_item",
            "base_files_attachment", "base_files_remark"} <= set(found["samples"].rows)  # fmt: skip
    for name in ("couriers", "samples"):
        assert run(less, capsys, "plugin", "purge", name, "--yes", name)[0] == 0
        assert traces(less, name) == {}
    with less.context("A", write=False) as ctx:
        entry = ctx.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == purge.PURGE, AuditEntry.number == "samples")
        ).one()
        assert "samples_request" in [c[0] for c in entry.changes]
        history = sa.select(sa.func.count()).where(AuditEntry.entity == "samples.request")
        assert ctx.session.scalar(history.select_from(AuditEntry)) > 0
    less.engine.dispose()


@pytest.mark.more
def test_a_file_that_somebody_else_still_shows_stays(made, capsys):
    """The same content is kept once: another document of the company has it too."""
    with made.context("A") as ctx:
        blob = files.keep_blob(ctx, b"%PDF of A", "application/pdf")
        ctx.session.add(files.Attachment(entity="goods.thing", entity_id=1, file_id=blob.id, filename="b.pdf",
                                         at=ctx.now(), user_name="x"))  # fmt: skip
    before = stored(made)
    for name in ("couriers", "samples"):
        run(made, capsys, "plugin", "purge", name, "--tenant", "A", "--yes", name)
    assert stored(made) == before


def test_what_depends_on_it_is_named(made, capsys):
    with made.context("A") as ctx:
        enablement.disable_plugin(ctx, "couriers")
    a, kept = code(made, "A"), migrate.Base.metadata.tables["couriers_parcel"]
    with made.context("A") as ctx:
        request = ctx.session.raw(
            "SELECT min(id) FROM samples_request WHERE tenant_id = :tenant"
        ).scalar_one()
        filled = {"tenant_id": a, "request_id": request, "waybill": "W-1", "held": False}
        ctx.session.execute(sa.insert(kept).values(filled))
    with pytest.raises(StartError, match="A: 1 rows of 'couriers' in couriers_parcel depend on it"):
        purge.refuse(made, "samples", proof.every_company(made)[:1], whole=False)
    assert run(made, capsys, "plugin", "purge", "base_files", "--yes", "base_files")[0] == 1


def test_another_name_is_no_yes(made, capsys):
    before = rows(made)
    assert run(made, capsys, "plugin", "purge", "couriers", "--yes", "samples")[0] == 1
    assert rows(made) == before


def test_rows_that_no_purge_took_are_still_missed(made, capsys):
    for name in ("couriers", "samples"):
        run(made, capsys, "plugin", "purge", name, "--tenant", "A", "--yes", name)
    with made.context("B", write=False) as ctx:
        assert trail.verify(ctx).faults == []
    tamper(made, "base_files_remark", f"DELETE FROM base_files_remark WHERE tenant_id = {code(made, 'B')}")
    with made.context("B", write=False) as ctx:
        assert [f for f in trail.verify(ctx).faults if "base_files_remark" in f]


def test_status_says_how_each_stands(made, capsys):
    _done, said, _ = run(made, capsys, "plugin", "status", "samples")
    for words in ("up to date samples_0001", "A, B", "rows in samples_request", "rows in core_grant"):
        assert words in said
    found = {s.name: s for s in standings.standings(made)}
    assert found["samples"].rows["samples_request"] == 8
    assert found["samples"].rows["core_series"] == found["samples"].rows["core_counter"] == 2
    assert found["couriers"].rows["core_enablement"] == 2
    assert found["goods"].migrations == "none"
    _done, said, _ = run(made, capsys, "db", "status", "--json")
    assert [s["plugin"] for s in json.loads(said)][:2] == ["core", "base_files"]
    assert run(made, capsys, "plugin", "status", "nobody")[0] == 1
    engine = migrate.owner_engine(made)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE couriers_alembic_version SET version_num = 'couriers_0009'"))
    engine.dispose()
    _done, said, _ = run(made, capsys, "db", "status")
    assert "made by a newer version: install that again" in said
