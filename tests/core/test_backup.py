"""A backup restores: row by row, file by file, on either engine; what was cut off or changed is refused with its place."""

from __future__ import annotations

import random
import shutil
import zipfile
from decimal import Decimal as D
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy as sa
from sqlalchemy import text

from core.api import Manifest, T
from core.data import migrate
from core.data.models import User
from core.data.tenancy import TenantSession
from core.entities import crud
from core.errors import StartError
from core.kernel import accounts
from core.kernel.hub import Hub
from core.testing.databases import engine_name, new_database
from core.testing.ground import config_for
from core.testing.plugin import PASSWORD
from core.vault import archive as archives
from core.vault import backup
from tests.core.vaultworld import fill, goods, rows, run, stored
from tests.thirdparty.samples import plugin as samples

ON_SPLIT_TABLES = (
    "test_made_destroyed_restored_and_compared",
    "test_one_company_under_a_new_code_and_in_another_hub",
    "test_from_one_engine_to_the_other_and_back",
)


@pytest.fixture(autouse=True)
def _slow_on_split_tables(request):
    if engine_name() == "pghash" and request.function.__name__ not in ON_SPLIT_TABLES:
        pytest.skip("the same on unsplit tables, and slow here")


def test_made_destroyed_restored_and_compared(new_hub, tmp_path, capsys):
    hub, file = fill(new_hub()), tmp_path / "all.zip"
    before, kept = rows(hub), stored(hub)
    code, out, _ = run(hub, capsys, "backup", file)
    assert (code, out.split(" rows")[0].split(": ")[0]) == (0, "A, B")
    assert file.stat().st_mode & 0o777 == 0o600
    assert not [f for f in tmp_path.iterdir() if f.name.endswith(".part")]
    other = new_hub()
    code, out, err = run(other, capsys, "restore", file)
    assert (code, "Rows, sums, books and files are right." in out) == (0, True), err
    assert rows(other) == before
    assert stored(other) == kept != {}
    # it goes on where the other one stood: numbers, ids and walls
    for each in (hub, other):
        with each.context("A") as ctx:
            made = crud.save_row(ctx, ctx.registry.get("samples.maker"), None, {"code": "NEW", "name": "New"})
            ctx.session.flush()
            made = (
                made.id,
                crud.save_row(ctx, ctx.registry.get("samples.request"), None, {}, {"lines": []}).number,
            )
        if each is hub:
            expected = made
    assert made == expected
    assert accounts.password_fits(_hash(other, "ann@a.test"), PASSWORD)


def _hash(hub: Hub, email: str) -> str | None:
    with hub.platform(write=False) as session:
        return session.scalar(sa.select(User.password).where(User.email == email))


def test_nothing_is_written_over(new_hub, tmp_path, capsys):
    hub, file = fill(new_hub()), tmp_path / "all.zip"
    assert run(hub, capsys, "backup", file)[0] == 0
    code, _, err = run(hub, capsys, "backup", file)
    assert (code, "is there already" in err) == (1, True)
    code, _, err = run(hub, capsys, "restore", file)
    assert (code, "the database is not empty" in err) == (1, True)
    other = new_hub()
    (other.config.data / "files" / "1").mkdir(parents=True)
    code, _, err = run(other, capsys, "restore", file)
    assert (code, "files is not empty" in err) == (1, True)


def test_people_go_on_working_and_the_archive_is_of_one_moment(new_hub, tmp_path):
    hub = fill(new_hub())
    before = rows(hub)
    written = []

    def somebody_works(_rows: int) -> None:
        if not written:
            with hub.context("A") as ctx:
                written.append(
                    crud.save_row(ctx, ctx.registry.get("samples.request"), None, {}, {"lines": []}).number
                )

    made = backup.make_backup(hub, tmp_path / "all.zip", somebody_works)
    assert written
    assert {name: part.rows for name, part in made.tables.items()} == {
        n: len(found)
        for n, found in before.items()
        if not n.endswith(migrate.VERSIONS) and n != "sqlite_sequence"
    }


