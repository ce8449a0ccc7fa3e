"""Taking out what belongs to a plugin, of one company or of all: exported first, then nothing of it is left.

It does not need the plugin's code. What happened stays on record: the audit trail, postings of stock, the chain; and which
sealed rows were taken out stands in the trail, so that :mod:`core.vault.trail` misses no others.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Connection

from core.data import migrate
from core.data.db import Base
from core.data.models import Enablement
from core.data.records import AuditEntry
from core.errors import StartError
from core.kernel import dependencies, enablement
from core.kernel.context import TenantInfo
from core.kernel.file_store import file_store
from core.vault import belongings, let_go, proof, stored_files, tables
from core.vault.archive import FORMAT, Company, Manifest, Part, Progress, Row, Writer
from core.vault.belongings import Share
from core.vault.tables import Shape

if TYPE_CHECKING:
    from core.kernel.hub import Hub

PURGE = "purge"
"""What the audit trail calls it."""


@dataclass
class Purged:
    """What was taken out: rows by table, stored files, tables that are gone; and what stays as history, by table."""

    archive: Path
    rows: dict[str, int] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    history: dict[str, int] = field(default_factory=dict)


def refuse(hub: Hub, name: str, companies: Sequence[TenantInfo], *, whole: bool) -> None:
    """StartError, with names, for a default plugin, where a plugin that requires it is on, where rows of others depend on it
    and, where its tables go, where tables of others do."""
    plugin = next((p for p in hub.plugins if p.name == name), None)
    if name == "core" or (plugin is not None and plugin.manifest.base):
        raise StartError(f"'{name}' is part of every installation and cannot be purged.")
    found = []
    for company in companies:
        with hub.context(company, write=False) as ctx:
            if users := dependencies.dependent_plugins(hub, name, ctx.enabled):
                found.append(
                    f"{company.code}: {', '.join(users)} {'is' if len(users) == 1 else 'are'} on and require it"
                )
            elif plugin is not None and plugin.manifest.bridge and name in ctx.enabled:
                found.append(f"{company.code}: it joins {', '.join(plugin.manifest.requires)}, which are on")
    engine = migrate.owner_engine(hub)
    with engine.connect().execution_options(hub_write=False) as connection:
        connection.begin()
        shapes = tables.shapes(connection)
        firm = belongings.referring(connection, shapes, name)
        for company in companies:
            tables.announce(connection, company.id)
            for share in (*firm, *belongings.told_of(shapes, name)):
                if share.shape.owned and (rows := share.count(connection, company.id)):
                    found.append(
                        f"{company.code}: {rows} rows of '{share.shape.plugin}' in {share.shape.name} depend on it"
                    )
        if whole and plugin is None:
            others = sorted({f"{s.shape.name} of '{s.shape.plugin}'" for s in firm})
            found += [f"table {other} refers to its tables" for other in others]
    engine.dispose()
    if found:
        raise StartError(
            f"'{name}' cannot be purged:\n"
            + "\n".join(found)
            + "\nSwitch off or purge what depends on it first."
        )


def purge(
    hub: Hub, name: str, archive: Path, progress: Progress, *, only: TenantInfo | None = None
) -> Purged:
    """Write what belongs to the plugin into ``archive`` and take it out, all or nothing (where tables are split by company, one
    table after the other in the end). Tables of a plugin that is loaded stay, empty: it needs them. :func:`refuse` first.
    """
    companies = proof.every_company(hub) if only is None else [only]
    made, loaded = Purged(archive), name in hub.plugin_names
    for company in companies if loaded else ():
        with hub.context(company) as ctx:
            if name in ctx.enabled and not next(p for p in hub.plugins if p.name == name).manifest.bridge:
                enablement.disable_plugin(ctx, name)
    engine = migrate.owner_engine(hub)
    try:
        with engine.connect() as connection:
            migrate.begin_alone(connection)
            shapes = tables.shapes(connection)
            _export(hub, connection, shapes, name, companies, made, progress, whole=only is None)
            for company in companies:
                tables.announce(connection, company.id)
                _take_out(hub, connection, shapes, name, company, made)
            if only is None:
                for share in belongings.shares(shapes, name):
                    if not share.shape.owned:
                        _delete(connection, share, None)
                if not loaded:
                    _drop(hub, connection, shapes, name, made)
            connection.commit()
    finally:
        engine.dispose()
    for stored in made.files:
        file_store(hub.config).delete(stored)
    hub.forget()
    return made


def _export(
    hub: Hub, connection: Connection, shapes: Sequence[Shape], name: str, companies: Sequence[TenantInfo], made: Purged,
    progress: Progress, *, whole: bool,
) -> None:  # fmt: skip
    """Rows by table, and the stored files that go; ``hub restore`` tells such an archive from a backup."""
    manifest = Manifest(
        format=FORMAT, hub=version("oem-hub"), engine=connection.dialect.name,
        at=datetime.now(UTC).isoformat(timespec="seconds"), alone=not whole,
        companies=[Company(c.id, c.code, c.name) for c in companies], plugins={}, revisions=tables.standing(connection),
        tables={}, purged=name,
    )  # fmt: skip
    by_company = {}
    for company in companies:
        tables.announce(connection, company.id)
        given = belongings.offered(connection, name, company.id)
        by_company[company.id] = {s.shape.name: s for s in belongings.shares(shapes, name, given)}

    def rows(shape: Shape) -> Iterator[Row]:
        for company in companies if shape.owned else [None]:
            if company is not None:
                tables.announce(connection, company.id)
            share = by_company[company.id][shape.name] if company is not None else Share(shape)
            for row in tables.read_rows(connection, shape, None, *share.of(company.id if company else None)):
                yield row
                progress(1)

    with Writer(made.archive) as writer:
        for share in belongings.shares(shapes, name):
            if share.shape.owned or whole:
                count, digest = writer.rows(share.shape.name, rows(share.shape))
                manifest.tables[share.shape.name] = Part(
                    share.shape.plugin, list(share.shape.columns), count, digest
                )
        store = file_store(hub.config)
        for company in companies:
            tables.announce(connection, company.id)
            for _blob, used in stored_files.files_of(
                connection, shapes, by_company[company.id].values(), company.id
            ).items():
                for stored in used.values():
                    lies = f"{company.id}/{stored[:2]}/{stored}"
                    with contextlib.suppress(FileNotFoundError), store.local(lies) as file:
                        writer.file(f"files/{lies}", file)
        writer.finish(manifest)


def _take_out(
    hub: Hub, connection: Connection, shapes: Sequence[Shape], name: str, company: TenantInfo, made: Purged
) -> None:
    found = belongings.shares(shapes, name, belongings.offered(connection, name, company.id))
    used = stored_files.files_of(connection, shapes, found, company.id)
    switch = Enablement.table()
    was = (switch.c.tenant_id == company.id, switch.c.plugin == name)
    row_id = connection.scalar(sa.select(switch.c.id).where(*was)) or 0
    changes: list[list[Any]] = []
    for share in reversed(found):
        if not share.shape.owned:
            continue
        ids = let_go.ids_of(connection, share, company.id)
        if rows := _delete(connection, share, company.id):
            made.rows[share.shape.name] = made.rows.get(share.shape.name, 0) + rows
            changes.append([share.shape.name, ids, None])
    for blob, gone in used.items():
        unused = stored_files.unused_files(connection, shapes, blob, gone, company.id)
        _delete(connection, Share(blob, tables.table_of(blob).c.id.in_(unused)), company.id)
        if unused:
            changes.append([blob.name, let_go.runs(unused), None])
        made.files += [f"{company.id}/{gone[i][:2]}/{gone[i]}" for i in unused]
    for table in belongings.HISTORY:
        history = Base.metadata.tables[table]
        own = (history.c.tenant_id == company.id, belongings.begins(history.c.entity, name))
        if rows := connection.scalar(sa.select(sa.func.count()).select_from(history).where(*own)) or 0:
            made.history[table] = made.history.get(table, 0) + rows
    if changes:
        values = {
            "tenant_id": company.id, "at": datetime.now(UTC), "user_name": "system", "entity": enablement.ENTITY,
            "entity_id": row_id, "number": name, "action": PURGE, "changes": changes, "reason": made.archive.name,
        }  # fmt: skip
        connection.execute(sa.insert(AuditEntry.table()), values)


def _delete(connection: Connection, share: Share, company: int | None) -> int:
    with unguarded(connection, share.shape.name):
        gone = connection.execute(sa.delete(tables.table_of(share.shape)).where(*share.of(company)))
    return int(gone.rowcount)


@contextmanager
def unguarded(connection: Connection, table: str) -> Iterator[None]:
    """Inside, rows of a table whose rows are never deleted may be."""
    if connection.dialect.name == "sqlite":
        wanted = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
        kept = connection.execute(sa.text(wanted), {"table": table}).all()
        for trigger, _sql in kept:
            connection.exec_driver_sql(f'DROP TRIGGER "{trigger}"')
        yield
        for _trigger, sql in kept:
            connection.exec_driver_sql(sql)
        return
    wanted = "SELECT 1 FROM pg_trigger WHERE tgrelid = to_regclass(:table) AND NOT tgisinternal LIMIT 1"
    guarded = connection.scalar(sa.text(wanted), {"table": f'"{table}"'})
    if guarded:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    yield
    if guarded:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def _drop(hub: Hub, connection: Connection, shapes: Sequence[Shape], name: str, made: Purged) -> None:
    mine = [shape.name for shape in shapes if shape.plugin == name]
    for table in (*reversed(mine), f"{name}{migrate.VERSIONS}"):
        connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{table}"')
        if hub.config.partition:  # every part is locked by itself
            connection.commit()
            migrate.begin_alone(connection)
    made.dropped = mine
