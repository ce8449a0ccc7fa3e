"""Tables that a page computes: their columns said once, for sorting on the page and for the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

from core.api import Column, Text
from core.base_api import CellValue, Sheet
from core.db import json_value
from core.values import shown_in

Row = TypeVar("Row")
Measure = tuple[str, Decimal | None]
"""A unit, and the step of the thing that is measured where it has one of its own."""


@dataclass(frozen=True)
class TableColumn(Generic[Row]):
    """One column: its ``name`` in the address, its ``label``, what a row holds in it, and the kind of list column it is.

    ``measure``: what a row's quantity is measured in; its file says it no finer than that. None: as exactly as it is held.
    """

    name: str
    label: Text | str
    value: Callable[[Row], CellValue]
    kind: Any = "text"
    measure: Callable[[Row], Measure] | None = None

    def written(self, row: Row) -> CellValue:
        """What a file says of a row: without the noughts that a column of the database has behind a quantity."""
        value = self.value(row)
        if not isinstance(value, Decimal):
            return value
        return Decimal(json_value(shown_in(value, *self.measure(row)) if self.measure else value))


def sorted_rows(rows: Sequence[Row], columns: Sequence[TableColumn[Row]], sort: str) -> list[Row]:
    """``rows`` by the column named in ``sort``, with - in front downwards; rows without a value come last. As they are where
    no column is called so."""
    column = next((c for c in columns if c.name == sort.removeprefix("-")), None)
    if column is None:
        return list(rows)
    held = [(column.value(row), row) for row in rows]
    there = [(value, row) for value, row in held if value is not None]
    there.sort(key=lambda pair: _rank(pair[0]), reverse=sort.startswith("-"))
    return [row for _value, row in there] + [row for value, row in held if value is None]


def sheet_of_table(title: str, columns: Sequence[TableColumn[Row]], rows: Sequence[Row]) -> Sheet:
    """The table as what :class:`ListExport` writes."""

    def cells() -> Iterator[list[CellValue]]:
        for row in rows:
            yield [column.written(row) for column in columns]

    heads = [Column(c.name, c.label, c.kind) for c in columns]  # type: ignore[arg-type]
    return Sheet(title, heads, cells())


def _rank(value: CellValue) -> Any:
    if isinstance(value, str):
        return value.casefold()
    return Decimal(value) if isinstance(value, int | Decimal) else value