@pytest.mark.more
def test_a_plugin_that_is_not_loaded_is_told(new_hub, tmp_path, capsys):
    hub, file = fill(new_hub()), tmp_path / "all.zip"
    without = Hub(hub.config, (samples, goods))
    assert run(without, capsys, "backup", file)[0] == 0  # it is in the archive all the same
    without.engine.dispose()
    other = new_hub(extra=(samples, goods))
    code, _, err = run(other, capsys, "restore", file)
    assert code == 1
    assert "plugins that are not loaded here: couriers (" in err
    assert "--without couriers" in err
    code, out, err = run(other, capsys, "restore", file, "--without", "couriers")
    assert (code, f"Not restored, still in {file}: the rows of couriers." in out) == (0, True), err
    assert {n: r for n, r in rows(other).items() if n.startswith("samples_")} == {
        n: r for n, r in rows(hub).items() if n.startswith("samples_")
    }


@pytest.mark.more
def test_what_was_cut_off_or_changed_is_refused_with_its_place(new_hub, tmp_path, capsys):
    hub, file = fill(new_hub()), tmp_path / "all.zip"
    backup.make_backup(hub, file, lambda _n: None)
    whole, bad, other = file.read_bytes(), tmp_path / "bad.zip", new_hub()
    with zipfile.ZipFile(file) as opened:
        parts = {part.filename: part for part in opened.infolist()}
        contents = {name: opened.read(name) for name in parts}
    table, picture = "tables/samples_line.jsonl", next(n for n in parts if n.startswith("files/"))

    def refused(words: str) -> None:
        code, _, err = run(other, capsys, "restore", bad)
        assert (code, words in err) == (1, True), err
        assert rows(other) == {}

    def written(changed: dict[str, bytes]) -> None:
        with zipfile.ZipFile(bad, "w") as out:
            for name, content in changed.items():
                out.writestr(name, content)

    inside = parts[table].header_offset + 100
    bad.write_bytes(whole[:inside])
    refused(f"is cut off in {table}")
    bad.write_bytes(whole[:-30])
    refused("is cut off in its table of contents")
    bad.write_bytes(whole[:inside] + bytes([whole[inside] ^ 1]) + whole[inside + 1 :])
    refused(f"{table} was changed")
    written(contents | {table: contents[table].replace(b"A1", b"A9")})
    refused(f"{table} was changed")
    written(contents | {table: contents[table].split(b"\n", 1)[1]})  # one row less
    refused(f"{table} was changed")
    written(contents | {picture: b"%PDF of C"})
    refused(f"{picture} was changed")
    written({name: content for name, content in contents.items() if name != picture})
    refused("files/ are not the 2")
    written({name: content for name, content in contents.items() if name != table})
    refused(f"{table} is missing")
    written(contents | {"../../etc/cron.d/x": b"x"})
    refused("holds parts that no backup writes")
    written({name: content for name, content in contents.items() if name != archives.MANIFEST})
    refused("manifest.json is missing")
    bad.write_bytes(b"nothing")
    refused("is no backup of a hub")
    random.seed(1)
    for _ in range(12):
        at = random.randrange(len(whole))
        bad.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        try:
            with archives.Archive(bad) as opened:
                opened.verify(lambda _n: None)
        except StartError as said:
            assert "Nothing was restored" in str(said) or "format" in str(said)
        else:  # what only the zip's own dates and attributes said
            with zipfile.ZipFile(bad) as opened:
                assert {name: opened.read(name) for name in opened.namelist()} == contents


