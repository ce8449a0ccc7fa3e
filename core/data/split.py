"""Keys that begin with the tenant, and tables split by tenant, on PostgreSQL: plain declarations compiled into them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, UniqueConstraint
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateTable, PrimaryKeyConstraint

from core.data.db import Base

PARTS = 8
SPLIT = "hub_split"
"""What an engine's dialect is asked whether the tables it makes are split by tenant."""


def is_part(name: str) -> bool:
    """Is this table one part of a split one?"""
    whole, _, number = name.rpartition("_p")
    return number.isdigit() and whole in Base.metadata.tables


def _twin(table: Table) -> UniqueConstraint | None:
    """The unique (tenant_id, id) of a table that is declared with ``id`` as its key; None for any other table."""
    if [c.name for c in table.primary_key.columns] != ["id"]:
        return None
    twins = (c for c in table.constraints if isinstance(c, UniqueConstraint))
    return next((c for c in twins if [column.name for column in c.columns] == ["tenant_id", "id"]), None)


@compiles(PrimaryKeyConstraint, "postgresql")
def _tenant_key(constraint: PrimaryKeyConstraint, compiler: Any, **kw: Any) -> str:
    if isinstance(constraint.parent, Table) and _twin(constraint.table) is not None:
        return f"{compiler.define_constraint_preamble(constraint, **kw)}PRIMARY KEY (tenant_id, id)"
    sql: str = compiler.visit_primary_key_constraint(constraint, **kw)
    return sql


@compiles(UniqueConstraint, "postgresql")
def _no_twin(constraint: UniqueConstraint, compiler: Any, **kw: Any) -> str | None:
    if isinstance(constraint.parent, Table) and _twin(constraint.table) is constraint:
        return None  # the key says it already
    sql: str = compiler.visit_unique_constraint(constraint, **kw)
    return sql


@compiles(CreateTable, "postgresql")
def _split(element: CreateTable, compiler: Any, **kw: Any) -> str:
    sql: str = compiler.visit_create_table(element, **kw)
    table: Table = element.element
    if not getattr(compiler.dialect, SPLIT, False) or _twin(table) is None:
        return sql
    return f"{sql.rstrip()} PARTITION BY HASH (tenant_id);" + ";".join(
        f'CREATE TABLE "{table.name}_p{i}" PARTITION OF "{table.name}" '
        f"FOR VALUES WITH (MODULUS {PARTS}, REMAINDER {i})"
        for i in range(PARTS)
    )
