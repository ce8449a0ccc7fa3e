"""Long tables of a print: in parts, for one large table costs far more time than several small ones; and their sums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TypeVar

Row = TypeVar("Row")
ROWS_A_TABLE = 36
"""Rows that about fill a page."""


def in_parts(rows: Sequence[Row], most: int = ROWS_A_TABLE) -> list[list[Row]]:
    """The rows in parts of a table each."""
    return [list(rows[i : i + most]) for i in range(0, len(rows), most)]


def by_unit(quantities: Iterable[tuple[str, Decimal]]) -> list[tuple[str, Decimal]]:
    """(unit, sum) of (unit, quantity) pairs, in the order the units appear."""
    found: dict[str, Decimal] = {}
    for unit, qty in quantities:
        found[unit] = found.get(unit, Decimal(0)) + qty
    return list(found.items())
