"""Migrations: one lineage per plugin, down and up with data, in one transaction, and the protection survives them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Table, delete, inspect, select, text
from sqlalchemy.exc import DatabaseError

from core.data import harden, migrate, walls
from core.declare.manifest import Manifest
from core.entities import audit, crud
from core.errors import StartError
from core.kernel import enablement, tenants
from core.kernel.hub import Hub
from core.testing.databases import engine_name, new_database
from core.testing.ground import config_for
from core.text.i18n import T
from tests.thirdparty.couriers import plugin as couriers
from tests.thirdparty.samples import plugin as samples

ON_SPLIT_TABLES = (
    "test_from_empty_to_the_models_and_twice_is_harmless",
    "test_down_and_up_again_touches_only_its_own_tables",
    "test_split_tables_are_split_by_tenant",
)


@pytest.fixture
def fresh(tmp_path, worker, request):
    """A hub with core, samples and couriers on an empty database of its own."""
    if engine_name() == "pghash" and request.function.__name__ not in ON_SPLIT_TABLES:
        pytest.skip("the same on unsplit tables, and slow here")
    name = f"{worker}_{abs(hash(request.node.nodeid)) % 10**9}"
    hub = Hub(config_for(new_database(tmp_path, name), tmp_path, ()), (samples, couriers))
    yield hub
    hub.engine.dispose()


def tables(hub: Hub, prefix: str = "") -> set[str]:
    return {t for t in inspect(hub.engine).get_table_names() if t.startswith(prefix) and t[-2:-1] != "p"}


def differences(hub: Hub) -> dict[str, Any]:
    with hub.engine.connect() as connection:
        return {n: d for n in migrate.lineages(hub) if (d := migrate.differences(hub, n, connection))}


def filled(hub: Hub):
    """A tenant with a request."""
    info = tenants.create_tenant(hub, "T", "T", plugins=["samples", "couriers"])
    with hub.context(info) as ctx:
        row = crud.save_row(
            ctx,
            ctx.registry.get("samples.request"),
            None,
            {"notes": "kept"},
            {"lines": [{"article": "A", "pieces": 1}, {"article": "B", "pieces": 2}]},
        )
        ctx.session.flush()
    return info, row.number


def test_from_empty_to_the_models_and_twice_is_harmless(fresh):
    lineages = {"core", "samples", "couriers"} | {
        p.name for p in fresh.plugins if (Path(str(p.module.__file__)).parent / "migrations").is_dir()
    }
    assert set(migrate.pending_migrations(fresh)) == lineages
    migrate.upgrade_database(fresh)
    migrate.upgrade_database(fresh)
    assert migrate.pending_migrations(fresh) == []
    assert differences(fresh) == {}
    fresh.check_ready()
    versions = {t for t in tables(fresh) if t.endswith("_alembic_version")}
    assert versions == {f"{name}_alembic_version" for name in lineages}


def test_a_difference_is_seen(fresh):
    migrate.upgrade_database(fresh)
    engine = migrate.owner_engine(fresh)
    with engine.connect() as connection:
        connection.execute(text("ALTER TABLE samples_maker ADD COLUMN forgotten INTEGER"))
        connection.commit()
    engine.dispose()
    assert list(differences(fresh)) == ["samples"]


def test_back_to_base_is_refused_while_another_needs_the_tables(fresh):
    migrate.upgrade_database(fresh)
    with pytest.raises(StartError, match="'couriers' still has tables and needs 'samples'"):
        migrate.downgrade(fresh, "samples")
    with pytest.raises(StartError, match="still has tables and needs 'core'"):
        migrate.downgrade(fresh, "core")
    assert "samples_request" in tables(fresh)


def test_down_and_up_again_touches_only_its_own_tables(fresh):
    migrate.upgrade_database(fresh)
    info, number = filled(fresh)
    migrate.downgrade(fresh, "couriers")
    assert set(tables(fresh, "couriers_")) <= {"couriers_alembic_version"}
    assert migrate.pending_migrations(fresh) == ["couriers"]
    with fresh.context(info) as ctx:
        row = crud.get_row(ctx, ctx.registry.get("samples.request"), number)
        assert (row.notes, [line.pieces for line in row.lines]) == ("kept", [1, 2])
    migrate.upgrade_database(fresh)
    fresh.check_ready()
    assert differences(fresh) == {}


def test_a_migration_that_fails_leaves_everything_as_it_was(fresh, monkeypatch):
    def stumble(*_: Any) -> None:
        raise RuntimeError("stumbled")

    monkeypatch.setattr(harden, "apply", stumble)
    with pytest.raises(RuntimeError, match="stumbled"):
        migrate.upgrade_database(fresh)
    assert tables(fresh) == set()


def test_a_plugin_that_is_not_loaded_keeps_its_tables(fresh, tmp_path):
    migrate.upgrade_database(fresh)
    info, _number = filled(fresh)
    less = Hub(replace(fresh.config, data=tmp_path), (samples,))
    migrate.upgrade_database(less)
    less.check_ready()
    assert "couriers_parcel" in tables(less)
    with less.context(info) as ctx:
        assert "couriers" not in ctx.enabled
    less.engine.dispose()
    with fresh.context(info) as ctx:
        assert "couriers" in ctx.enabled
        assert enablement.enable_plugin(ctx, "couriers") == []


def test_recreating_a_table_keeps_its_children_and_its_triggers(fresh, tmp_path):
    """SQLite changes a column by making the table anew: lines must stay, and append-only tables stay append-only."""
    migrate.upgrade_database(fresh)
    info, number = filled(fresh)
    folder = tmp_path / "later"
    folder.mkdir()
    original = migrate.lineages(fresh)["samples"] / "samples_0001_samples_tables.py"
    (folder / original.name).write_text(original.read_text())
    (folder / "samples_0002.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        "revision = 'samples_0002'\ndown_revision = 'samples_0001'\nbranch_labels = depends_on = None\n\n\n"
        "def upgrade():\n"
        "    for table in ('samples_request', 'samples_stamp'):\n"
        "        with op.batch_alter_table(table, recreate='auto') as batch:\n"
        "            batch.add_column(sa.Column('extra', sa.Integer(), nullable=True))\n"
        "            batch.alter_column('id', existing_type=sa.BigInteger(), nullable=False)\n\n\n"
        "def downgrade():\n    pass\n"
    )
    engine = migrate.owner_engine(fresh)
    with engine.connect() as connection:
        migrate.begin_alone(connection)
        command.upgrade(migrate.alembic_config("samples", folder, connection), "head")
        harden.apply(fresh, connection)
        connection.commit()
    engine.dispose()
    assert walls.problems(fresh) == []
    with fresh.context(info) as ctx:
        row = crud.get_row(ctx, ctx.registry.get("samples.request"), number)
        assert [line.article for line in row.lines] == ["A", "B"]


# --- protection -----------------------------------------------------------------------------------------------------


def test_a_missing_trigger_or_policy_stops_the_start(fresh):
    migrate.upgrade_database(fresh)
    engine = migrate.owner_engine(fresh)
    with engine.connect() as connection:
        if fresh.config.is_sqlite:
            connection.execute(text("DROP TRIGGER core_audit_no_update"))
        else:
            connection.execute(text("ALTER TABLE core_audit NO FORCE ROW LEVEL SECURITY"))
        connection.commit()
    engine.dispose()
    with pytest.raises(StartError, match="not protected as it must be: table core_audit"):
        fresh.check_ready()
    migrate.upgrade_database(fresh)
    fresh.check_ready()


def test_a_role_that_may_do_everything_is_refused(fresh):
    if fresh.config.is_sqlite:
        pytest.skip("SQLite has no roles")
    import os

    from sqlalchemy import make_url

    from core.testing.databases import ADMIN

    migrate.upgrade_database(fresh)
    url = make_url(os.environ[ADMIN]).set(drivername="postgresql+psycopg", database=fresh.engine.url.database)
    admin = url.render_as_string(hide_password=False)
    strong = Hub(replace(fresh.config, database_url=admin), (samples, couriers))
    with pytest.raises(StartError, match="superuser or bypasses row-level security"):
        strong.check_ready()
    strong.engine.dispose()


def test_the_application_owns_nothing(fresh):
    if fresh.config.is_sqlite:
        pytest.skip("SQLite has no roles")
    migrate.upgrade_database(fresh)
    with fresh.engine.connect() as connection:
        owned = connection.execute(
            text("SELECT relname FROM pg_class WHERE relowner = current_user::regrole")
        ).all()
        assert owned == []
        with pytest.raises(DatabaseError, match="must be owner|permission denied"):
            connection.execute(text("ALTER TABLE core_audit DISABLE ROW LEVEL SECURITY"))


def test_a_database_of_a_newer_version_is_told_from_one_that_lacks_migrations(fresh):
    migrate.upgrade_database(fresh)
    with migrate.owner_engine(fresh).begin() as connection:
        connection.execute(text("UPDATE couriers_alembic_version SET version_num = 'couriers_0009'"))
    with pytest.raises(
        StartError,
        match="made by a newer version of plugin 'couriers' .*couriers_0009, which this version does not know. Install",
    ):
        fresh.check_ready()


MIGRATION = """
import sqlalchemy as sa
from alembic import op
revision = "{}"
down_revision = None
def upgrade():
    {}
