"""Days as people write them: 2026-11-23, 2026/11/23, 20261123, 23.11.2026, 23-Nov-2026, 2026年11月23日."""

from __future__ import annotations

import re
from datetime import date

from core.errors import Unreadable
from core.text.i18n import T
from core.values.folding import DASHES, fold

FIRST_YEAR, LAST_YEAR = 1990, 2100
MOST_LETTERS = 60
"""Longer texts are looked at no further: they state no day."""
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_LONG_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "sept",
]


def parse_date(raw: str) -> date:
    """The day that ``raw`` states. Raises Unreadable with the cause, also where day and month could be either."""
    if len(raw) > MOST_LETTERS:
        raise Unreadable(
            T("“{value}” is not a date. Write it as 2026-11-23.", value=f"{raw[:MOST_LETTERS]}…")
        )
    text = re.sub(r"( 0?0:00(:00)?)$", "", fold(raw))  # what a spreadsheet adds to a day
    text = re.sub(rf"[年月/.{re.escape(DASHES)}]", "-", text).replace("日", "")
    parts = [part for part in re.split(r"[-, ]+", text) if part]
    if len(parts) == 1 and re.fullmatch(r"[0-9]{8}", text):
        parts = [text[:4], text[4:6], text[6:]]
    try:
        year, month, day = _parts(raw, parts)
        value = date(year, month, day)
    except Unreadable:
        raise
    except ValueError as error:
        raise Unreadable(T("“{value}” is not a date. Write it as 2026-11-23.", value=raw)) from error
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise Unreadable(T("The year must lie between 1990 and 2100."))
    return value


def _parts(raw: str, parts: list[str]) -> tuple[int, int, int]:
    if len(parts) != 3:
        raise ValueError("not three parts")
    named = [index for index, part in enumerate(parts) if part.isalpha()]
    if named:
        return _with_name(parts, named)
    if not all(re.fullmatch(r"[0-9]{1,4}", part) for part in parts):
        raise ValueError("not numbers")
    numbers = [int(part) for part in parts]
    if len(parts[0]) == 4:
        return numbers[0], numbers[1], numbers[2]
    if len(parts[2]) != 4:
        raise ValueError("no year of four digits")
    first, second, year = numbers
    if first <= 12 and second <= 12 and first != second:
        raise Unreadable(
            T("“{value}”: which is the day and which the month? Write it as 2026-11-23.", value=raw)
        )
    return (year, second, first) if first > 12 or first == second else (year, first, second)


def _with_name(parts: list[str], named: list[int]) -> tuple[int, int, int]:
    name = parts[named[0]].lower()
    if len(named) > 1 or (name not in _LONG_MONTHS and name not in _MONTHS):
        raise ValueError("no month")
    rest = [part for index, part in enumerate(parts) if index != named[0]]
    years = [part for part in rest if len(part) == 4]
    if len(years) != 1 or not all(part.isascii() and part.isdigit() for part in rest):
        raise ValueError("no year of four digits")
    rest.remove(years[0])
    return int(years[0]), _MONTHS[name[:3]], int(rest[0])
