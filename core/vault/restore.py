"""Putting an archive back into an empty hub: the tables as they were then, the rows, and what later versions made of them.

All in one transaction (where tables are split by company, one for each plugin), and the rows are read back and compared.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from core.data import migrate
from core.errors import StartError
from core.kernel.file_store import FOLDER, file_store
from core.vault import tables
from core.vault.archive import Archive, Manifest, Part, Progress, Row
from core.vault.tables import Shape

if TYPE_CHECKING:
    from core.kernel.hub import Hub


def restore(hub: Hub, archive: Archive, progress: Progress, *, without: Collection[str] = ()) -> None:
    """Fill the empty database and data folder of ``hub``. ``without`` names plugins whose tables stay in the archive.

    StartError where there is something already, where a plugin of the archive is not loaded or is older here, and where
    what was written is not what the archive says. The archive has been verified before.
    """
    said = archive.manifest
    refuse_purged(archive)
    if said.alone:
        raise StartError(
            f"{archive.path} holds one company without the people's passwords. Put it into a hub that is ready: "
            f"hub restore --tenant {said.companies[0].code} {archive.path}"
        )
    _refuse_what_is_there(hub)
    revisions = _revisions(hub, said, without)
    store = file_store(hub.config)
    try:
        unpack(hub, archive, None, None)
    except BaseException:
        store.clear("")
        raise
    try:
        migrate.upgrade_database(hub, first=revisions, fill=lambda c: _fill(c, archive, progress, without))
    except BaseException:
        store.clear("")
        raise
    hub.forget()


def refuse_purged(archive: Archive) -> None:
    """StartError for what a purge wrote: rows of one plugin are no hub, and no company."""
    if archive.manifest.purged:
        raise StartError(
            f"{archive.path} holds what was purged of '{archive.manifest.purged}', to be looked up: JSON lines of each table. "
            "It cannot be restored; a backup from before can."
        )


def _refuse_what_is_there(hub: Hub) -> None:
    with hub.engine.connect().execution_options(hub_write=False) as connection:
        if connection.dialect.get_table_names(connection):
            raise StartError(
                "the database is not empty. Name an empty one, or put this one aside: nothing is written over."
            )
    place = hub.config.object_store
    files = hub.config.data / FOLDER
    if place is not None and file_store(hub.config).names():
        raise StartError(
            f"the bucket {place.bucket} holds files. Name another prefix: nothing is written over."
        )
    if place is None and files.is_dir() and any(files.iterdir()):
        raise StartError(f"{files} is not empty. Put it aside: nothing is written over.")


def _revisions(hub: Hub, said: Manifest, without: Collection[str]) -> dict[str, str]:
    """Where each lineage stands in the archive; StartError for one that is not loaded, or that is older here."""
    known = migrate.lineages(hub)
    strange = sorted(set(said.revisions) - set(known) - set(without))
    if strange:
        listed = []
        for plugin in strange:
            parts = [part.rows for part in said.tables.values() if part.plugin == plugin]
            listed.append(f"{plugin} ({sum(parts):,} rows in {len(parts)} tables)")
        left_out = " ".join(f"--without {plugin}" for plugin in strange)
        raise StartError(
            f"the archive has tables of plugins that are not loaded here: {', '.join(listed)}. Load them in config.toml; or "
            f"leave their rows in the archive, which is kept: {left_out}"
        )
    for name, revision in said.revisions.items():
        if name in known and name not in without and revision not in migrate.revisions_of(hub, name):
            raise StartError(
                f"the archive was made by a newer version of {hub.speakers.named(name)}: it stands at {revision}, which "
                "this version does not know. Install the newer version."
            )
    return {name: revision for name, revision in said.revisions.items() if name not in without}


def unpack(hub: Hub, archive: Archive, company: int | None, number: int | None) -> None:
    """Put the stored files where they lie, of one company under its new number or of all."""
    beside = hub.config.data / f"{FOLDER}.restoring"
    shutil.rmtree(beside, ignore_errors=True)
    for name, owner, digest in archive.files(company):
        archive.unpack(name, beside / str(owner if number is None else number) / digest[:2] / digest)
    if beside.is_dir():
        file_store(hub.config).take_in(beside)


def _fill(connection: Connection, archive: Archive, progress: Progress, without: Collection[str]) -> None:
    present = {shape.name: shape for shape in tables.shapes(connection)}
    wanted = {name: part for name, part in archive.manifest.tables.items() if part.plugin not in without}
    missing = sorted(set(wanted) - set(present))
    if missing:
        raise StartError(f"no migration makes the tables {', '.join(missing)} of the archive")
    for name, shape in present.items():
        if name in wanted:
            _table(connection, archive, shape, wanted[name], progress)


def _table(connection: Connection, archive: Archive, shape: Shape, part: Part, progress: Progress) -> None:
    if dict(part.columns) != dict(shape.columns):
        differing = sorted({name for name, _ in set(part.columns) ^ set(shape.columns)})
        raise StartError(f"{shape.name} has other columns here than in the archive: {', '.join(differing)}")

    def rows() -> Iterator[Row]:
        for row in archive.rows(shape.name):
            yield row
            progress(1)

    tables.pour(connection, shape, part.columns, rows())
    as_written = Shape(shape.name, shape.plugin, tuple(part.columns), shape.key, (), (), shape.needs)
    companies = sorted(company.id for company in archive.manifest.companies) if shape.owned else [None]
    found = tables.sum_of(
        row
        for company in companies
        for row in tables.read_rows(connection, as_written, (tables.TENANT, company) if company else None)
    )
    if found != (part.rows, part.sha256):
        raise StartError(
            f"{shape.name}: what was written is not what the archive holds. Nothing was restored."
        )
    tables.go_on_after(connection, shape, part.last_id)
