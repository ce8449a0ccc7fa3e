"""Migrations of later versions: what is written for them works with rows that are there, keeps numbers, and stays at home."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import text

from core.cli import main
from core.data import migrate, revising
from core.declare.manifest import Manifest
from core.entities import crud
from core.errors import StartError
from core.kernel import tenants
from core.kernel.hub import Hub
from core.testing.databases import engine_name, new_database
from core.testing.ground import config_for
from core.text.i18n import T
from tests.thirdparty.couriers import plugin as couriers
from tests.thirdparty.samples import plugin as samples


@pytest.fixture
def made(tmp_path, worker, request):
    """A hub with samples and couriers, two makers in it, of which the later one was deleted."""
    if engine_name() == "pghash":
        pytest.skip("the same on unsplit tables, and slow here")
    name = f"{worker}_{abs(hash(request.node.nodeid)) % 10**9}"
    hub = Hub(config_for(new_database(tmp_path, name), tmp_path, ()), (samples, couriers))
    migrate.upgrade_database(hub)
    info = tenants.create_tenant(hub, "T", "T", plugins=["samples", "couriers"])
    with hub.context(info) as ctx:
        makers = [maker(ctx, code) for code in ("A", "B")]
        crud.delete_row(ctx, ctx.registry.get("samples.maker"), makers[1])
    hub.info = info  # type: ignore[attr-defined]
    yield hub
    hub.engine.dispose()


def maker(ctx: Any, code: str) -> Any:
    row = crud.save_row(ctx, ctx.registry.get("samples.maker"), None, {"code": code, "name": code})
    ctx.session.flush()
    return row


@pytest.fixture
def own_folder(made, tmp_path, monkeypatch):
    """A copy of the migrations of ``samples`` that more can be written into."""
    folder = tmp_path / "migrations"
    known = migrate.lineages(made)
    shutil.copytree(known["samples"], folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrate, "lineages", lambda _hub: {**known, "samples": folder})
    return folder


def write(folder: Path, name: str, after: str | None, *lines: str) -> None:
    body = "\n".join(f"    {line}" for line in lines)
    (folder / f"{name}.py").write_text(
        f"import sqlalchemy as sa\nfrom alembic import op\nrevision = '{name}'\ndown_revision = {after!r}\n"
        f"branch_labels = depends_on = None\n\n\ndef upgrade():\n{body}\n\n\ndef downgrade():\n    pass\n"
    )


def drop(hub: Hub, folder: Path, number: int, column: str) -> None:
    """A version of ``samples`` that had not this column yet."""
    batch = "with op.batch_alter_table('samples_maker') as batch:"
    write(
        folder,
        f"samples_{number:04}",
        f"samples_{number - 1:04}",
        batch,
        f"    batch.drop_column('{column}')",
    )
    migrate.upgrade_database(hub)


def test_a_column_that_may_not_be_empty_gets_the_models_default_in_rows_that_are_there(made, own_folder):
    drop(made, own_folder, 2, "inhouse")
    assert "server_default='0'" in revising.revision(made, "samples", "in house").read_text()
    migrate.upgrade_database(made)
    made.check_ready()
    with made.context(made.info) as ctx:
        assert crud.get_row(ctx, ctx.registry.get("samples.maker"), "A").inhouse is False


def test_where_the_model_gives_none_it_is_said_what_to_do(made, own_folder):
    drop(made, own_folder, 2, "name")
    with pytest.raises(
        StartError, match=r"samples_maker.name may not be empty, and rows .* Give the column a default"
    ):
        revising.revision(made, "samples", "names")
    assert sorted(f.name for f in own_folder.glob("*_0003*")) == []


def test_a_revision_wants_the_database_up_to_date(made, own_folder):
    write(own_folder, "samples_0002", "samples_0001", "pass")
    with pytest.raises(StartError, match="lacks migrations of samples.* Run `hub db upgrade` first"):
        revising.revision(made, "samples", "names")


def test_a_table_that_is_made_anew_goes_on_numbering(made, own_folder):
    """Nothing is said of it in the migration: an id that was given once is in the audit trail."""
    drop(made, own_folder, 2, "inhouse")
    revising.revision(made, "samples", "in house")
    migrate.upgrade_database(made)
    with made.context(made.info) as ctx:
        assert maker(ctx, "C").id == 3
        if made.config.is_sqlite:
            sql = "SELECT sql, :tenant FROM sqlite_master WHERE name = 'samples_maker'"
            assert "AUTOINCREMENT" in ctx.session.raw(sql).scalar_one()


@pytest.mark.parametrize(
    "change",
    [
        "op.add_column('samples_maker', sa.Column('mine', sa.Integer()))",
        "op.create_index('ix_mine', 'samples_maker', ['tenant_id', 'name'])",
        "op.create_table('nobodys', sa.Column('id', sa.Integer(), primary_key=True))",
        "with op.batch_alter_table('samples_maker', recreate='always') as b: b.drop_column('name')",
        "op.drop_table('samples_stamp')",
    ],
)
def test_a_migration_that_changes_tables_of_others_is_refused(made, tmp_path, change):
    folder = tmp_path / "wrong" / "migrations"
    folder.mkdir(parents=True)
    write(folder, "wrong_0001", None, "op.create_table('wrong_row', sa.Column('id', sa.Integer()))", change)
    module = ModuleType("wrong")
    module.__file__ = str(folder.parent / "plugin.py")
    module.manifest = Manifest("wrong", T("W"), "1", T("W"), requires=("couriers",))  # type: ignore[attr-defined]
    hub = Hub(made.config, (samples, couriers, module))
    with pytest.raises(
        StartError,
        match=r"plugin 'wrong' .*: migration wrong_0001 failed, and nothing was changed: it changes table ",
    ) as refused:
        migrate.upgrade_database(hub)
    whose = "named after no plugin" if "nobodys" in change else "belongs to 'samples'"
    assert whose in str(refused.value)
    with hub.engine.connect() as connection:
        assert "wrong_row" not in connection.dialect.get_table_names(connection)
    hub.engine.dispose()


def test_models_ahead_of_migrations_are_found_by_the_check(made, capsys):
    with migrate.owner_engine(made).begin() as connection:
        connection.execute(text("ALTER TABLE couriers_parcel ADD COLUMN extra INTEGER"))
    assert main.run(["check"], made) == 1
    said = capsys.readouterr().err
    assert "plugin 'couriers'" in said
    assert "remove_column couriers_parcel.extra" in said
    assert "hub db revision couriers -m" in said


AS_NOBODY = """
import os, sys
from pathlib import Path
from core.text import i18n
i18n.load_catalogues({"core": Path(i18n.__file__).parent.parent})
os.setgid(65534); os.setuid(65534)
i18n.load_catalogues({"acme": Path(sys.argv[1])})
i18n.set_locale("zh_Hant_TW")
print(i18n._sentences_for("zh_Hant_TW", "acme")["Kit"])
"""


@pytest.mark.once
def test_who_may_not_write_where_the_hub_is_installed_reads_the_catalogues_all_the_same():
    """A wheel without compiled catalogues, installed by another account than the one that runs the hub."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    package = Path(tempfile.mkdtemp())  # in nobody's way, unlike pytest's own folders
    try:
        folder = package / "translations" / "zh_Hant_TW" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "messages.po").write_text(
            'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Kit"\nmsgstr "套組"\n',
            encoding="utf-8",
        )
        for place in (package, *package.rglob("*")):
            place.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH | (0o111 if place.is_dir() else 0))
        done = subprocess.run([sys.executable, "-c", AS_NOBODY, str(package)], cwd=Path(__file__).parents[2],
                              capture_output=True, text=True, check=False)  # fmt: skip
        assert (done.stdout, done.stderr) == ("套組\n", "")
        assert list(package.rglob("*.mo*")) == []
    finally:
        for place in (package, *package.rglob("*")):
            place.chmod(0o700)
        shutil.rmtree(package)


def test_tables_that_no_migration_makes_are_found_by_the_check(tmp_path, worker, monkeypatch, capsys):
    if engine_name() == "pghash":
        pytest.skip("the same on unsplit tables, and slow here")
    hub = Hub(config_for(new_database(tmp_path, f"{worker}_none"), tmp_path, ()), (samples,))
    known = migrate.lineages(hub)
    (tmp_path / "empty").mkdir()
    monkeypatch.setattr(migrate, "lineages", lambda _hub: {**known, "samples": tmp_path / "empty"})
    migrate.upgrade_database(hub)
    assert main.run(["check"], hub) == 1
    said = capsys.readouterr().err
    assert "plugin 'samples'" in said
    assert "models and database differ: add_table samples_maker" in said
    hub.engine.dispose()
