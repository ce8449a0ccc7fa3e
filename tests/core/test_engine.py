"""What every connection is told."""

from __future__ import annotations

import pytest

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