def test_one_company_under_a_new_code_and_in_another_hub(new_hub, tmp_path, capsys):
    hub, file = fill(new_hub()), tmp_path / "b.zip"
    assert run(hub, capsys, "backup", "--tenant", "B", file)[0] == 0
    with zipfile.ZipFile(file) as opened:
        everything = b"".join(opened.read(name) for name in opened.namelist())
    assert b"ann@a.test" in everything
    assert b"argon2" not in everything
    assert b"Company A" not in everything
    other = new_hub()
    migrate.upgrade_database(other)
    accounts.create_user(other, "cy@c.test", "Cy", PASSWORD)
    accounts.create_user(other, "ann@a.test", "Ann here", PASSWORD)
    code, out, err = run(other, capsys, "restore", "--tenant", "B", "--as", "B2", file)
    assert (code, out.splitlines()[:1]) == (0, ["B was added as B2."]), err
    assert _company(other, "B2") == _company(hub, "B")
    assert sorted(stored(other).values()) == [b"%PDF of B"]
    assert (_hash(other, "bob@b.test"), accounts.password_fits(_hash(other, "ann@a.test"), PASSWORD)) == (
        None,
        True,
    )
    with other.context("B2", "bob@b.test") as ctx:
        crud.save_row(ctx, ctx.registry.get("samples.maker"), None, {"code": "NEW", "name": "New"})
    code, _, err = run(other, capsys, "restore", "--tenant", "B", "--as", "B2", file)
    assert (code, "there is a company B2 already" in err) == (1, True)
    # beside the company that it was made of: a key is (company, id) on PostgreSQL, on SQLite the ids are taken
    code, out, err = run(hub, capsys, "restore", "--tenant", "B", "--as", "B3", file)
    if engine_name() == "sqlite":
        assert (code, "ids of B are taken" in err) == (1, True)
        assert len(stored(hub)) == 2
    else:
        assert code == 0, err
        assert _company(hub, "B3") == _company(hub, "B")
        with hub.context("B3") as ctx:
            crud.save_row(ctx, ctx.registry.get("samples.maker"), None, {"code": "NEW", "name": "New"})
    code, _, err = run(new_hub(), capsys, "restore", file)
    assert (code, "hub restore --tenant B" in err) == (1, True)


def _company(hub: Hub, code: str) -> dict[str, list[tuple[str, ...]]]:
    """The rows of a company without the numbers that another hub gives: its own and those of people."""
    info = hub.tenant_info(code)
    found = {}
    with TenantSession(hub.engine, info.id, write=False) as session:
        for table in migrate.Base.metadata.sorted_tables:
            if table.info.get("tenant") and table.name.startswith(
                ("core_", "base_files_", "samples_", "couriers_")
            ):
                own = [
                    c for c in table.c if c.name != "tenant_id" and "core_user.id" not in str(c.foreign_keys)
                ]
                listed = session.execute(sa.select(*own).where(table.c.tenant_id == info.id)).all()
                found[table.name] = sorted(tuple(map(repr, row)) for row in listed)
    return found


def test_from_one_engine_to_the_other_and_back(new_hub, tmp_path, capsys):
    if engine_name() == "sqlite":
        pytest.skip("there is one engine only")
    hub = fill(new_hub("sqlite"))
    first = backup.make_backup(hub, tmp_path / "1.zip", lambda _n: None)
    server, back = new_hub(), new_hub("sqlite")
    assert run(server, capsys, "restore", tmp_path / "1.zip")[0] == 0
    second = backup.make_backup(server, tmp_path / "2.zip", lambda _n: None)
    assert run(back, capsys, "restore", tmp_path / "2.zip")[0] == 0
    assert {n: (p.rows, p.sha256, p.last_id) for n, p in second.tables.items()} == {
        n: (p.rows, p.sha256, p.last_id) for n, p in first.tables.items()
    }
    assert rows(back) == rows(hub)
    assert stored(back) == stored(server) == stored(hub)


MIGRATION = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "depot_000{}", {!r}
def upgrade():
    {}
