"""The declarative base, the tenant row, and the engines.

Every table of the hub is either *global* (:class:`GlobalRow`: tenants, logins, memberships) or belongs to tenants
(:class:`TenantRow`). A tenant row carries ``tenant_id``; every reference to another tenant row is the composite
``(tenant_id, x_id)``, so that the database itself refuses a row that points into another tenant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Engine,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Table,
    UniqueConstraint,
    create_engine,
    event,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, mapped_column
from sqlalchemy.sql.compiler import InsertmanyvaluesSentinelOpts

from core.data.columns import BigId
from core.data.relations import make_pending

BUSY_MS = 20_000
"""How long a writer of SQLite waits for another one, unless its session says otherwise (``hub_wait``, in seconds)."""
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Root of every model; ``info['plugin']`` of a table names its owner (``core`` or a plugin)."""

    metadata = MetaData(naming_convention=NAMING)

    @classmethod
    def table(cls) -> Table:
        """The mapped table, typed."""
        return cls.__table__  # type: ignore[return-value]


class GlobalRow(Base):
    """A row that belongs to no tenant. Few and small: tenants, users, memberships, sign-in throttling."""

    __abstract__ = True
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True, sort_order=-10)

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        if "__table__" in cls.__dict__:
            table = cls.table()
            table.dialect_options["sqlite"]["autoincrement"] = True
            table.info["global"] = True


class TenantRow(Base):
    """A row of one tenant.

    ``id`` is unique by itself; the mapper's key is (tenant_id, id), so that every statement carries the tenant and
    touches one partition. ``tenant_id`` is stamped by the session and never changes.
    Set ``append_only = True`` for tables whose rows are never changed or deleted, ``of_document = True`` for those whose rows
    hang on a document by ``entity`` and ``entity_id``: they are seen by who may see the document. ``sealed`` names columns that
    never change, of rows that are never deleted: they go into the company's chain (:mod:`core.vault.chain`), which tells where
    somebody changed one all the same. Numbers of people do not belong there, their names do. The database refuses such a change
    by itself, unless ``guarded`` is False. ``stored`` names the column that the row's file is called by, of rows that stand for
    stored files.
    """

    __abstract__ = True
    # an empty reference is None without asking: half a key names no row
    __mapper_args__: dict[str, Any] = {"primary_key": ["tenant_id", "id"], "allow_partial_pks": False}
    append_only: ClassVar[bool] = False
    of_document: ClassVar[bool] = False
    sealed: ClassVar[tuple[str, ...]] = ()
    guarded: ClassVar[bool] = True
    stored: ClassVar[str] = ""

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True, sort_order=-10)
    tenant_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("core_tenant.id"), nullable=False, sort_order=-9
    )

    def __init_subclass__(cls, **kw: Any) -> None:
        make_pending(cls)
        super().__init_subclass__(**kw)
        if "__table__" not in cls.__dict__:
            return
        table = cls.table()
        table.dialect_options["sqlite"]["autoincrement"] = True
        table.info["tenant"] = True
        table.info["append_only"] = cls.append_only
        if cls.stored:
            table.info["stored"] = cls.stored
        if cls.sealed:
            table.info["sealed"] = cls.sealed
            table.info["guarded"] = cls.guarded
        table.append_constraint(UniqueConstraint("tenant_id", "id"))
        for column in list(table.columns):
            target = column.info.get("ref")
            if target:
                table.append_constraint(
                    ForeignKeyConstraint(
                        ["tenant_id", column.name],
                        [f"{target}.tenant_id", f"{target}.id"],
                        ondelete=column.info["ondelete"],
                    )
                )
                Index(f"ix_{table.name}_{column.name}", table.c.tenant_id, column)


class VersionedRow(TenantRow):
    """A tenant row two people may edit at once: ``version`` rises with every change and is checked on save."""

    __abstract__ = True
    version: Mapped[int] = mapped_column(BigInteger, nullable=False, default=1)

    def __init_subclass__(cls, **kw: Any) -> None:
        # version_id_col needs the column object of this very table, known only after mapping
        super().__init_subclass__(**kw)
        if "__table__" in cls.__dict__:
            cls.__mapper__.version_id_col = cls.table().c.version


