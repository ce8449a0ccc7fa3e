"""A tenant as a copy of one made earlier: a dozen statements instead of hundreds.

Rows get new ids where ids are unique over all tenants or where a test wants to tell two tenants apart; every reference the
models declare is moved with them, and so are the ``entity_id`` of rows that name an entity. What else holds an id (inside
JSON, inside a text) cannot be moved: a test compares a copied tenant with a created one and names such a column.
An exact copy keeps every id: only where the key of a row is (tenant_id, id), on PostgreSQL.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg
from sqlalchemy import JSON, Column, String, Table, Text, TypeDecorator

from core.data.db import Base, tenant_tables
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub

_numbers = itertools.count(1)
TOOL = "/* tests */"
"""Statements of the tools themselves: the product sends none like them."""


class _Execute(Protocol):
    def __call__(self, sql: str) -> Any: ...


@dataclass
class Template:
    """A tenant that others are copied from: which tables have rows of it, and the columns that say its name."""

    info: TenantInfo
    tables: list[tuple[Table, int, int]]
    named: set[Column[Any]]


class Copies:
    """Copies of tenants in one database; a template for each set of options, made when first asked for."""

    def __init__(self, hub: Hub, admin: str, create: Callable[..., TenantInfo]) -> None:
        self.hub, self.admin, self.create = hub, admin, create
        self.templates: dict[str, Template] = {}
        self.kept: dict[str, Template] = {}

    def make(self, code: str, name: str, **options: Any) -> TenantInfo:
        """A fresh tenant, as ``create(hub, code, name, **options)`` would make it."""
        key = _key(options)
        if key not in self.templates:
            number = next(_numbers)
            made = self.create(self.hub, f"TPL-{number}", f"Template of tenants {number}", **options)
            self.templates[key] = self.hide(made)
        return self.copy(self.templates[key], code, name)

    def keep(self, info: TenantInfo, **options: Any) -> None:
        """``info`` is a template in every state of this database, and was hidden before."""
        self.kept[_key(options)] = self.templates[_key(options)] = self.look_at(info)

    def begin_anew(self) -> None:
        """The database was put back: templates made since are gone."""
        self.templates = dict(self.kept)

    def hide(self, info: TenantInfo) -> Template:
        """A tenant as a template only: work that goes through every tenant leaves it as it is."""
        with self._connection() as run:
            run(f"UPDATE core_tenant SET active = false WHERE id = {info.id}")
        return self.look_at(info)

    def look_at(self, info: TenantInfo) -> Template:
        """Make a template of a tenant that is there."""
        tables, named = [], set()
        with self._connection() as run:
            for table in tenant_tables():
                first, last = run(
                    f'SELECT min(id), max(id) FROM "{table.name}" WHERE tenant_id = {info.id}'
                ).fetchone()
                if first is None:
                    continue
                tables.append((table, int(first), int(last)))
                for column in table.columns:
                    if isinstance(_kept_as(column), String | Text | JSON):
                        said = f'tenant_id = {info.id} AND CAST("{column.name}" AS TEXT) LIKE'
                        if run(
                            f"SELECT 1 FROM {table.name} WHERE {said} '%{_quoted(info.name)}%' LIMIT 1"
                        ).fetchone():
                            named.add(column)
        return Template(info, tables, named)

    def copy(self, template: Template, code: str, name: str, *, exact: bool = False) -> TenantInfo:
        """A tenant with the same rows; ``exact`` keeps the ids (PostgreSQL only)."""
        with self._connection() as run:
            new = self._tenant(run, template, code, name)
            shifts = {} if exact else self._shifts(run, template)
            for sql in self._statements(template, new, name, shifts):
                run(sql)
            if exact:
                self._members(run, template, new)
        return TenantInfo(new, code, name, template.info.timezone, template.info.demo)

    @contextmanager
    def _connection(self) -> Iterator[_Execute]:
        if self.admin:
            with psycopg.connect(self.admin) as admin:
                yield lambda sql: admin.execute(sql.encode())
            return
        with self.hub.engine.connect() as connection:
            yield lambda sql: connection.exec_driver_sql(f"{TOOL} {sql}")
            connection.commit()

    def _tenant(self, run: _Execute, template: Template, code: str, name: str) -> int:
        columns = [c.name for c in Base.metadata.tables["core_tenant"].columns if c.name != "id"]
        values = {"code": f"'{_quoted(code)}'", "name": f"'{_quoted(name)}'", "active": "true"}
        chosen = ", ".join(values.get(c, f'"{c}"') for c in columns)
        listed = ", ".join(f'"{c}"' for c in columns)
        made = run(
            f"INSERT INTO core_tenant ({listed}) SELECT {chosen} FROM core_tenant WHERE id = {template.info.id} RETURNING id"
        )
        return int(made.fetchone()[0])

    def _shifts(self, run: _Execute, template: Template) -> dict[str, int]:
        if not self.admin:
            used = dict(run("SELECT name, seq FROM sqlite_sequence").fetchall())
            return {t.name: used.get(t.name, 0) + 1 - first for t, first, _last in template.tables}
        taken = " UNION ALL ".join(
            f"SELECT '{t.name}', min(v) FROM (SELECT nextval(pg_get_serial_sequence('\"{t.name}\"', 'id')) AS v "
            f"FROM generate_series(1, {last - first + 1})) s"
            for t, first, last in template.tables
        )
        low = dict(run(taken).fetchall())
        return {t.name: low[t.name] - first for t, first, _last in template.tables}

    def _statements(self, template: Template, new: int, name: str, shifts: dict[str, int]) -> Iterable[str]:
        for table, _first, _last in template.tables:
            names = [c.name for c in table.columns]
            values = [self._value(c, table, template, new, name, shifts) for c in table.columns]
            yield (
                f'INSERT INTO "{table.name}" ({", ".join(_id(n) for n in names)}) SELECT {", ".join(values)} '
                f'FROM "{table.name}" WHERE tenant_id = {template.info.id} ORDER BY id'
            )

    def _value(
        self,
        column: Column[Any],
        table: Table,
        template: Template,
        new: int,
        name: str,
        shifts: dict[str, int],
    ) -> str:
        plain, target = _id(column.name), column.info.get("ref")
        if column.name == "tenant_id":
            return str(new)
        if column.name == "id" and table.name in shifts:
            return f"{plain} + {shifts[table.name]}"
        if target in shifts:
            return f"{plain} + {shifts[target]}"
        if column.name == "entity_id" and "entity" in table.c and shifts:
            cases = " ".join(f"WHEN '{kind}' THEN {shifts[t]}" for kind, t in self._kinds(shifts).items())
            return f"{plain} + CASE entity {cases} ELSE 0 END"
        if column in template.named:
            changed = f"replace(CAST({plain} AS TEXT), '{_quoted(template.info.name)}', '{_quoted(name)}')"
            return (
                f"CAST({changed} AS JSON)" if self.admin and isinstance(_kept_as(column), JSON) else changed
            )
        return plain

    def _kinds(self, tables: Iterable[str]) -> dict[str, str]:
        # what is no entity, like a switch of a plugin, is called after its table
        by_table = {t.replace("_", ".", 1): t for t in tables}
        entities = {e.name: e.model.__tablename__ for e in self.hub.registry.entities.values()}
        return by_table | {name: t for name, t in entities.items() if t in by_table.values()}

    def _members(self, run: _Execute, template: Template, new: int) -> None:
        """People who work in the template work in its copy."""
        for table in Base.metadata.sorted_tables:
            if table.info.get("global") and "tenant_id" in table.c:
                columns = [c.name for c in table.columns if c.name != "id"]
                chosen = ", ".join(str(new) if c == "tenant_id" else _id(c) for c in columns)
                listed = ", ".join(_id(c) for c in columns)
                run(
                    f'INSERT INTO "{table.name}" ({listed}) SELECT {chosen} FROM "{table.name}" '
                    f"WHERE tenant_id = {template.info.id} ORDER BY id"
                )


def _key(options: dict[str, Any]) -> str:
    return repr(sorted((k, list(v) if isinstance(v, tuple | list) else v) for k, v in options.items()))


def _id(name: str) -> str:
    return f'"{name}"'


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _kept_as(column: Column[Any]) -> Any:
    """The type of a column in the database."""
    return column.type.impl if isinstance(column.type, TypeDecorator) else column.type
