"""Making an archive while people work: one read transaction over every table, then the stored files.

The files come after the rows and are never changed or taken away, so that each file that a row names is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text

from core.data import migrate, walls
from core.errors import StartError
from core.kernel.context import TenantInfo
from core.kernel.file_store import file_store
from core.vault import tables
from core.vault.archive import FORMAT, STORED, Company, Manifest, Part, Progress, Row, Writer
from core.vault.tables import Shape

if TYPE_CHECKING:
    from core.kernel.hub import Hub

PERSON = ("id", "email", "name", "active", "locale", "theme", "created_at")
"""What goes along of the people of one company: nothing that lets anybody sign in."""


@dataclass(frozen=True)
class Picked:
    """The rows of a table that go into an archive: all, or those of one value of a column, company after company."""

    shape: Shape
    where: tuple[tuple[str, int] | None, ...]


def make_backup(hub: Hub, path: Path, progress: Progress, *, only: TenantInfo | None = None) -> Manifest:
    """Write an archive of everything, or of one company. StartError where rows could be hidden from it, or fewer are read
    than there are. The manifest names stored files that are damaged: they are in the archive as they are."""
    engine = migrate.owner_engine(hub)
    options: dict[str, Any] = {"hub_write": False}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    try:
        with engine.connect().execution_options(**options) as connection, Writer(path) as writer:
            connection.begin()
            if faults := walls.policies(connection):
                raise StartError("rows could be hidden from a backup: " + "; ".join(faults))
            manifest = _manifest(hub, connection, only)
            for picked in _picked(connection, manifest.companies, alone=only is not None):
                manifest.tables[picked.shape.name] = _table(connection, writer, picked, progress)
            manifest.damaged = _files(hub, writer, only)
            writer.finish(manifest)
            return manifest
    finally:
        engine.dispose()


def size(hub: Hub, *, only: TenantInfo | None = None) -> int:
    """How many rows an archive would hold now, for showing the progress."""
    engine = migrate.owner_engine(hub)
    with engine.connect().execution_options(hub_write=False) as connection:
        connection.begin()
        companies = _companies(connection, only)
        found = sum(_count(connection, p) for p in _picked(connection, companies, alone=only is not None))
    engine.dispose()
    return found


def _manifest(hub: Hub, connection: Connection, only: TenantInfo | None) -> Manifest:
    return Manifest(
        format=FORMAT,
        hub=version("oem-hub"),
        engine=connection.dialect.name,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        alone=only is not None,
        companies=_companies(connection, only),
        plugins={p.name: p.manifest.version for p in hub.plugins},
        revisions=tables.standing(connection),
        tables={},
    )


def _companies(connection: Connection, only: TenantInfo | None) -> list[Company]:
    if "core_tenant" not in tables.table_names(connection):
        raise StartError("there is no database to back up. Run `hub db upgrade`.")
    rows = connection.execute(text("SELECT id, code, name FROM core_tenant ORDER BY id"))
    return [Company(*row) for row in rows if only is None or row[0] == only.id]


def _picked(connection: Connection, companies: list[Company], *, alone: bool) -> list[Picked]:
    own = tuple((tables.TENANT, company.id) for company in companies)
    found = []
    for shape in tables.shapes(connection):
        if shape.name == "core_tenant":
            found.append(Picked(shape, tuple(("id", company.id) for company in companies)))
        elif shape.owned:
            found.append(Picked(shape, own))
        elif not alone:
            found.append(Picked(shape, (None,)))
        elif shape.name == "core_user":
            columns = tuple(c for c in shape.columns if c[0] in PERSON)
            people = _people(connection, companies[0].id)
            shape = Shape(shape.name, shape.plugin, columns, shape.key, (), (), shape.needs)
            found.append(Picked(shape, tuple(("id", person) for person in people)))
    return found


def _people(connection: Connection, company: int) -> list[int]:
    """Everybody whom a row of the company names."""
    tables.announce(connection, company)
    found: set[int] = set()
    for shape in tables.shapes(connection):
        for column in shape.people if shape.owned else ():
            sql = f'SELECT DISTINCT "{column}" FROM "{shape.name}" WHERE tenant_id = {company}'  # noqa: S608 - own names
            found.update(connection.exec_driver_sql(sql).scalars())
    return sorted(person for person in found if person is not None)


def _count(connection: Connection, picked: Picked) -> int:
    return sum(tables.count_rows(connection, picked.shape, where) for where in _announced(connection, picked))


def _announced(connection: Connection, picked: Picked) -> Iterator[tuple[str, int] | None]:
    for where in picked.where:
        if where and where[0] == tables.TENANT:
            tables.announce(connection, where[1])
        yield where


def _table(connection: Connection, writer: Writer, picked: Picked, progress: Progress) -> Part:
    shape, wanted = picked.shape, _count(connection, picked)

    def rows() -> Iterator[Row]:
        for where in _announced(connection, picked):
            for row in tables.read_rows(connection, shape, where):
                yield row
                progress(1)

    count, digest = writer.rows(shape.name, rows())
    if count != wanted:
        raise StartError(f"{shape.name} has {wanted} rows, and {count} could be read. Nothing was kept.")
    return Part(shape.plugin, list(shape.columns), count, digest, tables.last_id(connection, shape))


def _files(hub: Hub, writer: Writer, only: TenantInfo | None) -> list[str]:
    """Add the stored files; returns those that are no longer what they were stored as."""
    store, damaged = file_store(hub.config), []
    for stored in store.names(str(only.id) if only else ""):
        name = f"files/{stored}"
        if STORED.fullmatch(name):
            with store.local(stored) as file:
                whole = writer.file(name, file)
            damaged += [] if whole else [name]
    return damaged