def ref(target: str, *, ondelete: str = "RESTRICT", **kw: Any) -> MappedColumn[Any]:
    """A column that refers to a row of tenant table ``target`` within the same tenant.

    ``ondelete`` is RESTRICT or CASCADE, never SET NULL (it would blank the tenant, and shards refuse it).
    """
    if ondelete not in ("RESTRICT", "CASCADE"):
        raise ValueError("ondelete is RESTRICT or CASCADE")
    return mapped_column(BigInteger, info={"ref": target, "ondelete": ondelete}, **kw)


def open_index(name: str, *columns: str, states: Sequence[str]) -> Index:
    """An index of documents in these states only. Years of closed ones come first by date: a list of the open ones would
    walk through all of them."""
    which = text(f"state IN ({', '.join(repr(state) for state in states)})")
    return Index(name, "tenant_id", *columns, postgresql_where=which, sqlite_where=which)


STATEMENTS = 1500
"""Statements that an engine keeps compiled. A company at work sends more than SQLAlchemy's usual 500, and one that was dropped
takes milliseconds again."""


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """An engine with the settings that were measured to be safe on SQLite and on PostgreSQL."""
    if url.startswith("sqlite"):
        # connections are renewed now and then: each reads the statistics of the tables once, when it is opened
        engine = create_engine(
            url,
            hide_parameters=True,  # they hold what people typed, and what identifies sessions
            query_cache_size=STATEMENTS,
            connect_args={"timeout": 20},
            pool_size=pool_size,
            max_overflow=20,
            pool_recycle=3600,
            pool_timeout=10,
        )
        # rows of one INSERT get their ids in the order in which they stand there: a hundred lines are one statement
        engine.dialect.insertmanyvalues_implicit_sentinel = InsertmanyvaluesSentinelOpts.ANY_AUTOINCREMENT
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
        return engine
    return create_engine(
        url,
        hide_parameters=True,
        query_cache_size=STATEMENTS,
        pool_size=pool_size,
        max_overflow=10,
        pool_timeout=10,
        pool_pre_ping=True,
        pool_recycle=1800,
        # no compiling of plans: it takes the server longer than any statement of ours
        connect_args={
            "prepare_threshold": None,
            "options": "-c lock_timeout=10000 -c jit=off",
            # a server that is gone without a word is noticed within a minute, and not waited for when nobody answers
            "connect_timeout": 5,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
        },
    )


def keep_statistics(engine: Engine) -> None:
    """Let SQLite look anew at what its planner goes by. Nobody does that for it, and without figures it begins a query of
    ours at any table at all, since every table is limited by its tenant.

    Milliseconds, however large the tables. Other engines do it in their own time.
    """
    if engine.dialect.name != "sqlite":
        return
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA analysis_limit=1000")
        cursor.execute("ANALYZE")
        cursor.close()
    finally:
        raw.close()
    engine.dispose()  # new connections go by the new figures


def _sqlite_connect(dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.isolation_level = None  # we emit BEGIN ourselves, so that DDL is transactional too
    cursor = dbapi_connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        f"busy_timeout={BUSY_MS}",
        "cache_size=-32000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Any) -> None:
    # a write transaction takes the lock at once: a deferred one fails half-way when somebody else writes
    options = connection.get_execution_options()
    begin = "BEGIN IMMEDIATE" if options.get("hub_write", True) else "BEGIN"
    if options.get("hub_wait") is None:
        connection.exec_driver_sql(begin)
        return
    cursor = connection.connection.cursor()  # no statements of the work itself
    cursor.execute(f"PRAGMA busy_timeout={int(options['hub_wait'] * 1000)}")
    try:
        connection.exec_driver_sql(begin)
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        cursor.close()


def tenant_tables(include: Callable[[Table], bool] = lambda _t: True) -> list[Table]:
    """Every mapped table that belongs to tenants, parents first."""
    return [t for t in Base.metadata.sorted_tables if t.info.get("tenant") and include(t)]
