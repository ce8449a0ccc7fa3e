"""Stored files that rows refer to: which of them nobody refers to any more when those rows are gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from core.data.db import Base
from core.vault import tables
from core.vault.belongings import Share
from core.vault.tables import TENANT, Shape


def files_of(
    connection: Connection, shapes: Sequence[Shape], found: Iterable[Share], company: int
) -> dict[Shape, dict[int, str]]:
    """Stored files that these rows of a company refer to, by table: id → what the file is called."""
    picked = {share.shape.name: share for share in found}
    used: dict[Shape, dict[int, str]] = {}
    for blob in _stored(shapes):
        table, ids = tables.table_of(blob), set[int]()
        for name, column in _references(connection, blob):
            if name in picked:
                chosen: sa.Select[int] = sa.select(sa.column(column, sa.BigInteger)).select_from(
                    tables.table_of(picked[name].shape)
                )
                ids.update(
                    i for i in connection.scalars(chosen.where(*picked[name].of(company))) if i is not None
                )
        called = table.c[Base.metadata.tables[blob.name].info["stored"]]
        rows = sa.select(table.c.id, called).where(table.c[TENANT] == company, table.c.id.in_(sorted(ids)))
        used[blob] = {row[0]: row[1] for row in connection.execute(rows)}
    return used


def unused_files(
    connection: Connection, shapes: Sequence[Shape], blob: Shape, gone: Mapping[int, str], company: int
) -> list[int]:
    """Those of the files that nothing refers to any more."""
    left = set(gone)
    by_name = {shape.name: shape for shape in shapes}
    for name, column in _references(connection, blob):
        table = tables.table_of(by_name[name])
        left.difference_update(
            connection.scalars(
                sa.select(table.c[column]).where(
                    table.c[TENANT] == company, table.c[column].in_(sorted(left))
                )
            )
        )
    return sorted(left)


def _stored(shapes: Sequence[Shape]) -> list[Shape]:
    known = Base.metadata.tables
    return [shape for shape in shapes if shape.name in known and known[shape.name].info.get("stored")]


def _references(connection: Connection, target: Shape) -> list[tuple[str, str]]:
    """Columns that refer to a table, as (table, column)."""
    present = tables.table_names(connection)
    keys = sa.inspect(connection).get_multi_foreign_keys(filter_names=present)
    return [
        (name, next(c for c in key["constrained_columns"] if c != TENANT))
        for (_, name), listed in keys.items()
        for key in listed
        if key["referred_table"] == target.name
    ]
