"""Column types that keep quantities, prices and money exact on every engine.

SQLite has no decimal type (its NUMERIC is a binary float) and summing floats loses cents, so a decimal is stored as a
whole number of its smallest unit in a BIGINT: exact sums on SQLite and PostgreSQL alike.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Integer
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator, TypeEngine

BigId = BigInteger().with_variant(Integer, "sqlite")
Json = JSON()
LIMIT = 2**63


@cache
def _reader(scale: int) -> Callable[[Any], Decimal | None]:
    @lru_cache(maxsize=2**15)
    def read(units: Any) -> Decimal | None:
        return None if units is None else Decimal(int(units)).scaleb(-scale)

    return read


class Scaled(TypeDecorator[Decimal]):
    """A decimal with at most ``scale`` places, stored as a scaled BIGINT.

    Floats and excess decimals are refused when they are bound: they would be silently wrong later.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, scale: int = 6) -> None:
        super().__init__()
        self.scale = scale

    def process_bind_param(self, value: Any, dialect: Dialect | None) -> int | None:
        if value is None:
            return None
        if isinstance(value, float | bool) or not isinstance(value, Decimal | int):
            raise TypeError(f"a decimal is needed, not {type(value).__name__} {value!r}")
        units = Decimal(value).scaleb(self.scale)
        whole = int(units)
        if whole != units:
            raise ValueError(f"{value} has more than {self.scale} decimals")
        if not -LIMIT <= whole < LIMIT:
            raise ValueError(f"{value} is out of range")
        return whole

    def process_result_value(self, value: Any, dialect: Dialect | None) -> Decimal | None:
        return _reader(self.scale)(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Decimal | None]:
        """One call for each value, where a decorator would make three; most values of a list were met before."""
        return _reader(self.scale)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """A plain number beside the column: an amount like it, except the whole number of ``price * 3``."""
        return BigInteger() if op is operators.mul and isinstance(value, int) else self

    class comparator_factory(TypeDecorator.Comparator[Decimal]):
        """Keeps the type through ``a + b`` and ``a * 2``, and refuses what would mix units of different size."""

        def operate(self, op: Any, *other: Any, **kw: Any) -> Any:
            mine: Any = self.expr.type
            theirs = [t for o in other if isinstance(t := getattr(o, "type", None), Scaled)]
            if op in (operators.truediv, operators.floordiv) or (
                op is operators.mul and (theirs or isinstance(other[0], Decimal))
            ):
                raise TypeError("multiply and divide decimals in Python: the database would lose places")
            if any(t.scale != mine.scale for t in theirs):
                raise TypeError("columns with different places do not go together in the database")
            return super().operate(op, *other, **kw)

        def _adapt_expression(self, op: Any, other_comparator: Any) -> tuple[Any, TypeEngine[Any]]:
            if op in (operators.add, operators.sub, operators.mul):
                return op, self.type
            adapted: tuple[Any, TypeEngine[Any]] = super()._adapt_expression(op, other_comparator)
            return adapted


Qty = Scaled(6)
"""A quantity of material, in its unit."""
Price = Scaled(6)
"""A unit price: up to 6 decimals (the business rule)."""
Money = Scaled(4)
"""An amount, already rounded to its currency's decimals (at most 4)."""
Rate = Scaled(10)
"""An exchange rate or conversion factor."""
Pct = Scaled(4)
"""A percentage, 5 means five percent."""


class Utc(TypeDecorator[datetime]):
    """A point in time: aware UTC in Python, naive UTC in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a time without zone; use ctx.now()")
        moment: datetime = value.astimezone(UTC).replace(tzinfo=None)
        return moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)
