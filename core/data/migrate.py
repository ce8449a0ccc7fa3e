"""Migrations: one Alembic lineage and one version table per plugin, one transaction for all of them.

``Config`` is built in code, folders are flat, order comes from the manifests. A plugin that is not loaded is not
touched: its tables and its version table stay as they are.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from core.data import harden, territory
from core.data.db import Base, make_engine
from core.data.split import SPLIT, is_part
from core.errors import StartError

if TYPE_CHECKING:
    from core.kernel.hub import Hub

ENV = Path(__file__).parent / "migration_env"


def lineages(hub: Hub) -> dict[str, Path]:
    """Migration folder of core and of each loaded plugin, in the order they are applied."""
    found = {"core": Path(__file__).parent.parent / "migrations"}
    for plugin in hub.plugins:
        found[plugin.name] = Path(str(plugin.module.__file__)).parent / "migrations"
    return found


def alembic_config(
    name: str, folder: Path, connection: Connection | None = None, loaded: Iterable[str] = ()
) -> Config:
    """The Alembic configuration of one lineage."""
    config = Config()
    config.set_main_option("script_location", str(ENV))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(folder))
    config.attributes.update(
        plugin=name, version_table=f"{name}{VERSIONS}", connection=connection, loaded=tuple(loaded)
    )
    return config


VERSIONS = "_alembic_version"
"""How the table ends that keeps where a lineage stands."""


def owner_of(table: str, names: Iterable[str]) -> str:
    """Whose table this is, among plugins ``names``: the one with the longest name that the table's begins with (``orders_plus``
    rather than ``orders``); "" for nobody's."""
    return max((n for n in names if table.startswith(f"{n}_")), key=len, default="")


def belongs(table: str, plugin: str, names: Iterable[str] = ()) -> bool:
    """Does this table belong to the lineage ``plugin``, where lineages ``names`` are known beside it?"""
    return owner_of(table, {plugin, *names}) == plugin and not table.endswith(VERSIONS)


def known_lineages(connection: Connection) -> set[str]:
    """Lineages that this database has tables of, loaded or not: each keeps a table of its versions."""
    tables = connection.dialect.get_table_names(connection)
    return {name.removesuffix(VERSIONS) for name in tables if name.endswith(VERSIONS)}