"""


def test_a_migration_that_fails_is_named_and_nothing_is_changed(fresh, tmp_path):
    hub, folder = broken_lineage(fresh, tmp_path)
    (folder / "wrong_0001.py").write_text(
        MIGRATION.format("wrong_0001", "op.add_column('nowhere', sa.Column('x', sa.Integer()))")
    )
    with pytest.raises(
        StartError, match="plugin 'wrong' .*: migration wrong_0001 failed, and nothing was changed: .*nowhere"
    ):
        migrate.upgrade_database(hub)
    assert tables(hub) == set()


def test_two_ends_of_a_lineage(fresh, tmp_path):
    hub, folder = broken_lineage(fresh, tmp_path)
    for name in ("wrong_0001", "wrong_0002"):
        (folder / f"{name}.py").write_text(MIGRATION.format(name, "pass"))
    with pytest.raises(
        StartError, match="plugin 'wrong' .*: its migrations have several ends. Let one follow the other"
    ):
        migrate.upgrade_database(hub)


def broken_lineage(fresh: Hub, tmp_path: Path) -> tuple[Hub, Path]:
    """A hub with a third plugin, and the folder of its migrations."""
    module = ModuleType("wrong")
    folder = tmp_path / "wrong" / "migrations"
    folder.mkdir(parents=True)
    module.__file__ = str(folder.parent / "plugin.py")
    module.manifest = Manifest("wrong", T("W"), "1", T("W"), requires=("couriers",))  # type: ignore[attr-defined]
    return Hub(fresh.config, (samples, couriers, module)), folder


def test_split_tables_are_split_by_tenant(fresh):
    if not fresh.config.partition:
        pytest.skip("only where tables are split")
    migrate.upgrade_database(fresh)
    with fresh.engine.connect() as connection:
        split = dict(
            connection.execute(
                text("SELECT c.relname, pg_get_partkeydef(c.oid) FROM pg_class c WHERE c.relkind = 'p'")
            ).all()
        )
    from core.data.db import tenant_tables

    loaded = ("core", *fresh.plugin_names)
    expected: list[Table] = tenant_tables(lambda t: any(migrate.belongs(t.name, name) for name in loaded))
    assert {t.name: "HASH (tenant_id)" for t in expected} == split


def test_audit_rows_are_safe_after_every_upgrade(fresh):
    migrate.upgrade_database(fresh)
    migrate.upgrade_database(fresh)
    info, _number = filled(fresh)
    with fresh.context(info) as ctx:
        audit.record_audit(ctx, "core.note", 1, "note")
        ctx.session.commit()
        with pytest.raises(DatabaseError):
            ctx.session.execute(delete(audit.AuditEntry))
        ctx.session.rollback()
        assert ctx.session.scalars(
            select(audit.AuditEntry.action).where(audit.AuditEntry.action == "note")
        ).all()
