"""Rows of any table of the database, whether its plugin is loaded or not, in a form that is the same on every engine.

Whole numbers, texts and JSON as they are kept, days and times in ISO form, bytes in base64; in the order of the key. JSON
is carried as the text that is stored, so that rows compare to the last character.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import islice
from typing import Any, cast

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.types import TypeEngine

from core.data.migrate import VERSIONS, known_lineages, owner_of
from core.errors import StartError
from core.vault.archive import Row

BATCH = 500  # rows in memory at once
TENANT = "tenant_id"
KINDS: dict[type[TypeEngine[Any]], str] = {
    sa.Boolean: "yes", sa.JSON: "json", sa.DateTime: "time", sa.Date: "day", sa.Integer: "whole", sa.String: "text",
    sa.LargeBinary: "bytes", sa.Float: "float", sa.Numeric: "decimal",
}  # fmt: skip
TYPES: dict[str, TypeEngine[Any]] = {
    "yes": sa.Boolean(), "json": sa.Text(), "time": sa.DateTime(), "day": sa.Date(), "whole": sa.BigInteger(),
    "text": sa.Text(), "bytes": sa.LargeBinary(), "float": sa.Float(), "decimal": sa.Numeric(),
}  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """A table as the database has it: its columns as (name, kind), its key, the references to itself, whose it is."""

    name: str
    plugin: str
    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]
    itself: tuple[str, ...]
    people: tuple[str, ...]
    """Columns that refer to a person."""
    needs: frozenset[str]
    """Tables that must be filled before it."""

    @property
    def owned(self) -> bool:
        """Do its rows belong to companies?"""
        return any(name == TENANT for name, _ in self.columns)


def table_names(connection: Connection) -> list[str]:
    """Every table that holds rows: no parts of split tables, no tables of versions."""
    found = connection.dialect.get_table_names(connection)
    if connection.dialect.name == "postgresql":
        parts = connection.exec_driver_sql(
            "SELECT relname FROM pg_class WHERE relispartition AND relnamespace = 'public'::regnamespace"
        )
        found = sorted(set(found).difference(parts.scalars()))
    return [name for name in found if not name.endswith(VERSIONS)]


def shapes(connection: Connection) -> list[Shape]:
    """The tables of the database, each after those that it refers to. StartError for a column of an unknown kind."""
    inspector, lineages = sa.inspect(connection), known_lineages(connection)
    names = table_names(connection)
    columns = inspector.get_multi_columns(filter_names=names)
    keys = inspector.get_multi_pk_constraint(filter_names=names)
    references = inspector.get_multi_foreign_keys(filter_names=names)
    found = {}
    for (_, name), listed in columns.items():
        refers = [(r["constrained_columns"], r["referred_table"]) for r in references.get((_, name), [])]
        found[name] = Shape(
            name=name,
            plugin=owner_of(name, lineages) or "core",
            columns=tuple((c["name"], _kind(name, c["name"], c["type"])) for c in listed),
            key=tuple(keys[_, name]["constrained_columns"]),
            itself=tuple(c for cs, to in refers for c in cs if to == name and c != TENANT),
            people=tuple(c for cs, to in refers for c in cs if to == "core_user"),
            needs=frozenset(to for _cs, to in refers if to != name and to in names),
        )
    try:
        return [
            found[name] for name in TopologicalSorter({n: s.needs for n, s in found.items()}).static_order()
        ]
    except CycleError as error:
        raise StartError(f"tables refer to each other in a circle: {', '.join(error.args[1])}") from error


def _kind(table: str, column: str, given: TypeEngine[Any]) -> str:
    for known, kind in KINDS.items():
        if isinstance(given, known):
            return kind
    raise StartError(f"{table}.{column} is a {given!r}, which backups do not know how to keep")


def standing(connection: Connection) -> dict[str, str]:
    """The revision of each lineage that the database has tables of, loaded or not."""
    found = {}
    for name in sorted(known_lineages(connection)):
        version: sa.Select[str] = sa.select(sa.column("version_num", sa.String)).select_from(
            sa.table(f"{name}{VERSIONS}")
        )
        if (revision := connection.scalar(version)) is not None:
            found[name] = str(revision)
    return found


def announce(connection: Connection, company: int) -> None:
    """Say whose rows are meant: row-level security shows no others."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL app.tenant_id = '{int(company)}'")


