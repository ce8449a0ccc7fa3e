"""Protection that belongs to every tenant table, applied after each migration and checked at each start.

PostgreSQL: row-level security that also binds the owner, and grants (append-only tables: INSERT and SELECT only).
SQLite and plain PostgreSQL: triggers that refuse UPDATE and DELETE on append-only tables.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, make_url

from core.data.db import Base

if TYPE_CHECKING:
    from core.kernel.hub import Hub

POLICY = "tenant_wall"
CHECK = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint"
REFUSE = "hub_append_only"


def _tables(connection: Connection) -> list[Table]:
    present = set(connection.dialect.get_table_names(connection))
    return [t for t in Base.metadata.sorted_tables if t.name in present]


def apply(hub: Hub, connection: Connection) -> None:
    """Protect every table that exists; harmless when done again."""
    if connection.dialect.name == "sqlite":
        for table in _tables(connection):
            if table.info.get("append_only"):
                for verb in ("UPDATE", "DELETE"):
                    connection.exec_driver_sql(
                        f'CREATE TRIGGER IF NOT EXISTS "{table.name}_no_{verb.lower()}" BEFORE {verb} ON "{table.name}" '
                        f"BEGIN SELECT RAISE(ABORT, '{table.name} is append-only'); END"
                    )
        return
    role = make_url(hub.config.database_url).username or ""
    owner = make_url(hub.config.owner_url).username or ""
    connection.exec_driver_sql(
        f"CREATE OR REPLACE FUNCTION {REFUSE}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME USING ERRCODE = '23001'; END $$"
    )
    if role != owner:
        connection.exec_driver_sql(f'GRANT USAGE ON SCHEMA public TO "{role}"')
    for table in _tables(connection):
        _protect(connection, table, role if role != owner else "")
    if role != owner:
        for version in connection.dialect.get_table_names(connection):
            if version.endswith("_alembic_version"):
                connection.exec_driver_sql(f'GRANT SELECT ON "{version}" TO "{role}"')


def _protect(connection: Connection, table: Table, role: str) -> None:
    name = f'"{table.name}"'
    if table.info.get("tenant"):
        connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        connection.exec_driver_sql(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
        connection.exec_driver_sql(f"DROP POLICY IF EXISTS {POLICY} ON {name}")
        connection.exec_driver_sql(f"CREATE POLICY {POLICY} ON {name} USING ({CHECK}) WITH CHECK ({CHECK})")
    append_only = bool(table.info.get("append_only"))
    if append_only:
        for verb, level in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            trigger = f'"{table.name}_no_{level.lower()}"'
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger} ON {name}")
            connection.exec_driver_sql(
                f"CREATE TRIGGER {trigger} BEFORE {verb} ON {name} FOR EACH {level} EXECUTE FUNCTION {REFUSE}()"
            )
    if role:
        rights = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
        connection.exec_driver_sql(f'REVOKE ALL ON {name} FROM "{role}"')
        connection.exec_driver_sql(f'GRANT {rights} ON {name} TO "{role}"')
        sequence = connection.exec_driver_sql(
            f"SELECT pg_get_serial_sequence('{name}', 'id')"
        ).scalar_one_or_none()  # fmt: skip
        if sequence:
            connection.exec_driver_sql(f'GRANT USAGE ON SEQUENCE {sequence} TO "{role}"')


def walls(connection: Connection) -> list[str]:
    """Tables whose policy is not the one that :func:`apply` makes, in words: rows of theirs would be hidden, or
    shown to others."""
    if connection.dialect.name == "sqlite":
        return []
    said: dict[str, list[tuple[str, ...]]] = {}
    for table, *policy in connection.exec_driver_sql(
        "SELECT c.relname, p.polname, p.polcmd::text, p.polpermissive::text, p.polroles::text, "
        "pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid) "
        "FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
    ):
        said.setdefault(table, []).append((*policy[:4], _bare(policy[4]), _bare(policy[5])))
    wanted = [(POLICY, "*", "true", "{0}", _bare(CHECK), _bare(CHECK))]
    return [
        f"the policy of table {table} is not the hub's. Run `hub db upgrade`."
        for table, policies in sorted(said.items())
        if policies != wanted
    ]


def _bare(expression: str | None) -> str:
    """An expression without what PostgreSQL adds to it when it is shown: brackets, blanks, types of texts."""
    return re.sub(r"[()\s]|::(text|bigint)", "", expression or "").lower()


def problems(hub: Hub) -> list[str]:
    """What is missing of the protection, in words; the hub refuses to start on any."""
    with hub.engine.connect() as connection:
        tables = _tables(connection)
        if connection.dialect.name == "sqlite":
            have = set(
                connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type='trigger'").scalars()
            )
            return [
                f"table {t.name} lacks trigger {t.name}_no_{verb}. Run `hub db upgrade`."
                for t in tables if t.info.get("append_only")
                for verb in ("update", "delete")
                if f"{t.name}_no_{verb}" not in have
            ]  # fmt: skip
        found = []
        row = connection.exec_driver_sql(
            "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).one()
        if any(row):
            found.append(
                "the application's role is a superuser or bypasses row-level security; use a plain role"
            )
        secured: dict[str, bool] = dict(
            connection.exec_driver_sql(
                "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relkind IN ('r', 'p')"
            ).all()
        )  # fmt: skip
        found += [
            f"table {t.name} has no row-level security. Run `hub db upgrade`."
            for t in tables if t.info.get("tenant") and not secured.get(t.name)
        ]  # fmt: skip
        return found
