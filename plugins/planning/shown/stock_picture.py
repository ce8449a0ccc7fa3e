"""The stock of an item over time as a picture: what is left after each bucket as steps, what comes and goes as bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

WIDE, TALL, LEFT, FOOT = 760, 230, 96, 32
APART = 72
"""Days stand so far from each other that they can be read on a phone, where they are twice as large."""


class Bar(NamedTuple):
    """A bar, and what it says."""

    x: float
    y: float
    height: float
    kind: str
    words: str


@dataclass(frozen=True)
class Picture:
    """Places in pixels. ``steps`` and ``safety`` are paths."""

    width: int
    height: int
    left: int
    zero: float
    steps: str
    safety: float | None
    bars: Sequence[Bar]
    days: Sequence[tuple[float, str]]
    marks: Sequence[tuple[float, str]]


@dataclass(frozen=True)
class Row:
    """A bucket."""

    day: date
    gross: Decimal
    came: Decimal
    planned: Decimal
    left: Decimal


def rows_of(moments: Sequence[Sequence[str]]) -> list[Row]:
    """Buckets as they were kept."""
    return [Row(date.fromisoformat(day), *map(Decimal, rest)) for day, *rest in moments]


def picture(rows: Sequence[Row], safety: Decimal, start: Decimal, until: date) -> Picture | None:
    """The picture; None where nothing happens."""
    if not rows:
        return None
    first = rows[0].day
    span = max(1, (until - first).days)
    top = max([safety, start, *(max(r.left, r.came + r.planned, r.gross) for r in rows), Decimal(1)])
    low = min([Decimal(0), *(min(r.left, -r.gross) for r in rows)])

    def x(day: date) -> float:
        return LEFT + (WIDE - LEFT - 10) * (day - first).days / span

    def y(value: Decimal) -> float:
        return round(20 + (TALL - FOOT - 30) * float((top - value) / (top - low)), 1)

    path, bars = f"M{LEFT} {y(start)}", []
    for row in rows:
        path += f"H{x(row.day):.1f}V{y(row.left)}"
        at = x(row.day)
        if row.gross:
            bars.append(
                Bar(at, y(Decimal(0)), y(-row.gross) - y(Decimal(0)), "out", f"{row.day} −{row.gross}")
            )
        if row.came:
            bars.append(Bar(at, y(row.came), y(Decimal(0)) - y(row.came), "in", f"{row.day} +{row.came}"))
        if row.planned:
            whole = row.came + row.planned
            bars.append(Bar(at, y(whole), y(row.came) - y(whole), "plan", f"{row.day} +{row.planned}"))
    path += f"H{WIDE - 10}"
    days: list[tuple[float, str]] = []
    for row in rows:
        at = min(x(row.day), WIDE - APART)
        if not days or at - days[-1][0] >= APART:
            days.append((at, row.day.strftime("%m-%d")))
    marks = [(y(value), f"{value:,.0f}") for value in dict.fromkeys((top, Decimal(0), low))]
    return Picture(WIDE, TALL, LEFT, y(Decimal(0)), path, y(safety) if safety else None, bars, days, marks)
