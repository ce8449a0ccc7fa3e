"""``column IN (many numbers)``, as each database likes it.

To PostgreSQL a list of hundreds of parameters is sent, parsed and planned one by one, and a list of another length is another
statement: there the list is one value, an array. SQLite plans by the length of the list and gets one; what is longer than it
takes is one value too, JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, ColumnElement, String, TypeDecorator, bindparam
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

MOST = 5_000
"""Of the 32,766 parameters that SQLite takes in one statement: there may be several lists in it."""


class _Numbers(TypeDecorator[list[int]]):
    """A list of whole numbers as one value."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array where the database knows arrays."""
        array = dialect.name == "postgresql"
        return dialect.type_descriptor(ARRAY(BigInteger) if array else String())

    def process_bind_param(self, value: list[int] | None, dialect: Dialect) -> Any:
        """JSON where it does not."""
        return value if dialect.name == "postgresql" else json.dumps(value)


# one of each: a type works out once how statements with it are told apart
_LIST, _EACH, _YES = _Numbers(), BigInteger(), Boolean()


class _Among(FunctionElement[bool]):
    """``column`` and the numbers, as one value and as a list: a database uses one of them."""

    name = "among"
    inherit_cache = True
    type = _YES

    def __init__(self, column: Any, numbers: list[int]) -> None:
        one = bindparam(None, numbers, type_=_LIST, unique=True)
        each = bindparam(None, numbers, type_=_EACH, unique=True, expanding=True)
        super().__init__(column, one, each)

    def self_group(self, against: Any = None) -> Any:
        """As it is: where a database has no booleans it would be written ``(…) = 1``, for which no index is used."""
        return self


class _AmongMany(_Among):
    """The same where they are too many for a list."""

    inherit_cache = True


@compiles(_Among)
@compiles(_AmongMany)
def _array(element: _Among, compiler: SQLCompiler, **kw: Any) -> str:
    column, one, _each = element.clauses
    return f"({compiler.process(column, **kw)} = ANY ({compiler.process(one, **kw)}))"


@compiles(_Among, "sqlite")
def _list(element: _Among, compiler: SQLCompiler, **kw: Any) -> str:
    column, _one, each = element.clauses
    return f"({compiler.process(column, **kw)} IN {compiler.process(each, **kw)})"


@compiles(_AmongMany, "sqlite")
def _json(element: _Among, compiler: SQLCompiler, **kw: Any) -> str:
    column, one, _each = element.clauses
    listed = f"SELECT value FROM json_each({compiler.process(one, **kw)})"  # noqa: S608 - both are compiled parts
    return f"({compiler.process(column, **kw)} IN ({listed}))"


def among(column: Any, numbers: Iterable[int]) -> ColumnElement[bool]:
    """Is ``column`` (ids, whole numbers) one of ``numbers``? Never where there are none."""
    wanted = sorted(set(numbers))
    return (_Among if len(wanted) <= MOST else _AmongMany)(column, wanted)
