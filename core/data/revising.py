"""Writing a migration from the difference between models and database, one that works where there are rows already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.operations.ops import AddColumnOp, MigrateOperation, MigrationScript, ModifyTableOps
from sqlalchemy import JSON, Column, Connection, DefaultClause

from core.data import migrate
from core.data.columns import Scaled
from core.errors import StartError

if TYPE_CHECKING:
    from core.kernel.hub import Hub

EMPTY = {"list": "[]", "dict": "{}"}
"""What is kept of JSON that begins empty."""


def revision(hub: Hub, name: str, message: str) -> Path:
    """Write a new revision of a lineage from the difference between its models and the database.

    StartError where rows that are there would need a value that the model does not give, and where the database is older than
    the migrations that there are.
    """
    engine = migrate.owner_engine(hub)
    folder = migrate.lineages(hub)[name]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with engine.connect() as connection:
            count = len(list(folder.glob(f"{name}_[0-9]*.py")))
            if name in migrate.pending_migrations(hub):
                raise StartError(
                    f"The database lacks migrations of {name}, and the difference would be that of older tables. Run `hub db "
                    "upgrade` first."
                )
            config = migrate.alembic_config(name, folder, connection, migrate.lineages(hub))
            made = command.revision(
                config, message, autogenerate=True, rev_id=f"{name}_{count + 1:04}", version_path=str(folder),
                head="head" if count else "base", process_revision_directives=_fill_in,
            )  # fmt: skip
    finally:
        engine.dispose()
    script = made[0] if isinstance(made, list) else made
    return Path(script.path)  # type: ignore[union-attr]


def _fill_in(_context: Any, _revision: Any, directives: list[MigrationScript]) -> None:
    """Give each column that is added and may not be empty what rows that are there get: the model's default."""
    for script in directives:
        if script.upgrade_ops is None:
            continue
        for added in _added(script.upgrade_ops.ops):
            column = added.column
            if column.nullable or column.server_default is not None:
                continue
            value = _default(column)
            if value is None:
                raise StartError(
                    f"{added.table_name}.{column.name} may not be empty, and rows that are there have nothing in it. Give the "
                    "column a default in the model (default=…), which they get; or let it be empty (Mapped[… | None]), fill it "
                    "in the migration (core.data.migration_rows.each_tenant) and say nullable=False in a second one."
                )
            column.server_default = DefaultClause(value)


def _added(ops: Iterable[MigrateOperation]) -> Iterator[AddColumnOp]:
    for op in ops:
        if isinstance(op, ModifyTableOps):
            yield from _added(op.ops)
        elif isinstance(op, AddColumnOp):
            yield op


def _default(column: Column[Any]) -> str | None:
    """The model's default as the database keeps it; None where it has none, or one that is computed for each row."""
    given: Any = column.default
    if given is None:
        return None
    if not given.is_scalar:
        made_by = getattr(given.arg, "__name__", "") if given.is_callable else ""
        return EMPTY.get(made_by) if isinstance(column.type, JSON) else None
    if isinstance(column.type, Scaled):
        return str(column.type.process_bind_param(given.arg, None))
    if isinstance(given.arg, bool):
        return "1" if given.arg else "0"
    return str(given.arg) if isinstance(given.arg, str | int) else None


def difference_sentences(hub: Hub, name: str, connection: Connection) -> list[str]:
    """How the models of a lineage differ from the database, each with what to do."""
    found = migrate.differences(hub, name, connection)
    flat = [d for each in found for d in (each if isinstance(each, list) else [each])]
    remedy = f"Write a migration: hub db revision {name} -m WHAT, then hub db upgrade."
    return [f"{hub.speakers.named(name)}: models and database differ: {_told(d)}. {remedy}" for d in flat]


def _told(difference: tuple[Any, ...]) -> str:
    verb, *rest = difference
    if verb.endswith("_column"):  # (verb, schema, table, Column)
        return f"{verb} {rest[1]}.{rest[2].name}"
    if verb.startswith("modify_"):  # (verb, schema, table, column, …, before, after)
        return f"{verb} {rest[1]}.{rest[2]} ({rest[-2]!r} → {rest[-1]!r})"
    name = getattr(rest[0], "name", None) or rest[0]
    table = getattr(getattr(rest[0], "table", None), "name", "")
    return f"{verb} {name}" + (f" of {table}" if table else "")