"""
BOX = """op.create_table("depot_box", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(20)),
        sa.Column("size", sa.Numeric(6, 2)), sa.Column("seal", sa.LargeBinary))"""


def test_an_archive_of_an_older_version_is_brought_up_to_date_and_one_of_a_newer_refused(
    new_hub, tmp_path, capsys
):
    """The plugin maps no table: what the database has is kept all the same, of any kind."""
    folder, file = tmp_path / "depot" / "migrations", tmp_path / "all.zip"
    folder.mkdir(parents=True)
    depot = ModuleType("depot")
    depot.__file__ = str(folder.parent / "plugin.py")
    depot.manifest = Manifest("depot", T("Depot"), "1", T("Depot"))  # type: ignore[attr-defined]
    (folder / "depot_0001.py").write_text(MIGRATION.format(1, None, BOX))
    hub, extra = new_hub(extra=(samples, goods, depot)), (samples, goods, depot)
    migrate.upgrade_database(hub)
    owner = migrate.owner_engine(hub)
    with owner.begin() as connection:
        box = sa.table(
            "depot_box",
            sa.column("name"),
            sa.column("size", sa.Numeric(6, 2)),
            sa.column("seal", sa.LargeBinary),
        )
        connection.execute(sa.insert(box).values(name="箱", size=D("12.50"), seal=b"\x00\xff"))
    owner.dispose()
    backup.make_backup(hub, file, lambda _n: None)
    (folder / "depot_0002.py").write_text(
        MIGRATION.format(2, "depot_0001", 'op.add_column("depot_box", sa.Column("note", sa.Text))')
    )
    newer = new_hub(extra=extra)
    code, _, err = run(newer, capsys, "restore", file)
    assert code == 0, err
    assert migrate.pending_migrations(newer) == []
    with migrate.owner_engine(newer).connect() as connection:
        [found] = connection.execute(text("SELECT name, seal, note FROM depot_box")).all()
        assert (found[0], bytes(found[1]), found[2]) == ("箱", b"\x00\xff", None)
    again = tmp_path / "again.zip"
    backup.make_backup(newer, again, lambda _n: None)
    (folder / "depot_0002.py").unlink()
    code, _, err = run(new_hub(extra=extra), capsys, "restore", again)
    assert (code, "a newer version of plugin 'depot'" in err, "depot_0002" in err) == (1, True, True), err


@pytest.mark.more
def test_a_damaged_or_lost_file_is_told_and_the_rest_is_kept(new_hub, tmp_path, capsys):
    """``data_faults`` of the files: what rows name is there and as it was."""
    hub, file, other = fill(new_hub()), tmp_path / "all.zip", new_hub()
    first, second = sorted((hub.config.data / "files").glob("*/*/*"))
    first.write_bytes(b"something else")
    second.unlink()
    code, _, err = run(hub, capsys, "backup", file)
    assert (
        code,
        f"1 stored files are not what they were stored as: files/1/{first.parent.name}/" in err,
    ) == (1, True)
    code, _, err = run(other, capsys, "restore", file)
    assert code == 1
    assert f"A: the stored file {first.name} is damaged" in err
    assert f"B: the stored file {second.name} is missing" in err
    assert rows(other) == rows(hub)


def test_rows_that_a_policy_hides_are_no_backup(new_hub, tmp_path, capsys):
    if engine_name() == "sqlite":
        pytest.skip("there are no policies")
    hub = fill(new_hub())
    engine = migrate.owner_engine(hub)
    with engine.begin() as connection:
        connection.execute(text("ALTER POLICY tenant_wall ON samples_request USING (tenant_id = 0)"))
    engine.dispose()
    code, _, err = run(hub, capsys, "backup", tmp_path / "x.zip")
    assert (code, "the policy of table samples_request is not the hub's" in err) == (1, True)
    assert not list(tmp_path.glob("x.zip*"))


@pytest.mark.thorough
def test_the_demo_company_with_every_plugin(
    hub, demo_tenant, hub_extra, hub_plugin_names, tmp_path, worker, capsys
):
    file, data = tmp_path / "demo.zip", tmp_path / "data"
    data.mkdir()
    made = backup.make_backup(hub, file, lambda _n: None)
    assert made.rows > 2000
    addresses = new_database(data, f"vault_demo_{worker}")
    other = Hub(config_for(addresses, data, hub_plugin_names), hub_extra)
    code, _, err = run(other, capsys, "restore", file)
    assert code == 0, err
    again = backup.make_backup(other, tmp_path / "again.zip", lambda _n: None)
    assert {n: (p.rows, p.sha256) for n, p in again.tables.items()} == {
        n: (p.rows, p.sha256) for n, p in made.tables.items()
    }
    assert {n: f for n, f in stored(other).items() if Path(n).parts} == stored(hub)
    other.engine.dispose()
    shutil.rmtree(data)