def include_for(plugin: str, connection: Connection, loaded: Iterable[str]) -> dict[str, Any]:
    """Alembic's ``include_object`` and ``include_name``: this plugin's tables only, not their parts, and no others are read
    from the database; PostgreSQL keeps (tenant_id, id) as the primary key. ``loaded`` are the lineages that are known beside
    those in the database."""
    dialect, names = connection.dialect.name, known_lineages(connection).union(loaded)

    def named(name: str | None, kind: str, _parents: Any) -> bool:
        return kind != "table" or (belongs(str(name), plugin, names) and not is_part(str(name)))

    def include(item: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
        if kind == "table":
            return named(name, kind, None)
        if kind == "unique_constraint" and dialect == "postgresql":
            columns = [c.name for c in item.columns]
            return columns != ["tenant_id", "id"]
        if kind == "foreign_key_constraint" and reflected:
            return not is_part(item.elements[0].target_fullname.split(".")[0])
        return True

    return {"include_object": include, "include_name": named}


# On PostgreSQL a tenant table's key is (tenant_id, id), and it can be split by tenant. Only the words change: the tables
# themselves stay as they are declared, whatever has been compiled before.


def owner_engine(hub: Hub) -> Engine:
    """The engine of the owning role, used for migrations only; it splits tables where the configuration says so."""
    engine = make_engine(hub.config.owner_url, pool_size=1)
    setattr(engine.dialect, SPLIT, hub.config.partition)
    return engine


def upgrade_database(
    hub: Hub, first: Mapping[str, str] | None = None, fill: Callable[[Connection], None] = lambda _c: None
) -> None:
    """Bring every loaded lineage to its head, then protect the tables; all in one transaction. ``first`` names revisions to
    halt at, for ``fill`` to put rows in.

    Where tables are split, each lineage has a transaction of its own: every part is locked by itself, and all of them
    together are more than a server's table of locks holds.
    """
    engine = owner_engine(hub)
    with engine.connect() as connection:
        begin_alone(connection)
        if first is not None:
            _upgrade(hub, connection, first)
            fill(connection)
        _upgrade(hub, connection, dict.fromkeys(lineages(hub), "head"))
        harden.apply(hub, connection)
        connection.commit()
    engine.dispose()


def _upgrade(hub: Hub, connection: Connection, revisions: Mapping[str, str]) -> None:
    for name, folder in lineages(hub).items():
        if name in revisions and folder.is_dir() and any(folder.glob("*.py")):
            with _named(hub, name, folder), _at_home(hub, name, connection):
                command.upgrade(alembic_config(name, folder, connection, lineages(hub)), revisions[name])
            if hub.config.partition:
                connection.commit()
                begin_alone(connection)


def revisions_of(hub: Hub, name: str) -> set[str]:
    """Every revision of a lineage that this version knows."""
    folder = lineages(hub)[name]
    script = ScriptDirectory.from_config(alembic_config(name, folder))
    return {found.revision for found in script.walk_revisions()}


def heads_of(hub: Hub, name: str) -> set[str]:
    """Where a lineage ends in this version."""
    folder = lineages(hub)[name]
    if not folder.is_dir():
        return set()
    return set(ScriptDirectory.from_config(alembic_config(name, folder)).get_heads())


def downgrade(hub: Hub, name: str, revision: str = "base") -> None:
    """Take one lineage back. Refused (StartError) while a loaded plugin that requires it still has tables."""
    dependants = [p.name for p in hub.plugins if name in p.manifest.requires or name == "core"]
    engine = owner_engine(hub)
    with engine.connect() as connection:
        begin_alone(connection)
        inspector_tables = set(connection.dialect.get_table_names(connection))
        for other in dependants:
            if any(belongs(t, other, lineages(hub)) for t in inspector_tables):
                raise StartError(f"'{other}' still has tables and needs '{name}'. Take '{other}' back first.")
        if lineages(hub)[name].is_dir():
            with _named(hub, name, lineages(hub)[name]), _at_home(hub, name, connection):
                command.downgrade(
                    alembic_config(name, lineages(hub)[name], connection, lineages(hub)), revision
                )
        connection.commit()
    engine.dispose()


def _at_home(hub: Hub, name: str, connection: Connection) -> AbstractContextManager[None]:
    """Where migrations of a lineage are run: what they change is theirs."""
    known = known_lineages(connection).union(lineages(hub))
    return territory.within(connection, name, lambda table: owner_of(table, known))


@contextmanager
def _named(hub: Hub, name: str, folder: Path) -> Iterator[None]:
    """What goes wrong in a lineage is said with the plugin it belongs to and the migration that failed."""
    try:
        yield
    except (CommandError, SQLAlchemyError, territory.Trespass) as error:
        files = [Path(f.filename) for f in traceback.extract_tb(error.__traceback__)]
        which = next((f" {file.stem}" for file in reversed(files) if file.parent == folder), "")
        words = str(getattr(error, "orig", None) or error).splitlines()[0]
        who = hub.speakers.named(name)
        if isinstance(error, CommandError) and "multiple head" in words.lower():
            raise StartError(
                f"{who}: its migrations have several ends. Let one follow the other (`down_revision`), so that there is one."
            ) from error
        raise StartError(f"{who}: migration{which} failed, and nothing was changed: {words}") from error


def begin_alone(connection: Connection) -> None:
    """Begin a transaction of the owner in which tables change; one at a time."""
    if connection.dialect.name == "sqlite":
        # recreating a table in batch mode with foreign keys on deletes child rows; checked before the commit instead.
        # SQLite obeys this only outside a transaction
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        connection.begin()

        @event.listens_for(connection, "commit")
        def _check(conn: Connection) -> None:
            broken = conn.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise StartError(f"a migration left rows that refer to nothing: {broken[:5]}")

    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(823041)"))


def pending_migrations(hub: Hub) -> list[str]:
    """Lineages whose database is behind their code. StartError where it is ahead of it: the plugin was newer once."""
    behind = []
    with hub.engine.connect() as connection:
        for name, folder in lineages(hub).items():
            if not folder.is_dir() or not any(folder.glob("*.py")):
                continue
            script = ScriptDirectory.from_config(alembic_config(name, folder))
            context = MigrationContext.configure(connection, opts={"version_table": f"{name}{VERSIONS}"})
            current = set(context.get_current_heads())
            unknown = current - {found.revision for found in script.walk_revisions()}
            if unknown:
                raise StartError(
                    f"the database was made by a newer version of {hub.speakers.named(name)}: it stands at "
                    f"{', '.join(sorted(unknown))}, which this version does not know. Install the newer version again."
                )
            if current != set(script.get_heads()):
                behind.append(name)
    return behind


def differences(hub: Hub, name: str, connection: Connection) -> list[Any]:
    """What autogenerate would change in one lineage: empty where models == migrations."""
    context = MigrationContext.configure(
        connection,
        opts={
            "version_table": f"{name}{VERSIONS}",
            "compare_type": True,
            **include_for(name, connection, lineages(hub)),
        },
    )
    return list(compare_metadata(context, Base.metadata))
