"""Protection that belongs to every tenant table, applied after each migration; :mod:`core.data.walls` looks
at each start whether it is there.

PostgreSQL: row-level security that also binds the owner, and grants (append-only tables: INSERT and SELECT only).
SQLite and plain PostgreSQL: triggers that refuse UPDATE and DELETE on append-only tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, make_url, text

from core.data.db import Base

if TYPE_CHECKING:
    from core.kernel.hub import Hub

POLICY = "tenant_wall"
CHECK = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint"
REFUSE = "hub_append_only"
BODY = " BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23001'; END "
TRIGGERS = {"no_row": 27, "no_statement": 34}
"""What refuses on PostgreSQL, and its kind (pg_trigger.tgtype): UPDATE and DELETE before each row, TRUNCATE before a
statement."""


def tables_of(connection: Connection) -> list[Table]:
    """The tables of core and of loaded plugins that the database has."""
    present = set(connection.dialect.get_table_names(connection))
    return [t for t in Base.metadata.sorted_tables if t.name in present]


def rights_on(table: Table) -> tuple[str, ...]:
    """What the application's role may do with a table."""
    if table.info.get("append_only"):
        return ("SELECT", "INSERT")
    return ("SELECT", "INSERT", "UPDATE", *(() if is_kept(table) else ("DELETE",)))


def is_kept(table: Table) -> bool:
    """Are its rows, or some of their columns, never changed, and the rows never deleted?"""
    return bool(table.info.get("append_only") or table.info.get("guarded"))


def settled_columns(table: Table) -> tuple[str, ...]:
    """The columns that never change where others do; empty where that is true of the whole row, or of none."""
    return tuple(table.info["sealed"]) if is_kept(table) and not table.info.get("append_only") else ()


def _update_of(table: Table) -> str:
    listed = ", ".join(f'"{name}"' for name in settled_columns(table))
    return f"UPDATE OF {listed}" if listed else "UPDATE"


def sqlite_triggers(table: Table) -> list[tuple[str, str]]:
    """Name and text of the triggers that a table has on SQLite."""
    return [
        (
            name := f"{table.name}_no_{verb.lower()}",
            f'CREATE TRIGGER "{name}" BEFORE {verb if verb == "DELETE" else _update_of(table)} ON "{table.name}" '
            f"BEGIN SELECT RAISE(ABORT, '{table.name} is append-only'); END",
        )
        for verb in ("UPDATE", "DELETE")
        if is_kept(table)
    ]


def apply(hub: Hub, connection: Connection) -> None:
    """Protect every table that exists; harmless when done again, and puts right what somebody changed."""
    if connection.dialect.name == "sqlite":
        for table in tables_of(connection):
            for name, sql in sqlite_triggers(table):
                connection.exec_driver_sql(f'DROP TRIGGER IF EXISTS "{name}"')
                connection.exec_driver_sql(sql)
        return
    role = make_url(hub.config.database_url).username or ""
    owner = make_url(hub.config.owner_url).username or ""
    connection.exec_driver_sql(
        f"CREATE OR REPLACE FUNCTION {REFUSE}() RETURNS trigger LANGUAGE plpgsql AS $${BODY.replace('%', '%%')}$$"
    )
    if role != owner:
        connection.exec_driver_sql(f'GRANT USAGE ON SCHEMA public TO "{role}"')
    for table in tables_of(connection):
        _protect(connection, table, role if role != owner else "")
    if role != owner:
        parts = "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND relacl IS NOT NULL"
        for part in connection.exec_driver_sql(parts).scalars().all():  # reached through the whole table only
            connection.exec_driver_sql(f'REVOKE ALL ON "{part}" FROM "{role}", PUBLIC')
        for version in connection.dialect.get_table_names(connection):
            if version.endswith("_alembic_version"):
                connection.exec_driver_sql(f'GRANT SELECT ON "{version}" TO "{role}"')


def _protect(connection: Connection, table: Table, role: str) -> None:
    name = f'"{table.name}"'
    if table.info.get("tenant"):
        connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        connection.exec_driver_sql(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
        policies = "SELECT polname FROM pg_policy WHERE polrelid = to_regclass(:table)"
        for policy in connection.scalars(text(policies), {"table": name}).all():
            connection.exec_driver_sql(f'DROP POLICY "{policy}" ON {name}')
        connection.exec_driver_sql(f"CREATE POLICY {POLICY} ON {name} USING ({CHECK}) WITH CHECK ({CHECK})")
    if is_kept(table):
        for verb, level in ((f"DELETE OR {_update_of(table)}", "ROW"), ("TRUNCATE", "STATEMENT")):
            trigger = f'"{table.name}_no_{level.lower()}"'
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger} ON {name}")
            connection.exec_driver_sql(
                f"CREATE TRIGGER {trigger} BEFORE {verb} ON {name} FOR EACH {level} EXECUTE FUNCTION {REFUSE}()"
            )
    if role:
        rights = ", ".join(rights_on(table))
        connection.exec_driver_sql(f'REVOKE ALL ON {name} FROM "{role}", PUBLIC')
        connection.exec_driver_sql(f'GRANT {rights} ON {name} TO "{role}"')
        sequence = connection.exec_driver_sql(
            f"SELECT pg_get_serial_sequence('{name}', 'id')"
        ).scalar_one_or_none()
        if sequence:
            connection.exec_driver_sql(f'GRANT USAGE ON SEQUENCE {sequence} TO "{role}"')
