"""Whether the database is protected as :mod:`core.data.harden` protects it: looked at whenever the hub starts.

A few questions to the catalogue, however many tables. What differs is said in words, with what puts it right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table

from core.data.harden import (
    BODY,
    CHECK,
    POLICY,
    REFUSE,
    TRIGGERS,
    is_kept,
    rights_on,
    settled_columns,
    sqlite_triggers,
    tables_of,
)

if TYPE_CHECKING:
    from core.kernel.hub import Hub

REMEDY = "`hub db upgrade` puts it right."
ROLE = "Use a role that owns nothing and has no privilege of its own (README), and let the owner run `hub db upgrade`."
RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES")


def problems(hub: Hub) -> list[str]:
    """What is missing of the protection, or differs from it; the hub refuses to start on any."""
    with hub.engine.connect() as connection:
        tables = tables_of(connection)
        if connection.dialect.name == "sqlite":
            return [*_sqlite(connection, tables)]
        if faults := [*_role(connection)]:
            return faults
        return [*_rows(connection, tables), *policies(connection), *_rights(connection, tables),
                *_triggers(connection, tables)]  # fmt: skip


def _sqlite(connection: Connection, tables: list[Table]) -> Iterator[str]:
    have = {
        name: (table, sql)
        for name, table, sql in connection.exec_driver_sql(
            "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
        )
    }
    known = {table.name for table in tables}
    for table in tables:
        for name, sql in sqlite_triggers(table):
            found = have.pop(name, None)
            if found is None:
                yield f"table {table.name} lacks trigger {name}: its rows could be changed. {REMEDY}"
            elif found[1] != sql:
                yield f"trigger {name} of table {table.name} is not the hub's. {REMEDY}"
    for name, (table_name, _sql) in sorted(have.items()):
        if table_name in known:
            yield f"table {table_name} has a trigger {name} that the hub did not make. Drop it."


def _role(connection: Connection) -> Iterator[str]:
    row = connection.exec_driver_sql(
        "SELECT rolsuper OR rolbypassrls, current_setting('session_replication_role') <> 'origin' "
        "FROM pg_roles WHERE rolname = current_user"
    ).one()
    if row[0]:
        yield f"the application's role is a superuser or bypasses row-level security. {ROLE}"
        return
    if row[1]:
        yield "session_replication_role keeps triggers from working. Set it to origin for the application's role."
    owned = connection.exec_driver_sql(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace "
        "AND pg_has_role(current_user, relowner, 'MEMBER') ORDER BY relname"
    ).scalars()
    if names := list(owned):
        yield (
            f"the application's role owns {len(names)} tables ({names[0]} …) or may act as their owner: it could take every "
            f"protection away. {ROLE}"
        )


def _rows(connection: Connection, tables: list[Table]) -> Iterator[str]:
    secured = set(
        connection.exec_driver_sql(
            "SELECT c.relname FROM pg_class c WHERE c.relrowsecurity AND c.relforcerowsecurity "
            "AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)"
        ).scalars()
    )
    for table in tables:
        if table.info.get("tenant") and table.name not in secured:
            yield f"table {table.name} has no row-level security. {REMEDY}"


def policies(connection: Connection) -> list[str]:
    """Tables whose policy is not the hub's, in words: rows of theirs would be hidden, or shown to others."""
    if connection.dialect.name == "sqlite":
        return []
    said: dict[str, list[tuple[str, ...]]] = {}
    for table, name, verb, permissive, roles, sees, writes in connection.exec_driver_sql(
        "SELECT c.relname, p.polname, p.polcmd::text, p.polpermissive::text, p.polroles::text, "
        "pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid) "
        "FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
    ):
        said.setdefault(table, []).append((name, verb, permissive, roles, _bare(sees), _bare(writes)))
    wanted = [(POLICY, "*", "true", "{0}", _bare(CHECK), _bare(CHECK))]
    return [
        f"the policy of table {table} is not the hub's. {REMEDY}"
        for table, found in sorted(said.items())
        if found != wanted
    ]


def _bare(expression: str | None) -> str:
    """An expression without what PostgreSQL adds to it when it is shown: brackets, blanks, types of texts."""
    return re.sub(r"[()\s]|::(text|bigint)", "", expression or "").lower()


def _rights(connection: Connection, tables: list[Table]) -> Iterator[str]:
    asked = ", ".join(
        f"has_table_privilege(oid, '{right}')"
        + (
            f" OR has_any_column_privilege(oid, '{right}')"
            if right in ("INSERT", "UPDATE", "REFERENCES")
            else ""
        )
        for right in RIGHTS
    )
    wanted = {table.name: {*rights_on(table)} for table in tables}
    for name, part, *has in connection.exec_driver_sql(
        f"SELECT relname, relispartition, {asked} FROM pg_class "  # noqa: S608 - words of this file
        "WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY relname"
    ):
        have = {right for right, there in zip(RIGHTS, has, strict=True) if there}
        allowed = set() if part else wanted.get(name)
        if allowed is None:
            continue  # of a plugin that is not loaded, or nobody's
        if more := have - allowed:
            yield f"the application's role may {' and '.join(sorted(more))} on {name}, which it must not. {REMEDY}"
        if less := allowed - have:
            yield f"the application's role may not {' and '.join(sorted(less))} on {name}. {REMEDY}"


def _triggers(connection: Connection, tables: list[Table]) -> Iterator[str]:
    found: dict[str, dict[str, tuple[bool, bool, bool]]] = {}
    known = {table.name: table for table in tables}
    for table, name, kind, works, plain, own, body, watched in connection.exec_driver_sql(
        "SELECT c.relname, t.tgname, t.tgtype, t.tgenabled IN ('O', 'A'), t.tgqual IS NULL, p.proname, p.prosrc, "
        "ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY(t.tgattr)) "
        "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace"
    ):
        ours = own == REFUSE
        settled = settled_columns(known[table]) if table in known and kind == TRIGGERS["no_row"] else ()
        right = plain and body == BODY and kind in TRIGGERS.values()
        right = right and (table not in known or set(watched) == set(settled))
        found.setdefault(table, {})[name] = (ours, works, right)
    for name, triggers in sorted(found.items()):
        for trigger, (ours, works, right) in sorted(triggers.items()):
            if not ours and name in known:
                yield f"table {name} has a trigger {trigger} that the hub did not make. Drop it."
            elif ours and not works:
                yield f"trigger {trigger} of table {name} is switched off: its rows could be changed. {REMEDY}"
            elif ours and not right:
                yield f"trigger {trigger} of table {name} is not the hub's. {REMEDY}"
    for table in tables:
        if is_kept(table):
            for suffix in TRIGGERS:
                if f"{table.name}_{suffix}" not in found.get(table.name, {}):
                    yield f"table {table.name} lacks trigger {table.name}_{suffix}: its rows could be changed. {REMEDY}"
