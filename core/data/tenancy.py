"""The tenant walls in the session.

Wall 1 (here): every ORM statement is filtered by the session's tenant, new rows are stamped, foreign rows refused.
Wall 2 (core.data.db): composite foreign keys. Wall 3 (core.data.harden): row-level security on PostgreSQL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Result, Table, event, insert, text
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, with_loader_criteria

from core.data.bulk import FEW, insert_of_arrays
from core.data.db import TenantRow


class TenancyError(RuntimeError):
    """A programming error: a session without tenant, or a row of another tenant."""


class TenantSession(Session):
    """A session bound to one tenant for its whole life; one per request, command or job. ``wait`` as in
    :class:`PlatformSession`."""

    def __init__(
        self, engine: Engine, tenant_id: int, *, write: bool = True, wait: float | None = None
    ) -> None:
        options = engine.execution_options(hub_write=write, hub_wait=wait)
        super().__init__(options, expire_on_commit=False, autoflush=False)
        tenant = self.info["tenant_id"] = int(tenant_id)
        self.writes = write
        """May it change anything?"""
        self.wall = with_loader_criteria(TenantRow, lambda cls: cls.tenant_id == tenant, include_aliases=True)
        """Wall 1, made once: it goes with every statement."""
        self.generation = 0
        """Rises with every write, every lock that is waited for and every rollback: what was read before may be old."""
        self.changes: Counter[str] = Counter()
        """Writes by table; under ``""`` those that may be to any, commits and rollbacks."""
        self.narrowed: tuple[Any, ...] = ()
        """What a person may not see of the tenant's rows (:mod:`core.entities.scope`): goes with every SELECT, but not with
        the loading of what a row refers to."""

    @property
    def tenant_id(self) -> int:
        """The tenant this session serves."""
        return int(self.info["tenant_id"])

    def insert_many(self, model: type[TenantRow], rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert many rows in one statement, stamped with the tenant (a bare bulk insert is not). All name the same columns;
        TypeError for one that the table has not."""
        tenant = self.tenant_id
        stamped: list[dict[str, Any]] = []
        for row in rows:
            if not stamped and (odd := sorted(row.keys() - model.table().c.keys())):
                raise TypeError(f"{model.__name__} has no column {', '.join(odd)}")
            if row.get("tenant_id", tenant) != tenant:
                raise TenancyError(f"row of tenant {row['tenant_id']} in a session of tenant {tenant}")
            stamped.append({**row, "tenant_id": tenant})
        if len(stamped) >= FEW and self.get_bind().dialect.name == "postgresql":
            self.execute(insert_of_arrays(model.table(), stamped))
        elif stamped:
            self.execute(insert(model), stamped)

    def raw(self, sql: str, **params: Any) -> Result[Any]:
        """Run hand-written SQL. It must mention ``:tenant``, which is bound to this session's tenant."""
        if ":tenant" not in sql:
            raise TenancyError("hand-written SQL must be limited by :tenant")
        return self.execute(text(sql), {**params, "tenant": self.tenant_id})

    def wrote(self, tables: Iterable[str] = ("",)) -> None:
        """Something was written to ``tables``, or may have been to any; none where another's writing was waited for."""
        self.generation += 1
        self.changes.update(tables)

    def changes_of(self, tables: Iterable[str]) -> tuple[int, ...]:
        """A stamp that is another one after each write to one of ``tables``."""
        return (self.changes[""], *(self.changes[table] for table in tables))

    def connection(self, *args: Any, **kw: Any) -> Connection:
        """The raw connection: what is done with it goes past the session, so it counts as a write."""
        self.wrote()
        return super().connection(*args, **kw)

    def reading_connection(self) -> Connection:
        """The raw connection for a statement that only reads, and waits for no lock: nothing is forgotten for it."""
        return super().connection()


class PlatformSession(Session):
    """A session for global tables only (tenants, users, memberships). Tenant rows are refused.

    ``wait``: seconds to wait at most for the embedded database's one writer; OperationalError after them.
    """

    def __init__(self, engine: Engine, *, write: bool = True, wait: float | None = None) -> None:
        super().__init__(engine.execution_options(hub_write=write, hub_wait=wait), expire_on_commit=False)


@event.listens_for(TenantSession, "do_orm_execute")
def _scope(state: ORMExecuteState) -> None:
    if not state.is_select or getattr(state.statement, "_for_update_arg", None) is not None:
        assert isinstance(state.session, TenantSession)
        written = getattr(state.statement, "table", None)
        state.session.wrote(() if state.is_select else (written.name if isinstance(written, Table) else "",))
    if (state.is_select and not state.is_column_load) or state.is_update or state.is_delete:
        assert isinstance(state.session, TenantSession)
        state.statement = state.statement.options(state.session.wall)
        if state.session.narrowed and state.is_select and not state.is_relationship_load:
            state.statement = state.statement.options(*state.session.narrowed)


@event.listens_for(PlatformSession, "do_orm_execute")
def _no_tenant_rows(state: ORMExecuteState) -> None:
    for mapper in state.all_mappers:
        if issubclass(mapper.class_, TenantRow):
            raise TenancyError(f"{mapper.class_.__name__} belongs to tenants; open a tenant session")


@event.listens_for(TenantSession, "before_flush")
def _stamp(session: Session, _context: object, _instances: Sequence[Any] | None) -> None:
    tenant = session.info["tenant_id"]
    for row in session.new:
        if isinstance(row, TenantRow):
            if row.tenant_id is None:
                row.tenant_id = tenant
            elif row.tenant_id != tenant:
                raise TenancyError(f"new {type(row).__name__} belongs to another tenant")
    for row in (*session.dirty, *session.deleted):
        if isinstance(row, TenantRow) and row.tenant_id != tenant:
            raise TenancyError(f"{type(row).__name__} {row.id} belongs to another tenant")


@event.listens_for(TenantSession, "after_flush")
def _flushed(session: Session, _context: object) -> None:
    assert isinstance(session, TenantSession)
    session.wrote({type(row).__tablename__ for row in (*session.new, *session.dirty, *session.deleted)})


@event.listens_for(TenantSession, "after_soft_rollback")
def _changed(session: Session, _context: object) -> None:
    assert isinstance(session, TenantSession)
    session.wrote()


@event.listens_for(TenantSession, "after_commit")
def _ended(session: Session) -> None:
    assert isinstance(session, TenantSession)
    session.wrote()  # from here others may have written too


@event.listens_for(PlatformSession, "before_flush")
def _refuse(session: Session, _context: object, _instances: Sequence[Any] | None) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, TenantRow):
            raise TenancyError(f"{type(row).__name__} belongs to tenants; open a tenant session")


@event.listens_for(TenantSession, "after_begin")
def _announce(session: Session, _transaction: SessionTransaction, connection: Any) -> None:
    if connection.dialect.name == "postgresql":
        # SET LOCAL as a statement: it ends with the transaction, survives poolers, and reaches shards
        connection.exec_driver_sql(f"SET LOCAL app.tenant_id = '{int(session.info['tenant_id'])}'")
