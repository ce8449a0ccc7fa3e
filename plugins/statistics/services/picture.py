"""The geometry of the picture beside a table: bars of its first rows, one or two for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.values import ZERO
from plugins.statistics.services.tables import Column, Row

BARS, WIDTH, LABEL, VALUE, THICK = 10, 392, 104, 76, 15


@dataclass(frozen=True)
class Bar:
    """One bar: how long it is, where it stands, what it shows, and which of the columns it is of."""

    y: int
    width: int
    value: Decimal
    column: Column
    series: int


@dataclass(frozen=True)
class Picture:
    """Bars by row: (label, middle, bars). ``room`` is where bars begin."""

    height: int
    rows: tuple[tuple[str, int, tuple[Bar, ...]], ...]
    columns: tuple[Column, ...]
    width: int = WIDTH
    room: int = LABEL


def draw(rows: Sequence[Row], columns: Sequence[Column]) -> Picture | None:
    """The picture of the first rows; None where nothing is above zero."""
    shown = [row for row in rows if any((row.figures.get(c.name) or ZERO) > 0 for c in columns)][:BARS]
    most = max((Decimal(row.figures.get(c.name) or 0) for row in shown for c in columns), default=ZERO)
    if not columns or most <= 0:
        return None
    step = THICK * len(columns) + 8
    found = []
    for n, row in enumerate(shown):
        top, bars = n * step + 4, []
        for series, column in enumerate(columns):
            value = Decimal(row.figures.get(column.name) or 0)
            width = int(max(ZERO, value) * (WIDTH - LABEL - VALUE) / most)
            bars.append(Bar(top + series * THICK, width, value, column, series))
        found.append((row.code or "–", top + THICK * len(columns) // 2, tuple(bars)))
    return Picture(len(shown) * step + 4, tuple(found), tuple(columns))
