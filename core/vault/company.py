"""Putting one company of an archive into a hub that is at work, under its code or a new one.

Its rows keep their ids: what a text, a picture of a document or a job says of an id stays right. On PostgreSQL a key is
(company, id), so that this always goes. SQLite numbers rows over all companies: there the ids have to be free.
The people are found by their e-mail; who is not there yet is made without a password.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from core.data import migrate
from core.data.db import Base
from core.data.models import Tenant, User
from core.errors import StartError
from core.kernel.context import TenantInfo
from core.kernel.file_store import file_store
from core.vault import tables
from core.vault.archive import Archive, Company, Part, Progress, Row
from core.vault.restore import refuse_purged, unpack
from core.vault.tables import Shape

if TYPE_CHECKING:
    from core.kernel.hub import Hub


def restore_company(hub: Hub, archive: Archive, code: str, new_code: str, progress: Progress) -> TenantInfo:
    """Add the company ``code`` of a verified archive to ``hub`` as ``new_code``. StartError where the archive has none, the
    new code is taken, the versions differ, or (SQLite) its ids are taken."""
    refuse_purged(archive)
    company = next((c for c in archive.manifest.companies if c.code == code), None)
    if company is None:
        known = ", ".join(c.code for c in archive.manifest.companies)
        raise StartError(f"{archive.path} holds no company {code}; it holds {known}")
    _same_versions(hub, archive)
    engine = migrate.owner_engine(hub)
    made: TenantInfo | None = None
    store = file_store(hub.config)
    try:
        with engine.begin() as connection:
            made = _company(connection, archive, company, new_code)
            _fill(connection, archive, company, made.id, progress)
            unpack(hub, archive, company.id, made.id)
    except BaseException as error:
        if made is not None:
            store.clear(str(made.id))
        if isinstance(error, IntegrityError) and hub.config.is_sqlite:
            raise StartError(
                f"ids of {code} are taken: the embedded database numbers rows over all companies. Restore it into the "
                "hub it was deleted from, into one without companies, or on PostgreSQL. Nothing was restored."
            ) from error
        raise
    finally:
        engine.dispose()
    hub.forget()
    return made


def _same_versions(hub: Hub, archive: Archive) -> None:
    with hub.engine.connect().execution_options(hub_write=False) as connection:
        here = tables.standing(connection)
    has_rows = {part.plugin for part in archive.manifest.tables.values() if part.rows}
    differing = [
        f"{name} (archive {revision}, here {here.get(name, 'not there')})"
        for name, revision in sorted(archive.manifest.revisions.items())
        if here.get(name) != revision and (name in here or name in has_rows)
    ]
    if differing:
        raise StartError(
            f"the archive and this hub are of different versions: {', '.join(differing)}. Bring both to the same version: "
            "restore a whole archive into an empty hub, `hub db upgrade` there, and back the company up again."
        )


def _company(connection: Connection, archive: Archive, company: Company, code: str) -> TenantInfo:
    tenant = Tenant.table()
    if connection.scalar(select(tenant.c.id).where(tenant.c.code == code)) is not None:
        raise StartError(f"there is a company {code} already. Give this one another code: --as CODE")
    names = [name for name, _ in archive.manifest.tables["core_tenant"].columns]
    row = next(r for r in archive.rows("core_tenant") if dict(zip(names, r, strict=True))["id"] == company.id)
    values = dict(zip(names, row, strict=True)) | {"code": code}
    del values["id"]
    number = connection.execute(insert(tenant).values(values)).inserted_primary_key
    assert number is not None
    return TenantInfo(number[0], code, company.name, str(values["timezone"]), bool(values["demo"]))


def _fill(
    connection: Connection, archive: Archive, company: Company, number: int, progress: Progress
) -> None:
    tables.announce(connection, number)
    owned = [
        shape for shape in tables.shapes(connection) if shape.owned and shape.name in archive.manifest.tables
    ]
    people = _people(connection, archive, _named(archive, company.id, owned))
    for shape in owned:
        _table(connection, archive, shape, _Move(company.id, number, people), progress)


@dataclass(frozen=True)
class _Move:
    """What becomes another number: the company's, and those of people."""

    old: int
    new: int
    people: Mapping[int, int]

    def rows(self, archive: Archive, shape: Shape, part: Part) -> Iterator[Row]:
        """The rows of the company as they are to be here."""
        (owner,), persons = _places(part, (tables.TENANT,)), _places(part, shape.people)
        for row in _rows(archive, shape, part, self.old):
            row[owner] = self.new
            for i in persons:
                row[i] = None if row[i] is None else self.people[cast(int, row[i])]
            yield row


def _table(connection: Connection, archive: Archive, shape: Shape, move: _Move, progress: Progress) -> None:
    part, columns = archive.manifest.tables[shape.name], list(archive.manifest.tables[shape.name].columns)
    last = 0
    # a membership is numbered over all companies, and nothing refers to it: it gets another number
    numbered = _places(part, ("id",)) if Base.metadata.tables[shape.name].info.get("global") else []
    for i in numbered:
        del columns[i]

    def rows() -> Iterator[Row]:
        nonlocal last
        for row in move.rows(archive, shape, part):
            for i in numbered:
                del row[i]
            if not numbered and columns[0][0] == "id":
                last = max(last, cast(int, row[0]))
            yield row
            progress(1)

    written = tables.pour(connection, shape, columns, rows())
    as_written = replace(shape, columns=tuple(columns))
    if tables.sum_of(tables.read_rows(connection, as_written, (tables.TENANT, move.new))) != written:
        raise StartError(
            f"{shape.name}: what was written is not what the archive holds. Nothing was restored."
        )
    tables.go_on_after(connection, shape, last)


def _people(connection: Connection, archive: Archive, named: set[int]) -> dict[int, int]:
    """Where people of the archive are found here, by their number there; those that are new are made."""
    person, found = User.table(), {}
    names = [name for name, _ in archive.manifest.tables["core_user"].columns]
    for row in archive.rows("core_user"):
        told = dict(zip(names, row, strict=True))
        if told["id"] not in named:
            continue
        known = connection.scalar(select(person.c.id).where(person.c.email == told["email"]))
        if known is None:
            values = {name: told[name] for name in ("email", "name", "active", "locale", "theme")}
            made = connection.execute(
                insert(person).values(
                    values | {"fs_uniquifier": secrets.token_hex(32), "created_at": datetime.now(UTC)}
                )
            ).inserted_primary_key
            assert made is not None
            known = made[0]
        found[told["id"]] = known
    return found


def _named(archive: Archive, company: int, shapes: Iterable[Shape]) -> set[int]:
    """Everybody whom a row of the company names."""
    found: set[int] = set()
    for shape in shapes:
        part = archive.manifest.tables[shape.name]
        if places := _places(part, shape.people):
            for row in _rows(archive, shape, part, company):
                found.update(cast(int, row[i]) for i in places if row[i] is not None)
    return found


def _places(part: Part, columns: tuple[str, ...]) -> list[int]:
    return [i for i, (name, _) in enumerate(part.columns) if name in columns]


def _rows(archive: Archive, shape: Shape, part: Part, company: int) -> Iterator[Row]:
    """The rows of one company, as they are in the archive."""
    (at,) = _places(part, (tables.TENANT,))
    return (row for row in archive.rows(shape.name) if row[at] == company)