def count_rows(connection: Connection, shape: Shape, only: tuple[str, int] | None) -> int:
    """How many rows there are where a column has this value."""
    counted = sa.select(sa.func.count()).select_from(table := table_of(shape))
    return int(connection.scalar(counted.where(table.c[only[0]] == only[1]) if only else counted) or 0)


def read_rows(
    connection: Connection, shape: Shape, only: tuple[str, int] | None, *where: sa.ColumnElement[bool]
) -> Iterator[Row]:
    """The rows where a column has this value (and ``where`` holds), a batch in memory at a time."""
    table = table_of(shape)
    picked = [
        sa.cast(table.c[name], sa.Text).label(name) if kind == "json" else table.c[name]
        for name, kind in shape.columns
    ]
    chosen = sa.select(*picked).where(*where).order_by(*map(sa.column, shape.key))
    if only:
        chosen = chosen.where(table.c[only[0]] == only[1])
    places = [i for i, (_, kind) in enumerate(shape.columns) if kind in ("decimal", "bytes")]
    for found in connection.execute(chosen, execution_options={"yield_per": BATCH}):
        row = list(found)
        for i in places:
            row[i] = _outward(row[i])
        yield row


def _outward(value: Any) -> str | None:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return None if value is None else str(value)


def pour(
    connection: Connection, shape: Shape, columns: Sequence[tuple[str, str]], rows: Iterable[Row]
) -> tuple[int, str]:
    """Insert rows; how many, and their sum. A reference to a later row of the same table is filled in at the end."""
    table, names = table_of(shape), [name for name, _ in columns]
    given = {
        name: sa.cast(sa.bindparam(name, type_=sa.Text), sa.JSON)
        if kind == "json" and connection.dialect.name == "postgresql"
        else sa.bindparam(name)
        for name, kind in columns
    }
    statement, count, digest = sa.insert(table).values(given), 0, hashlib.sha256()
    inward = [(name, kind) for name, kind in columns if kind in ("time", "day", "decimal", "bytes")]
    later: list[tuple[dict[str, Any], str, Any]] = []
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        values = []
        for row in batch:
            digest.update(msgspec.json.encode(row) + b"\n")
            value = dict(zip(names, row, strict=True))
            for column in shape.itself:
                if value[column] is not None and cast(int, value[column]) > cast(int, value["id"]):
                    later.append(({key: value[key] for key in shape.key}, column, value[column]))
                    value[column] = None
            for name, kind in inward:
                value[name] = _inward(kind, value[name])
            values.append(value)
        connection.execute(statement, values)
        count += len(batch)
    for where, column, target in later:
        which = [table.c[key] == value for key, value in where.items()]
        connection.execute(sa.update(table).where(*which).values({column: target}))
    return count, digest.hexdigest()


def _inward(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "time":
        return datetime.fromisoformat(value)
    if kind == "day":
        return date.fromisoformat(value)
    return Decimal(value) if kind == "decimal" else base64.b64decode(value)


def sum_of(rows: Iterable[Row]) -> tuple[int, str]:
    """How many rows, and their sum."""
    count, digest = 0, hashlib.sha256()
    for row in rows:
        digest.update(msgspec.json.encode(row) + b"\n")
        count += 1
    return count, digest.hexdigest()


def last_id(connection: Connection, shape: Shape) -> int | None:
    """The last id that the table has given out; None where it never gave one, or gives none."""
    if ("id", "whole") not in shape.columns:
        return None
    if connection.dialect.name == "sqlite":
        found = connection.execute(
            sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": shape.name}
        )
    else:
        found = connection.execute(
            sa.text(
                "SELECT last_value FROM pg_sequences WHERE to_regclass(format('%I.%I', schemaname, sequencename)) = "
                "to_regclass(pg_get_serial_sequence(:name, 'id'))"
            ),
            {"name": f'"{shape.name}"'},
        )
    # SQLite says 0 of a table that was made anew while it was empty
    return int(found.scalar_one_or_none() or 0) or None


def go_on_after(connection: Connection, shape: Shape, last: int | None) -> None:
    """The next id of the table is a later one than ``last``."""
    if last is None or last <= (last_id(connection, shape) or 0):
        return
    if connection.dialect.name == "sqlite":
        connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": shape.name})
        connection.execute(
            sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"),
            {"name": shape.name, "last": last},
        )
    else:
        connection.execute(
            sa.text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"),
            {"name": f'"{shape.name}"', "last": last},
        )


@cache
def table_of(shape: Shape) -> sa.TableClause:
    """The table, to be asked."""
    return sa.table(shape.name, *(sa.column(name, TYPES[kind]) for name, kind in shape.columns))
