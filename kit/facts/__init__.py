"""What documents tell of goods, as rows that are added up in the database: how a plugin says it, whoever asks."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, String, cast, func, select

MEASURES = ("day", "currency", "qty", "value")
"""Columns that all rows have: the day that counts, the currency of the value, pieces, and what they are worth (exact, with
six places; NULL where no price is known)."""


@dataclass(frozen=True)
class Facts:
    """Rows of documents of one kind, before anything is added up.

    entity  the kind of document that the rows belong to; whoever may not see it has no figures of it
    rows    a SELECT over models whose columns are called :data:`MEASURES` and what was asked for: ``style``, ``color``,
            ``size``, ``customer``, ``vendor``, ``destination`` (ids), ``season``, ``month`` (2026-11), ``document`` (its
            id), ``ordered`` (the line of the customer order), ``line`` (the line that was bought), ``due`` (when that was
            to come)
    sees    the right it takes to see the value
    of      for ``accepted``: whose lines ``line`` counts, the kind of document they were bought with
    """

    entity: str
    rows: Select[Any]
    sees: str
    of: str = ""


def fact_columns(by: Set[str], known: Mapping[str, SQLColumnExpression[Any]]) -> Select[Any] | None:
    """A SELECT of the measures and of what ``by`` names, out of what is ``known``; None where something is not."""
    if not by <= known.keys():
        return None
    columns: list[Any] = [known[name].label(name) for name in (*sorted(by - set(MEASURES)), *MEASURES)]
    return select(*columns)


def month_of(day: SQLColumnExpression[date]) -> ColumnElement[str]:
    """The month of a day in SQL: 2026-11."""
    return func.substr(cast(day, String), 1, 7)


__all__ = [
    "MEASURES",
    "Facts",
    "fact_columns",
    "month_of",
]
