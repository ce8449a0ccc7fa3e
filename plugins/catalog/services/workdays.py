"""Working days: which days are off, and how many working days lie before a day.

A calendar is a plain value: days off every week, public holidays of a country, and days of its own. Own days win over
public holidays, and these over the week; where a country works on a weekend day to make up for a holiday, that is known.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

from babel import Locale

from core.api import current_locale

SATURDAY, SUNDAY = 5, 6


class _Year(NamedTuple):
    off: frozenset[date]
    working: list[int]  # ordinals of the working days, in order


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked.

    weekly_off  days of the week that are off, 0 = Monday (at least one day is left: ValueError otherwise)
    off         further days off
    working     days that are worked although they would be off
    country     two letters: its public holidays are off as well; "": none
    """

    weekly_off: frozenset[int] = frozenset({SATURDAY, SUNDAY})
    off: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()
    country: str = ""
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.weekly_off < frozenset(range(7)):
            raise ValueError("days of the week are 0 to 6, and at least one of them is worked")

    def is_off(self, day: date) -> bool:
        """Is nobody working on this day?"""
        return day in self._year(day.year).off

    def roll_back(self, day: date) -> date:
        """``day`` where it is worked, else the last working day before it."""
        working = self._year(day.year).working
        at = bisect_right(working, day.toordinal())
        return date.fromordinal(working[at - 1]) if at else self._back(day.year - 1, 1)

    def minus_working_days(self, anchor: date, days: int) -> date:
        """The working day that lies ``days`` working days before ``anchor``, which is not counted; 0 gives ``anchor``.

        Negative ``days`` are a ValueError.
        """
        if days < 0:
            raise ValueError("count back zero working days or more")
        if days == 0:
            return anchor
        working = self._year(anchor.year).working
        before = bisect_left(working, anchor.toordinal())
        if before >= days:
            return date.fromordinal(working[before - days])
        return self._back(anchor.year - 1, days - before)

    def days_off(self, first: date, last: date) -> list[date]:
        """The days off from ``first`` to ``last``, both included, in order."""
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [day for day in days if self.is_off(day)]

    def _back(self, year: int, days: int) -> date:
        """The ``days``-last working day of the years up to ``year``."""
        while year >= date.min.year:
            working = self._year(year).working
            if len(working) >= days:
                return date.fromordinal(working[-days])
            days -= len(working)
            year -= 1
        raise ValueError("there is no such working day")

    def _year(self, year: int) -> _Year:
        if year not in self._years:
            public = public_holidays(self.country, year) if self.country else NO_HOLIDAYS
            first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            off, working = set(), []
            for ordinal in range(first, last + 1):
                day = date.fromordinal(ordinal)
                if self._decide(day, public):
                    off.add(day)
                else:
                    working.append(ordinal)
            self._years[year] = _Year(frozenset(off), working)
        return self._years[year]

    def _decide(self, day: date, public: Holidays) -> bool:
        if day in self.working:
            return False
        if day in self.off or day in public.names:
            return True
        return day.weekday() in self.weekly_off and day not in public.made_up


class Holidays(NamedTuple):
    """The public holidays of a country in a year: names by day, and weekend days that are worked to make up for some."""

    names: Mapping[date, str]
    made_up: frozenset[date]


NO_HOLIDAYS = Holidays({}, frozenset())


@lru_cache(maxsize=1024)
def public_holidays(country: str, year: int, language: str = "") -> Holidays:
    """Public holidays, named in ``language`` (one of ours) where it is known, else in English or the country's own."""
    import holidays

    if country not in countries():
        return NO_HOLIDAYS
    spoken = getattr(holidays, country).supported_languages
    wanted = next((name for name in _languages(language) if name in spoken), None)
    found = holidays.country_holidays(country, years=year, language=wanted)
    names = {day: name for day, name in found.items() if day.year == year}
    made_up: Iterable[date] = found.weekend_workdays
    return Holidays(names, frozenset(day for day in made_up if day.year == year))


def _languages(language: str) -> tuple[str, ...]:
    other = {"zh_Hant_TW": ("zh_TW", "zh_HK", "zh_CN"), "zh_Hans_CN": ("zh_CN", "zh_TW", "zh_HK")}
    return (*other.get(language, ()), "en_US")


@cache
def countries() -> frozenset[str]:
    """The countries whose public holidays are known, in two letters."""
    import holidays

    return frozenset(holidays.list_supported_countries(include_aliases=False))


def country_choices(first: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """:func:`countries` with their names in the current language, by name; those in ``first`` come before all."""
    named = Locale.parse(current_locale()).territories
    known = sorted(((code, str(named.get(code, code))) for code in countries()), key=lambda pair: pair[1])
    rank = {code: at for at, code in enumerate(first)}
    return sorted(known, key=lambda pair: rank.get(pair[0], len(rank)))
