"""A working calendar's year as a picture: twelve small months, and what its special days are called."""

from __future__ import annotations

from calendar import Calendar, monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from babel import Locale
from babel.dates import format_date, get_day_names

from core.api import current_locale
from plugins.catalog.services.workdays import WorkCalendar, public_holidays

CELL_WIDTH, CELL_HEIGHT, TOP = 22, 20, 18
WIDTH, HEIGHT = 7 * CELL_WIDTH, TOP + 6 * CELL_HEIGHT


@dataclass(frozen=True)
class Cell:
    """A day in its month's picture. ``kind``: work, week (off every week), holiday, own (off by choice), extra (worked)."""

    number: int
    x: int
    y: int
    kind: str
    today: bool


@dataclass(frozen=True)
class Month:
    """A month: its name, its days, and the days off as numbers for whoever does not see the picture."""

    name: str
    cells: list[Cell]
    off: str


@dataclass(frozen=True)
class Special:
    """A day that differs from its week, and why."""

    day: date
    weekday: str
    kind: str
    name: str


@dataclass(frozen=True)
class Year:
    """Everything the page shows of a year."""

    number: int
    working: int
    weekdays: list[str]
    months: list[Month]
    specials: list[Special]


def picture(number: int, found: WorkCalendar, own: Mapping[date, str], today: date) -> Year:
    """The year ``number`` of a calendar; ``own`` are its own days with their names."""
    locale = Locale.parse(current_locale())
    holidays, made_up = public_holidays(found.country, number, current_locale())
    kinds = {day: _kind(day, found, holidays) for day in _days(number)}
    short = get_day_names("narrow", "stand-alone", locale)
    return Year(
        number,
        working=sum(kind in ("work", "extra") for kind in kinds.values()),
        weekdays=[short[n] for n in range(7)],
        months=[_month(number, n, kinds, today, locale) for n in range(1, 13)],
        specials=[
            Special(day, format_date(day, "EEE", locale), kinds[day], own.get(day) or holidays.get(day, ""))
            for day in _days(number)
            if day in own
            or (day in holidays and kinds[day] == "holiday")
            or (day in made_up and kinds[day] == "extra")
        ],
    )


def _days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1)]


def _kind(day: date, found: WorkCalendar, holidays: Iterable[date]) -> str:
    if not found.is_off(day):
        return "extra" if day.weekday() in found.weekly_off else "work"
    if day in found.off:
        return "own"
    return "holiday" if day in holidays else "week"


def _month(year: int, month: int, kinds: Mapping[date, str], today: date, locale: Locale) -> Month:
    cells = []
    weeks = Calendar().monthdayscalendar(year, month)
    for row, week in enumerate(weeks):
        for column, number in enumerate(week):
            if number:
                day = date(year, month, number)
                cells.append(
                    Cell(number, column * CELL_WIDTH, TOP + row * CELL_HEIGHT, kinds[day], day == today)
                )
    days = (date(year, month, n) for n in range(1, monthrange(year, month)[1] + 1))
    off = ", ".join(str(day.day) for day in days if kinds[day] not in ("work", "extra"))
    return Month(format_date(date(year, month, 1), "LLLL", locale), cells, off)
