"""What every connection is told."""

from __future__ import annotations

import pytest
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from core.data.db import tenant_tables
from core.data.split import SPLIT
from core.kernel.hub import Hub


@pytest.mark.parametrize(("setting", "value"), [("jit", "off"), ("lock_timeout", "10s")])
def test_postgresql_compiles_no_plans_and_waits_ten_seconds_for_a_lock(
    hub: Hub, setting: str, value: str
) -> None:
    if hub.config.is_sqlite:
        pytest.skip("SQLite knows neither")
    with hub.engine.connect() as connection:
        assert connection.exec_driver_sql(f"SHOW {setting}").scalar() == value


@pytest.mark.parametrize(
    ("pragma", "value"), [("foreign_keys", 1), ("journal_mode", "wal"), ("recursive_triggers", 1)]
)
def test_sqlite_keeps_references_and_triggers(hub: Hub, pragma: str, value: object) -> None:
    if not hub.config.is_sqlite:
        pytest.skip("PostgreSQL always does")
    with hub.engine.connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


@pytest.mark.once
def test_writing_a_table_for_postgresql_changes_no_table() -> None:
    whole, split = postgresql.dialect(), postgresql.dialect()
    setattr(split, SPLIT, True)
    for table in tenant_tables():
        key = [c.name for c in table.primary_key.columns]
        before = (key, {c.name for c in table.constraints}, dict(table.dialect_options["postgresql"]))
        made = str(CreateTable(table).compile(dialect=split))
        assert "PRIMARY KEY (tenant_id, id)" in made
        assert "PARTITION BY HASH (tenant_id);CREATE TABLE" in made
        assert "UNIQUE (tenant_id, id)" not in made
        assert "PARTITION" not in str(CreateTable(table).compile(dialect=whole))
        assert "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT" in str(
            CreateTable(table).compile(dialect=sqlite.dialect())
        )
        key = [c.name for c in table.primary_key.columns]
        after = (key, {c.name for c in table.constraints}, dict(table.dialect_options["postgresql"]))
        assert after == before
