"""Rows of totals in a sheet: they are no goods. What they say is compared with what stands above them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache

from core.api import Problem, T
from core.values import Mark, Unreadable, is_number, parse_decimal
from kit.sheets.headings import heading_key
from kit.sheets.sheet import SheetRow
from kit.sheets.words import TOTALS

_PLACES = 12


def is_total_row(cells: Sequence[str]) -> bool:
    """Whether the first cell that is not empty says total, sub-total, 合計 …, alone or before a name (``Sub-total A-118``)."""
    first = next((cell for cell in cells if cell), "")
    parts = first.split(" ")
    return any(heading_key("".join(parts[:n])) in _totals() for n in range(1, min(len(parts), 3) + 1))


def compare_totals(
    rows: Sequence[SheetRow], columns: Mapping[int, str], field: str, mark: Mark | None = None
) -> list[Problem]:
    """A problem at ``field`` for each total that is neither the sum of all rows above it nor of those since the last total.

    ``rows`` are those of one table, totals included; ``columns``: the heading of each column that is added up, by position.
    """
    problems = []
    for at, heading in columns.items():
        whole = part = Decimal(0)
        for row in rows:
            cell = row.cells[at]
            if not is_total_row(row.cells):
                value = _number(cell, mark)
                whole, part = whole + value, part + value
            elif is_number(cell):
                if _number(cell, mark) not in (whole, part):
                    problems.append(
                        Problem(
                            T("Line {n}: the total of “{heading}” says {said}, the rows above add up to {sum}.",
                              n=row.line, heading=heading, said=cell, sum=f"{whole:f}"),
                            field, {"line": row.line},
                        )
                    )  # fmt: skip
                part = Decimal(0)
    return problems


def _number(cell: str, mark: Mark | None) -> Decimal:
    try:
        return parse_decimal(cell, _PLACES, mark)
    except Unreadable:
        return Decimal(0)  # the reader of the rows says what is wrong with it


@cache
def _totals() -> frozenset[str]:
    return frozenset(heading_key(word) for word in TOTALS.split(","))
