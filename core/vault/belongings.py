"""What belongs to a plugin in the database, whether it is loaded or not: its own tables, and its rows in tables of others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from core.data.db import Base, TenantRow
from core.data.models import Enablement
from core.vault import tables
from core.vault.tables import TENANT, Shape

NAMED = {
    "core_grant": "permission", "core_setting": "key", "core_job": "kind", "core_list_item": "list_code",
    "core_user_pref": "screen", "core_series": "code", "core_counter": "series",
}  # fmt: skip
"""Tables of core in which rows of plugins lie, and the column that says whose: ``<plugin>.…``."""
OFFERED = {"core_list_item": "list:", "core_series": "series:", "core_counter": "series:"}
"""Those whose codes need not begin with the plugin's name; what a tenant was offered says whose they are."""
HISTORY = ("core_audit", "core_posting")
"""Tables that tell what happened. What is there stays, whatever becomes of a plugin."""


@dataclass(frozen=True)
class Share:
    """Rows of one table that belong to a plugin: all of it where ``where`` is None."""

    shape: Shape
    where: sa.ColumnElement[bool] | None = None

    def of(self, company: int | None) -> list[sa.ColumnElement[bool]]:
        """What picks its rows, of one company where it is named."""
        owner = [tables.table_of(self.shape).c[TENANT] == company] if company is not None else []
        return owner + ([] if self.where is None else [self.where])

    def count(self, connection: Connection, company: int | None) -> int:
        """How many rows there are."""
        counted = sa.select(sa.func.count()).select_from(tables.table_of(self.shape))
        return int(connection.scalar(counted.where(*self.of(company))) or 0)


def begins(column: sa.ColumnElement[Any], plugin: str) -> sa.ColumnElement[bool]:
    """Does what is in the column begin with ``<plugin>.``? (``LIKE`` would take the underscore of a name for any letter.)"""
    return sa.func.substr(column, 1, len(plugin) + 1) == f"{plugin}."


def of_documents() -> set[str]:
    """Tables whose rows hang on documents of any plugin: files, remarks."""
    rows = (m.class_ for m in Base.registry.mappers)
    found = {str(c.__tablename__) for c in rows if issubclass(c, TenantRow) and c.of_document}
    return found.difference(HISTORY)


def shares(shapes: Sequence[Shape], plugin: str, offered: Collection[str] = ()) -> list[Share]:
    """What belongs to a plugin, each table after those that it refers to. ``offered`` is what companies were once given of it
    (``series:…``, ``list:…``)."""
    found, hanging = [], of_documents()
    for shape in shapes:
        table = tables.table_of(shape)
        if shape.plugin == plugin:
            found.append(Share(shape))
        elif shape.name == "core_enablement":
            found.append(Share(shape, table.c.plugin == plugin))
        elif shape.name in NAMED:
            column, kind = table.c[NAMED[shape.name]], OFFERED.get(shape.name, "-")
            codes = [name.removeprefix(kind) for name in offered if name.startswith(kind)]
            found.append(Share(shape, sa.or_(begins(column, plugin), column.in_(codes))))
        elif shape.name in hanging:
            found.append(Share(shape, begins(table.c.entity, plugin)))
    return found


def offered(connection: Connection, plugin: str, company: int) -> list[str]:
    """What a company was given of a plugin."""
    row = Enablement.table()
    wanted = sa.select(row.c.offered).where(row.c.tenant_id == company, row.c.plugin == plugin)
    return list(connection.scalar(wanted) or ())


def told_of(shapes: Sequence[Shape], plugin: str) -> list[Share]:
    """Rows of other plugins that name documents of this one without a reference (``entity``, ``made_for_entity``)."""
    found, hanging = [], of_documents()
    for shape in shapes:
        if shape.plugin in (plugin, "core") or shape.name in hanging:
            continue
        table = tables.table_of(shape)
        names = [
            n for n, kind in shape.columns if kind == "text" and (n == "entity" or n.endswith("_entity"))
        ]
        found += [Share(shape, begins(table.c[name], plugin)) for name in names]
    return found


def referring(connection: Connection, shapes: Sequence[Shape], plugin: str) -> list[Share]:
    """Rows of other plugins that refer to rows of this one, by references of the database."""
    mine = {shape.name for shape in shapes if shape.plugin == plugin}
    others = {shape.name: shape for shape in shapes if shape.plugin != plugin and shape.needs & mine}
    keys = sa.inspect(connection).get_multi_foreign_keys(filter_names=list(others))
    found = []
    for (_, name), listed in keys.items():
        for key in listed if name in others else ():
            if key["referred_table"] in mine:
                column = next(c for c in key["constrained_columns"] if c != TENANT)
                found.append(Share(others[name], tables.table_of(others[name]).c[column].is_not(None)))
    return found
